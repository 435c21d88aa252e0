"""Two records of one deal made one, and made two again."""

from datetime import date, timedelta

import pytest
from auditlog.models import LogEntry
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from accounts.models import Notification
from companies.models import Company
from deals import actions, corrections, merging, review
from deals.models import Deal, Introduction, KeptApart, Listing, Merge, Participation
from deals.statistics import Scope
from deals.statistics.venture import events
from investors.models import Investor
from matching import datasets
from taxonomy.amounts import parse_amount
from taxonomy.dates import parse_date
from tests.conftest import stands

Status = Deal.Status


def everything() -> dict:
    """All deals, parts, introductions and offerings as they stand, but for the moment of their last change."""
    return {
        "deals": list(Deal.objects.order_by("pk").values(*sorted(FIELDS))),
        "parts": list(Participation.objects.order_by("deal", "investor").values()),
        "offerings": list(Listing.objects.order_by("pk").values_list("pk", "offering")),
    }


FIELDS = {field.attname for field in Deal._meta.concrete_fields} - {"updated_at"}


@pytest.fixture
def record(record):
    """What is recorded here counts; what does not yet is the matter of `test_established`."""
    return lambda *args, **fields: stands(record(*args, **fields))


@pytest.fixture
def pair(cast, record):
    """The founder's record: round A, 22 July, 15 million, led by Far Shore. The administrator's: July, Northwood in it."""
    one = record()
    two = record(
        cast.administrator,
        announced=parse_date("2020-07"),
        amount=parse_amount("数千万人民币"),
        investors=[(cast.investor_firm, None), (cast.other_investor_firm, None)],
        source_url="https://news.example/7",
        note="From the press",
    )
    return one, two


@pytest.fixture
def merge(cast):
    def make(keep, drop, user=None, **options):
        return merging.merge(user or cast.administrator, keep, drop, **options)

    return make


def test_one_deal_is_left_with_what_both_knew(cast, pair, merge):
    one, two = pair
    merge(one, two)
    for row in pair:
        row.refresh_from_db()
    assert (two.status, two.merged_into, two.left_at is not None) == (Status.MERGED, one, True)
    assert one.status == Status.REPORTED
    # The more exact date and amount; the address and the note that only the other had.
    assert (str(one.announced_on), one.announced_precision, one.amount_text) == ("2020-07-22", "day", "1500万元")
    assert (one.source_url, one.note) == ("https://news.example/7", "From the press")
    assert {(part.investor, part.is_lead) for part in one.participations.all()} == {
        (cast.investor_firm, True),
        (cast.other_investor_firm, None),
    }
    assert one.company_confirmed_at
    # The record that is dropped keeps its own parts, for who looks at it.
    assert two.participations.count() == 2
    assert list(Deal.objects.standing()) == [one]


def test_what_is_chosen_by_hand_goes_before(pair, merge):
    one, two = pair
    merge(one, two, choices={"amount": two.pk, "announced": two.pk, "note": one.pk})
    one.refresh_from_db()
    assert (one.amount_kind, one.amount_text, one.announced_precision, one.note) == (
        "range",
        "数千万人民币",
        "month",
        "",
    )


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"status": "verified", "verified_at": timezone.now()}, {}),
        ({"investor_confirmed_at": timezone.now()}, {}),
        ({}, {"announced_precision": "month", "announced_on": date(2020, 7, 1), "note": ""}),
    ],
)
def test_whose_date_is_taken(record, merge, better, worse):
    """Verified before confirmed before exact before early."""
    one, two = record(), record(announced=parse_date("2020-07-23"))
    Deal.objects.filter(pk=one.pk).update(**worse)
    Deal.objects.filter(pk=two.pk).update(**better)
    merge(one, two)
    one.refresh_from_db()
    assert str(one.announced_on) == "2020-07-23"


def test_the_verified_word_goes_before_the_exact_one_and_any_before_none(cast, record, merge):
    one = record()
    two = record(announced=parse_date("2020-06"), amount=parse_amount("未透露"))
    review.verify(cast.administrator, two)
    merge(one, two)
    one.refresh_from_db()
    assert (one.announced.text, one.amount_text) == ("2020-06", "1500万元")


def test_confirmations_and_verification_carry_over(cast, record, merge):
    one, two = record(), record(cast.investor)
    review.verify(cast.administrator, two)
    merge(one, two)
    one.refresh_from_db()
    assert one.is_confirmed_by_both
    assert (one.status, one.verified_by) == (Status.VERIFIED, cast.administrator)


