"""What one party says counts nowhere and is shown to nobody else until somebody stands behind it."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from companies.models import Company, Raise
from companies.models import Membership as CompanyMembership
from deals import actions, corrections, established, listings, merging, pipeline, review
from deals.models import Deal, Listing, PipelineCard, Stage
from deals.statistics import Scope
from investors.models import Investor
from matching import datasets
from taxonomy.amounts import parse_amount
from taxonomy.dates import parse_date
from taxonomy.models import Board, Round

Status = Deal.Status
STRANGERS = ["other_founder", "other_investor", "analyst"]
PARTIES = ["founder", "company_viewer", "investor", "investor_viewer", "administrator"]


def verified(party):
    type(party).objects.filter(pk=party.pk).update(verified_at=timezone.now())


def counted(as_of: date | None = None) -> int:
    return Scope(date(2020, 1, 1), date(2020, 12, 31), as_of=as_of).deals().count()


def readers(cast, record) -> set[str]:
    everybody = [*STRANGERS, *PARTIES]
    return {name for name in everybody if type(record).objects.visible_to(getattr(cast, name)).exists()}


@pytest.fixture
def correct(cast):
    def make(user, deal, **fields):
        given = {
            "company": cast.company, "kind": "venture", "round": Round.objects.get(pk="a"),
            "announced": parse_date("2020-07-22"), "amount": parse_amount("9亿元"), "amount_audience": "everyone",
            "source_url": "", "note": "", "investors": [(cast.investor_firm, True)],
        }  # fmt: skip
        return corrections.correct(user, deal, **given | fields)

    return make


@pytest.mark.parametrize("who", ["founder", "investor"])
def test_what_one_party_says_counts_nowhere(cast, record, who):
    deal = record(getattr(cast, who))
    assert (deal.status, deal.established_at) == (Status.ASSERTED, None)
    assert counted() == 0
    assert datasets.load(timezone.localdate()).deals.empty
    assert readers(cast, deal) == set(PARTIES)


def test_both_parties_and_one_of_them_verified_make_it_count(cast, record):
    deal = record()
    verified(cast.investor_firm)
    mail.outbox.clear()
    review.confirm(cast.investor, deal)
    assert (deal.status, deal.known_on) == (Status.REPORTED, timezone.localdate())
    assert deal.established_at and counted() == 1
    assert len(datasets.load(timezone.localdate()).deals) == 1
    assert readers(cast, deal) == {*STRANGERS, *PARTIES}
    told = Notification.objects.filter(kind="deal_established").values_list("user__email", flat=True)
    assert set(told) == {"fang@example.com", "ivy@example.com"}


def test_two_whom_nobody_knows_make_nothing_count(cast, record):
    deal = record()
    review.confirm(cast.investor, deal)
    assert deal.is_confirmed_by_both and deal.is_asserted and counted() == 0
    assert set(established.missing(deal).unverified) == {cast.company, cast.investor_firm}


def test_a_name_that_is_only_dropped_vouches_for_nothing(cast, record):
    verified(cast.other_investor_firm)
    deal = record(investors=[(cast.investor_firm, True), (cast.other_investor_firm, None)])
    review.confirm(cast.investor, deal)
    assert deal.is_asserted


def test_one_person_on_both_sides_has_one_word(cast, record):
    verified(cast.company)
    CompanyMembership.objects.create(company=cast.company, user=cast.investor, role="editor")
    deal = record(cast.investor)
    assert deal.company_confirmed_at and not deal.investor_confirmed_at
    with pytest.raises(PermissionDenied):
        review.confirm(cast.investor, deal)
    assert deal.is_asserted


@pytest.mark.parametrize("party", ["company", "investor_firm"])
def test_a_verification_establishes_what_waited_for_it_alone(cast, record, party):
    waiting, one_sided = record(), record(announced=parse_date("2020-02-02"))
    review.confirm(cast.investor, waiting)
    party = getattr(cast, party)
    verified(party)
    assert established.by_verification(party, cast.administrator) == 1
    waiting.refresh_from_db()
    one_sided.refresh_from_db()
    assert (waiting.status, one_sided.status) == (Status.REPORTED, Status.ASSERTED)
    assert established.by_verification(party, cast.administrator) == 0


def test_an_administrator_establishes_by_recording_and_by_verifying(cast, record):
    assert record(cast.administrator).established_at
    deal = record(announced=parse_date("2020-02-02"))
    review.verify(cast.administrator, deal)
    assert deal.established_at == deal.verified_at
    assert counted() == 2


def test_it_counts_from_the_day_on_which_it_was_established(cast, record, monkeypatch):
    deal, today = record(), timezone.localdate()
    Deal.objects.update(known_on=today - timedelta(9), recorded_at=timezone.now() - timedelta(9))
    review.verify(cast.administrator, deal)
    assert [counted(as_of) for as_of in (today - timedelta(1), today)] == [0, 1]
    # One that was known before stays known since then.
    Deal.objects.update(known_on=today - timedelta(9))
    review.object_to(cast.investor, deal, "The amount is wrong.")
    review.verify(cast.administrator, deal)
    assert counted(today - timedelta(1)) == 1


@pytest.mark.parametrize("how", ["rejected", "withdrawn"])
def test_what_never_counted_did_not_count_before_it_left_either(cast, record, how):
    deal, day = record(), timezone.localdate()
    Deal.objects.update(known_on=day - timedelta(9))
    if how == "rejected":
        review.reject(cast.administrator, deal, "wrong")
    else:
        corrections.withdraw(cast.founder, deal)
    deal.refresh_from_db()
    assert deal.left_at is None
    assert counted(day - timedelta(1)) == 0


def test_a_correction_by_one_party_has_to_be_established_anew(cast, record, correct):
    verified(cast.company)
    deal = record()
    review.confirm(cast.investor, deal)
    assert counted() == 1
    deal = correct(cast.founder, deal)
    assert (deal.status, deal.established_at, deal.investor_confirmed_at) == (Status.ASSERTED, None, None)
    assert counted() == 0
    review.confirm(cast.investor, deal)
    assert counted() == 1
    # An administrator vouches for what he puts there.
    assert correct(cast.administrator, deal).established_at


def test_an_administrator_who_corrects_does_not_confirm_by_it(cast, record, correct):
    assert correct(cast.administrator, record()).is_asserted


def test_nobody_takes_a_figure_away_by_objecting(cast, record):
    verified(cast.company)
    deal = record()
    review.confirm(cast.investor, deal)
    review.object_to(cast.investor, deal, "It was less.")
    assert deal.status == Status.REPORTED and counted() == 1
    asserted = record(announced=parse_date("2020-02-02"))
    review.object_to(cast.investor, asserted, "We never met.")
    assert asserted.is_asserted and asserted.is_disputed


def test_a_listing_counts_once_an_administrator_verified_it(cast):
    star = Board.objects.get(pk="star")
    listing = listings.record(
        cast.founder, company=cast.company, board=star, listed=parse_date("2020-07"), raised=parse_amount("9亿元")
    )
    scope = Scope(date(2020, 1, 1), date(2020, 12, 31))
    assert (listing.is_asserted, listing.offering.is_asserted, scope.listings().count()) == (True, True, 0)
    assert readers(cast, listing) == {"founder", "company_viewer", "administrator"}
    review.verify(cast.administrator, listing)
    assert scope.listings().count() == 1
    assert readers(cast, listing) == {*STRANGERS, *PARTIES}
    # What was raised is another record, and still what the company alone says.
    shown = Listing.objects.with_offerings(cast.other_founder).get()
    assert not shown.offering_shown and scope.capital_raises().count() == 0


def test_merging_establishes_by_the_other_record(cast, record):
    mine, theirs = record(), record(cast.investor, investors=[(cast.investor_firm, None)])
    merger = merging.merge(cast.administrator, mine, theirs)
    kept = merger.kept
    assert kept.is_confirmed_by_both and kept.is_asserted and merger.dropped.left_at is None
    merging.undo(cast.administrator, merger)
    verified(cast.company)
    merging.merge(cast.administrator, Deal.objects.get(pk=mine.pk), Deal.objects.get(pk=theirs.pk))
    assert Deal.objects.get(pk=mine.pk).established_at and counted() == 1
    sourced = record(cast.administrator, announced=parse_date("2020-02"))
    one_sided = record(announced=parse_date("2020-02"))
    merging.merge(cast.administrator, one_sided, sourced)
    assert counted() == 2


def test_an_amount_that_the_company_keeps_back_is_published_by_it_alone(cast, record, correct):
    Raise.objects.update(amount_audience=Raise.Audience.INVESTORS)
    deal = record(cast.investor, amount_audience="everyone")
    assert deal.amount_audience == Deal.Audience.PARTIES
    assert correct(cast.investor, deal).amount_audience == Deal.Audience.PARTIES
    deal.refresh_from_db()
    review.confirm(cast.founder, deal, publish_amount=True)
    assert deal.amount_audience == Deal.Audience.EVERYONE
    # Corrected by the other side, it is no longer what the company has published.
    assert correct(cast.investor, deal).amount_audience == Deal.Audience.PARTIES
    assert record(cast.founder, amount_audience="everyone").amount_audience == Deal.Audience.EVERYONE
    Raise.objects.update(amount_audience=Raise.Audience.MEMBERS)
    assert record(cast.investor, amount_audience="everyone").amount_audience == Deal.Audience.EVERYONE


def test_an_investor_publishes_nothing_by_confirming(cast, record):
    deal = record(amount_audience="parties")
    review.confirm(cast.investor, deal, publish_amount=True)
    assert deal.amount_audience == Deal.Audience.PARTIES


def test_the_pipeline_moves_by_its_own_people_or_once_it_counts(cast, record):
    card, _made = pipeline.add(cast.investor, cast.investor_firm, cast.company, Stage.MEETING)
    verified(cast.company)
    deal = record()
    card.refresh_from_db()
    assert card.stage == Stage.MEETING
    review.confirm(cast.investor, deal)
    assert PipelineCard.objects.get(pk=card.pk).stage == Stage.INVESTED


# --- Pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def read(client, cast):
    client.cookies["language"] = "en"

    def page(who, address):
        client.force_login(getattr(cast, who))
        return client.get(address)

    return page


def test_the_page_says_what_is_missing_and_who_can_do_it(cast, record, read):
    deal = record()
    address = deal.get_absolute_url()
    assert "Far Shore Capital has not confirmed it" in read("founder", address).text
    assert "You can verify it below" in read("administrator", address).text
    assert read("other_founder", address).status_code == 404
    review.confirm(cast.investor, deal)
    assert "neither Panshi Security nor Far Shore Capital is verified" in read("investor", address).text
    verified(cast.company)
    established.by_verification(Company.objects.get(pk=cast.company.pk), None)
    assert "Said by one side so far" not in read("investor", address).text
    assert read("other_founder", address).status_code == 200


def test_home_lists_what_waits_for_ones_word(cast, record, read):
    deal = record()
    home = reverse("home")
    link = f'href="{deal.get_absolute_url()}"'
    assert "Deals to confirm" in (text := read("investor", home).text) and link in text
    assert "Deals to confirm" not in read("founder", home).text
    assert "Deals to confirm" not in read("investor_viewer", home).text
    theirs = record(cast.investor, announced=parse_date("2020-02"))
    assert f'href="{theirs.get_absolute_url()}"' in read("founder", home).text
    review.confirm(cast.investor, deal)
    assert "Deals to confirm" not in read("investor", home).text


def test_the_queue_shows_what_one_side_says(cast, record, read):
    record()
    record(cast.administrator, announced=parse_date("2019"))
    queue = reverse("deals:queue")
    assert "Said by one side" in read("administrator", queue).text
    assert [row.record.status for row in read("administrator", f"{queue}?kind=asserted").context["rows"]] == [
        "asserted"
    ]


def test_the_company_chooses_with_its_word_whether_the_amount_is_shown(cast, record, client):
    deal = record(cast.investor, amount_audience="parties")
    client.force_login(cast.founder)
    assert "publish_amount" in client.get(deal.get_absolute_url()).text
    client.post(reverse("deals:confirm", args=[deal.pk]), {"publish_amount": "on"})
    deal.refresh_from_db()
    assert deal.company_confirmed_at and deal.amount_audience == Deal.Audience.EVERYONE


# --- At the same moment -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["company", "investor_firm"])
def test_a_word_and_a_verification_at_once_establish(at_once, cast, record, side):
    """Whoever comes second sees the first: none of ten deals is left waiting for what has happened."""
    deals = [record(announced=parse_date(f"20{year}")) for year in range(10, 20)]
    party = getattr(cast, side)

    def confirm(deal, start):
        row = Deal.objects.get(pk=deal.pk)
        start()
        return review.confirm(cast.investor, row)

    def verify(start):
        start()
        return verify_party(cast.administrator, party)

    results = at_once(*[lambda start, deal=deal: confirm(deal, start) for deal in deals], verify)
    assert not [result for result in results if isinstance(result, Exception)]
    assert set(Deal.objects.values_list("status", flat=True)) == {Status.REPORTED}
    assert Notification.objects.filter(kind="deal_established").count() == 2 * len(deals)


def test_a_word_and_an_administrators_verification_at_once(at_once, cast, record):
    verified(cast.company)
    deal = record()

    def act(action, user, start):
        row = Deal.objects.get(pk=deal.pk)
        start()
        return action(user, row)

    results = at_once(
        *[lambda start: act(review.confirm, cast.investor, start)] * 4,
        *[lambda start: act(review.verify, cast.administrator, start)] * 4,
    )
    deal.refresh_from_db()
    assert deal.status == Status.VERIFIED and deal.established_at
    late = [result for result in results if isinstance(result, Exception)]
    assert {type(result) for result in late} <= {actions.TooLate, PermissionDenied}
    assert Notification.objects.filter(kind="deal_verified").count() == 2


def verify_party(user, party: Company | Investor):
    """As `accounts.verification` does it."""
    from accounts import verification  # noqa: PLC0415

    return verification.verify(user, party, ["name"])