def test_the_parties_are_mailed_in_their_language(cast, pair, merge, django_capture_on_commit_callbacks):
    cast.investor.language = "en"
    cast.investor.save()
    with django_capture_on_commit_callbacks(execute=True):
        merger = merge(*pair)
    by_reader = {message.to[0]: message for message in mail.outbox}
    assert set(by_reader) == {"fang@example.com", "ivy@example.com", "shi@example.com"}
    assert by_reader["ivy@example.com"].subject == "Two records of a deal of Panshi Security were made one"
    assert by_reader["fang@example.com"].subject == "磐石工控安全的两条交易记录已合并"
    assert pair[0].get_absolute_url() in by_reader["fang@example.com"].body
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        merging.undo(cast.administrator, merger)
    assert "磐石工控安全的两笔交易已恢复为两笔" in {message.subject for message in mail.outbox}


def test_a_party_is_told_and_the_change_is_on_record(cast, pair, merge):
    one, two = pair
    Notification.objects.all().delete()
    merge(one, two)
    told = Notification.objects.filter(kind="deals_merged").values_list("user__email", "path")
    assert set(told) == {
        (email, one.get_absolute_url()) for email in ("fang@example.com", "ivy@example.com", "shi@example.com")
    }
    (entry,) = LogEntry.objects.get_for_object(two).filter(action=LogEntry.Action.UPDATE)
    assert entry.changes["status"] == ["reported", "merged"] and entry.changes["merged_into"] == ["None", str(one.pk)]
    merger = Merge.objects.get()
    assert merger.decided_by == cast.administrator
    assert LogEntry.objects.get_for_object(merger).exists()


# --- Refused ------------------------------------------------------------------------------------------------------


def refused(act, error=actions.ActionError) -> str:
    stood = everything()
    with pytest.raises(error) as caught:
        act()
    assert everything() == stood and not Merge.objects.standing().exists()
    return getattr(caught.value, "code", "")


@pytest.mark.parametrize("who", ["founder", "investor", "analyst", "other_founder"])
def test_only_administrators_decide(cast, pair, who):
    user = getattr(cast, who)
    for act in (merging.merge, merging.keep_apart, merging.no_longer_apart):
        refused(lambda act=act: act(user, *pair), PermissionDenied)
    assert not KeptApart.objects.exists()


def test_a_deal_is_not_merged_with_itself(cast, pair, merge):
    assert refused(lambda: merge(pair[0], pair[0])) == "same"
    assert refused(lambda: merging.keep_apart(cast.administrator, pair[0], pair[0])) == "same"


@pytest.mark.parametrize("which", [0, 1])
def test_what_no_longer_counts_is_not_merged(cast, pair, merge, which):
    review.reject(cast.administrator, pair[which], "wrong")
    assert refused(lambda: merge(*pair), actions.TooLate) == "too_late"
    refused(lambda: merging.keep_apart(cast.administrator, *pair), actions.TooLate)


def test_a_choice_names_one_of_the_two(pair, merge, record):
    third = record(announced=parse_date("2021-07"))
    assert refused(lambda: merge(*pair, choices={"amount": third.pk})) == "choice"


def test_what_was_changed_since_it_was_shown_is_shown_again(cast, pair, merge):
    looked_at = merging.seen(*pair)
    review.confirm(cast.investor, pair[0])
    assert refused(lambda: merge(*pair, as_seen=looked_at), actions.TooLate) == "too_late"
    merge(*pair, as_seen=merging.seen(*pair[::-1]))


def test_a_pair_kept_apart_is_not_merged(cast, pair, merge):
    merging.keep_apart(cast.administrator, *pair)
    assert refused(lambda: merge(*pair)) == "kept_apart"


@pytest.mark.parametrize("which", [0, 1])
def test_an_objection_is_settled_first(cast, pair, merge, which):
    review.object_to(cast.investor, pair[which], "It was round B.")
    assert refused(lambda: merge(*pair)) == "disputed"


def test_who_led_is_chosen_where_the_records_contradict_each_other(cast, pair, merge):
    one, two = pair
    two.participations.filter(investor=cast.investor_firm).update(is_lead=False)
    code = f"lead-{cast.investor_firm.pk}"
    assert refused(lambda: merge(one, two)) == "choose"
    merge(one, two, choices={code: two.pk})
    assert one.participations.get(investor=cast.investor_firm).is_lead is False


@pytest.mark.parametrize("chosen", [0, 1])
def test_an_own_part_is_never_lost(cast, pair, merge, chosen):
    one, two = pair
    one.participations.filter(investor=cast.investor_firm).update(own_amount=5, own_currency="CNY")
    two.participations.filter(investor=cast.investor_firm).update(own_amount=5, own_currency="USD")
    two.participations.filter(investor=cast.other_investor_firm).update(own_amount=7, own_currency="USD")
    assert refused(lambda: merge(one, two)) == "choose"
    merge(one, two, choices={f"own-{cast.investor_firm.pk}": pair[chosen].pk})
    assert {(part.own_amount, part.own_currency_id) for part in one.participations.all()} == {
        (5, ["CNY", "USD"][chosen]),
        (7, "USD"),
    }


def test_an_own_part_that_one_of_two_knows_is_taken(cast, pair, merge):
    one, two = pair
    two.participations.update(own_amount=5, own_currency="CNY")
    merge(one, two)
    assert [part.own_amount for part in one.participations.all()] == [5, 5]


def test_an_own_part_that_is_kept_to_the_parties_stays_so(cast, pair, merge):
    one, two = pair
    Deal.objects.filter(pk=two.pk).update(amount_audience="parties")
    two.participations.update(own_amount=5, own_currency="CNY")
    assert refused(lambda: merge(one, two)) == "audience"
    merge(one, two, choices={"amount": two.pk})
    one.refresh_from_db()
    assert one.amount_audience == "parties"


def test_an_introduction_is_taken_over(cast, accepted, record, merge):
    one, two = record(), record(introduction=accepted)
    merge(one, two)
    accepted.refresh_from_db()
    assert accepted.deal == one
    merging.undo(cast.administrator, Merge.objects.get())
    assert Introduction.objects.get().deal == two


def test_of_two_introductions_both_lead_to_the_deal(cast, accepted, record, merge):
    second = actions.ask_introduction(cast.founder, cast.company, cast.other_investor_firm, "Hello")
    actions.accept(cast.other_investor, second)
    one = record(introduction=accepted)
    two = record(investors=[(cast.other_investor_firm, None)], introduction=second)
    merge(one, two)
    assert [Deal.objects.out_of(introduction).get() for introduction in (accepted, second)] == [one, one]
    with pytest.raises(actions.ActionError) as caught:
        record(investors=[(cast.other_investor_firm, None)], introduction=second)
    assert caught.value.code == "taken"
    # Once the deal counts no longer, both are free for the right one.
    review.reject(cast.administrator, one, "wrong")
    assert record(introduction=accepted) and record(
        investors=[(cast.other_investor_firm, None)], introduction=second, announced=parse_date("2020-09")
    )


def test_a_deal_taken_back_releases_what_was_merged_into_it(cast, accepted, record, merge):
    second = actions.ask_introduction(cast.founder, cast.company, cast.other_investor_firm, "Hello")
    actions.accept(cast.other_investor, second)
    one = record(introduction=accepted)
    merge(one, record(investors=[(cast.other_investor_firm, None)], introduction=second))
    corrections.withdraw(cast.administrator, one)
    assert record(investors=[(cast.other_investor_firm, None)], introduction=second)


def test_an_introduction_of_another_company_is_not_taken_over(cast, accepted, record, merge):
    one, two = record(introduction=accepted), record(cast.administrator, company=cast.other_company)
    assert refused(lambda: merge(one, two, choices={"company": two.pk})) == "introduction_of_others"
    merge(one, two, choices={"company": one.pk})


@pytest.fixture
def offering(cast, record):
    """Two records of one initial public offering; the second is that of a listing."""
    one, two = (record(kind="ipo", round=None, investors=[]) for _ in range(2))
    Listing.objects.create(company=cast.company, board_id="star", listed_on=date(2020, 7, 22), offering=two)
    return one, two


def test_a_listing_follows_its_offering(cast, offering, merge):
    stood = everything()
    one, two = offering
    merge(one, two)
    assert Listing.objects.get().offering == one
    merging.undo(cast.administrator, Merge.objects.get())
    assert everything() == stood


def test_no_listing_is_lost(cast, offering, record, merge):
    one, two = offering
    Listing.objects.create(company=cast.company, board_id="hkex", listed_on=date(2020, 7, 22), offering=one)
    assert refused(lambda: merge(one, two)) == "two_listings"
    # What was rejected is no longer lost.
    Listing.objects.filter(offering=one).update(status="rejected", reject_reason="wrong")
    venture = record()
    assert refused(lambda: merge(venture, two, choices={"round": venture.pk})) == "listing_of_others"
    merge(one, two)
    assert Listing.objects.standing().get().offering == one


def test_nothing_else_hangs_on_a_deal():
    """A new relation to deals must be carried over by a merger as well, or be named here."""
    fields = Deal._meta.get_fields(include_hidden=True)
    related = {
        (field.related_model.__name__, field.field.name)
        for field in fields
        if field.one_to_many or (field.one_to_one and field.auto_created)
    }
    assert related == {
        ("Participation", "deal"),
        ("Listing", "offering"),
        ("Deal", "merged_into"),
        ("KeptApart", "first"),
        ("KeptApart", "second"),
        ("Merge", "kept"),
        ("Merge", "dropped"),
    }


# --- Undone -------------------------------------------------------------------------------------------------------


def test_undoing_restores_everything(cast, accepted, pair, merge, record):
    one, two = pair
    two.participations.update(own_amount=5, own_currency="CNY")
    Deal.objects.filter(pk=two.pk).update(introduction=accepted, verified_at=timezone.now(), status="verified")
    stood = everything()
    merger = merge(one, two, choices={"announced": two.pk})
    assert everything() != stood
    Notification.objects.all().delete()
    merging.undo(cast.administrator, merger)
    now = everything()
    assert now == stood
    merger.refresh_from_db()
    assert merger.undone_at and merger.undone_by == cast.administrator
    assert Notification.objects.filter(kind="merger_undone").count() == 3
    with pytest.raises(actions.TooLate):
        merging.undo(cast.administrator, merger)
    # And it can be done again.
    merge(two, one)
    assert list(Deal.objects.standing()) == [two]


def confirm(cast, one, two):
    review.confirm(cast.investor, Deal.objects.get(pk=one.pk))


def verify(cast, one, two):
    review.verify(cast.administrator, Deal.objects.get(pk=one.pk))


def add_an_investor(cast, one, two):
    Participation.objects.create(deal=one, investor=Investor.objects.create(name_en="Late Fund"))


def change_a_lead(cast, one, two):
    one.participations.filter(investor=cast.other_investor_firm).update(is_lead=True)


def note_on_the_dropped_one(cast, one, two):
    Deal.objects.filter(pk=two.pk).update(note="Another")


@pytest.mark.parametrize("change", [confirm, verify, add_an_investor, change_a_lead, note_on_the_dropped_one])
def test_what_was_changed_since_is_not_overwritten(cast, pair, merge, change):
    merger = merge(*pair)
    change(cast, *pair)
    stood = everything()
    with pytest.raises(actions.ActionError) as caught:
        merging.undo(cast.administrator, merger)
    assert caught.value.code == "changed_since"
    assert everything() == stood
    named = {
        confirm: "confirmed by an investor",
        verify: "status",
        add_an_investor: "Investors",
        change_a_lead: "Investors",
        note_on_the_dropped_one: "note",
    }[change]
    with translation.override("en"), pytest.raises(actions.ActionError) as caught:
        merging.undo(cast.administrator, merger)
    assert named in caught.value.messages[0]


def test_chains_are_flat_and_come_apart_from_the_end(cast, pair, merge, record):
    one, two = pair
    three = record(announced=parse_date("2020-08"))
    stood = [everything()]
    first = merge(two, one)
    stood.append(everything())
    second = merge(three, two)
    assert set(Deal.objects.filter(merged_into=three)) == {one, two}
    with pytest.raises(actions.ActionError) as caught:
        merging.undo(cast.administrator, first)
    assert caught.value.code == "changed_since"
    merging.undo(cast.administrator, second)
    assert everything() == stood[1]
    merging.undo(cast.administrator, first)
    assert everything() == stood[0]


def test_only_administrators_undo(cast, pair, merge):
    merger = merge(*pair)
    with pytest.raises(PermissionDenied):
        merging.undo(cast.founder, merger)


def test_who_recorded_one_of_two_does_not_take_back_both(cast, pair, merge):
    one, _two = pair
    merge(*pair)
    with pytest.raises(actions.TooLate):
        corrections.withdraw(cast.founder, one)
    assert not review.may_correct(cast.founder, one)
    assert review.may_correct(cast.administrator, one)
    # What is wrong with it can be said.
    review.object_to(cast.founder, Deal.objects.get(pk=one.pk), "Northwood was not in it.")
    assert Deal.objects.get(pk=one.pk).is_disputed


# --- What counts --------------------------------------------------------------------------------------------------


def test_figures_and_training_see_one_deal(cast, pair, merge):
    today = timezone.localdate()
    scope = Scope(date(2020, 1, 1), date(2020, 12, 31))

    def counted():
        market = datasets.load(today)
        return events(scope).row.events, len(market.deals), len(market.participations)

    assert counted() == (2, 2, 3)
    merge(*pair)
    assert counted() == (1, 1, 2)
    merging.undo(cast.administrator, Merge.objects.get())
    assert counted() == (2, 2, 3)


def test_of_a_day_before_the_merger_both_are_shown(pair, merge):
    merge(*pair)
    yesterday = timezone.localdate() - timedelta(1)
    Deal.objects.update(known_on=yesterday)
    assert Deal.objects.standing_on(yesterday).count() == 2
    assert Deal.objects.standing_on(timezone.localdate()).count() == 1


def test_companies_of_one_name(cast, record, merge):
    twin = Company.objects.create(short_zh="磐石工控安全")
    one, two = record(), record(cast.administrator, company=twin)
    merge(one, two)
    one.refresh_from_db()
    assert one.company == cast.company
