"""A deal that is recorded wrongly: correcting it, taking it back, objecting to it."""

import pytest
from auditlog.models import LogEntry
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from deals import actions, corrections, review
from deals.models import Deal
from taxonomy.amounts import parse_amount
from taxonomy.dates import parse_date
from taxonomy.models import Round
from tests.conftest import stands

Status = Deal.Status
OTHERS = ["company_viewer", "investor", "investor_viewer", "other_founder", "other_investor", "analyst"]


def path(verb, deal):
    return reverse(f"deals:{verb}", args=[deal.pk])


@pytest.fixture
def record(record):
    """What is recorded here counts; what does not yet is the matter of `test_established`."""
    return lambda *args, **fields: stands(record(*args, **fields))


@pytest.fixture
def page(client):
    def open_page(user, address, data=None, **extra):
        client.force_login(user)
        return client.get(address, **extra) if data is None else client.post(address, data, **extra)

    return open_page


@pytest.fixture
def correct(cast):
    """Correct a deal; keywords change what is typed."""

    def change(deal, user=None, **fields):
        given = {
            "company": cast.company,
            "kind": "venture",
            "round": Round.objects.get(pk="b"),
            "announced": parse_date("2020-08"),
            "amount": parse_amount("2亿元"),
            "amount_audience": "everyone",
            "source_url": "",
            "note": "",
            "investors": [(cast.investor_firm, None), (cast.other_investor_firm, True)],
        }
        return corrections.correct(user or cast.founder, deal, **given | fields)

    return change


def test_who_recorded_a_deal_corrects_it(cast, record, correct):
    deal = record()
    review.confirm(cast.investor, deal)
    correct(deal)
    deal.refresh_from_db()
    assert (deal.round_id, str(deal.announced_on), deal.announced_precision) == ("b", "2020-08-01", "month")
    assert (deal.amount_low, deal.amount_text, deal.status) == (200_000_000, "2亿元", Status.ASSERTED)
    assert {(part.investor, part.is_lead) for part in deal.participations.all()} == {
        (cast.investor_firm, None),
        (cast.other_investor_firm, True),
    }
    # What the other side had confirmed was another deal.
    assert deal.company_confirmed_at and not deal.investor_confirmed_at
    told = set(Notification.objects.filter(kind="deal_changed").values_list("user__email", flat=True))
    assert told == {"ivy@example.com", "shi@example.com", "ada@example.com"}
    assert LogEntry.objects.get_for_object(deal).filter(changes__has_key="round").count() == 2


def test_a_part_that_stays_keeps_what_it_holds(cast, record, correct):
    deal = record()
    deal.participations.update(own_amount=5, own_currency="CNY")
    correct(deal, investors=[(cast.investor_firm, True)])
    assert deal.participations.get().own_amount == 5
    correct(deal, investors=[(cast.other_investor_firm, None)])
    assert deal.participations.get().investor == cast.other_investor_firm


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_corrects_or_takes_back(cast, record, correct, who):
    deal, user = record(), getattr(cast, who)
    with pytest.raises(PermissionDenied):
        correct(deal, user)
    with pytest.raises(PermissionDenied):
        corrections.withdraw(user, deal)
    deal.refresh_from_db()
    assert (deal.round_id, deal.status) == ("a", Status.REPORTED)


def test_what_is_verified_stands(cast, record, correct, page):
    deal = record()
    review.verify(cast.administrator, deal)
    for user in (cast.founder, cast.administrator):
        with pytest.raises(actions.TooLate):
            correct(deal, user)
        with pytest.raises(actions.TooLate):
            corrections.withdraw(user, deal)
        assert page(user, path("edit", deal)).status_code == 404
        assert path("withdraw", deal) not in page(user, deal.get_absolute_url()).text


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"announced": parse_date("2099")}, "future"),
        ({"round": None}, "round_missing"),
        ({"note": "x" * 2001}, "too_long"),
    ],
)
def test_a_correction_is_checked_as_a_record_is(record, correct, wrong, code):
    deal = record()
    with pytest.raises(actions.ActionError) as refused:
        correct(deal, **wrong)
    assert refused.value.code == code
    deal.refresh_from_db()
    assert deal.round_id == "a"


def test_a_deal_out_of_an_introduction_stays_between_its_sides(cast, accepted, record, correct):
    deal = record(introduction=accepted)
    with pytest.raises(actions.ActionError) as refused:
        correct(deal, investors=[(cast.other_investor_firm, None)])
    assert refused.value.code == "introduction_of_others"


def test_a_deal_that_is_taken_back_counts_nowhere(cast, accepted, record, page):
    deal = record(introduction=accepted)
    assert page(cast.founder, path("withdraw", deal), {}).url == reverse("deals:list")
    deal.refresh_from_db()
    assert (deal.status, deal.reject_reason, deal.introduction) == (Status.REJECTED, "withdrawn", None)
    # The notification leads to a page that its reader may open.
    notice = Notification.objects.get(kind="deal_withdrawn", user=cast.investor)
    assert page(cast.investor, notice.path).status_code == 200
    assert record(introduction=accepted).introduction == accepted


def test_only_who_recorded_a_deal_gives_that_reason(cast, record):
    deal = record()
    with pytest.raises(actions.ActionError):
        review.reject(cast.administrator, deal, "withdrawn")


def test_the_form_holds_what_is_recorded(cast, record, page):
    deal = record(amount=parse_amount("1500万", "CNY"), note="By letter")
    shown = page(cast.founder, path("edit", deal))
    form, parts = shown.context["form"], shown.context["parts"]
    initial = {name: form[name].value() for name in form.fields if name != "different"}
    typed = {name: getattr(value, "pk", value) or "" for name, value in initial.items()}
    assert (typed["amount"], typed["announced"], typed["note"]) == ("1500万", "2020-07-22", "By letter")
    typed |= {"part-TOTAL_FORMS": "1", "part-INITIAL_FORMS": "0", "part-0-investor": parts[0]["investor"].value()}
    # Its own record is no other deal that it might be.
    assert page(cast.founder, path("edit", deal), typed | {"amount": "1600万"}).url == deal.get_absolute_url()
    deal.refresh_from_db()
    assert (deal.amount_low, deal.note, Deal.objects.count()) == (16_000_000, "By letter", 1)


def test_a_mistake_in_a_correction_keeps_what_was_typed(cast, record, page):
    deal = record()
    typed = {"company": "磐石工控安全", "kind": "venture", "round": "a", "announced": "2020-08", "amount": "lots"}
    typed |= {"currency": "CNY", "amount_audience": "everyone", "note": "Kept", "part-TOTAL_FORMS": "1"}
    answer = page(cast.founder, path("edit", deal), typed | {"part-INITIAL_FORMS": "0", "part-0-investor": "远岸资本"})
    assert answer.status_code == 400 and "Kept" in answer.text


def test_the_other_party_objects(cast, client, record, page, django_capture_on_commit_callbacks):
    deal = record()
    review.confirm(cast.investor, deal)
    assert page(cast.investor, path("object", deal), {"objection": " "}).status_code == 400
    with django_capture_on_commit_callbacks(execute=True):
        page(cast.investor, path("object", deal), {"objection": "It was <b>round B</b>."})
    deal.refresh_from_db()
    assert deal.is_disputed and not deal.investor_confirmed_at and deal.company_confirmed_at
    assert {message.to[0] for message in mail.outbox} == {"fang@example.com", "ada@example.com"}
    assert "It was <b>round B</b>." in mail.outbox[0].body
    readers = {
        name for name, user in vars(cast.people).items() if "round B" in page(user, deal.get_absolute_url()).text
    }
    assert readers == {"founder", "company_viewer", "investor", "investor_viewer", "administrator"}
    assert "<b>round B" not in page(cast.founder, deal.get_absolute_url()).text
    # The queue shows that there is something to decide.
    client.cookies["language"] = "en"
    assert "Disputed" in page(cast.administrator, reverse("deals:list") + "?status=reported").text
    assert "Disputed" not in page(cast.analyst, reverse("deals:list") + "?status=reported").text


@pytest.mark.parametrize(
    "who", ["founder", "company_viewer", "investor_viewer", "other_investor", "analyst", "administrator"]
)
def test_nobody_else_objects(cast, record, page, who):
    deal = record()
    assert page(getattr(cast, who), path("object", deal), {"objection": "No"}).status_code == 403
    assert not Deal.objects.get().objection


def test_a_correction_settles_the_objection(cast, record, correct):
    deal = review.object_to(cast.investor, record(), "It was round B.")
    correct(deal)
    deal.refresh_from_db()
    assert not deal.is_disputed
    assert review.may_confirm(cast.investor, deal) == "investor"


def test_confirming_takes_the_own_objection_back(cast, record):
    deal = review.object_to(cast.investor, record(), "It was round B.")
    review.confirm(cast.investor, deal)
    assert not deal.is_disputed and deal.is_confirmed_by_both
    # And not that of the other side.
    other = record(cast.administrator, round=Round.objects.get(pk="b"))
    review.object_to(cast.investor, other, "Never heard of.")
    review.confirm(cast.founder, other)
    assert other.is_disputed


def test_a_verified_deal_is_no_longer_asked_about_and_goes_back_when_a_party_objects(cast, record, page):
    deal = record()
    review.verify(cast.administrator, deal)
    shown = page(cast.investor, deal.get_absolute_url())
    assert path("confirm", deal) not in shown.text and path("object", deal) in shown.text
    with pytest.raises(PermissionDenied):
        review.confirm(cast.investor, deal)
    review.object_to(cast.investor, deal, "The amount is wrong.")
    assert (deal.status, deal.verified_at, deal.verified_by) == (Status.REPORTED, None, None)
    review.verify(cast.administrator, deal)
    assert not deal.is_disputed


def test_a_deal_of_the_raise_s_round_offers_to_close_it_once_the_company_stands_behind_it(cast, client, record, page):
    client.cookies["language"] = "en"
    today = parse_date(timezone.localdate().isoformat())
    deal, end = record(announced=today), reverse("companies:raise_end", args=[cast.raise_.pk])
    Deal.objects.filter(pk=deal.pk).update(company_confirmed_at=None)
    assert end not in page(cast.founder, deal.get_absolute_url()).text
    Deal.objects.filter(pk=deal.pk).update(company_confirmed_at=timezone.now())
    assert end in page(cast.founder, deal.get_absolute_url()).text
    assert end not in page(cast.investor, deal.get_absolute_url()).text
    # An earlier round, or another one, does not end this raise.
    for other in (record(announced=parse_date("2019")), record(announced=today, round=Round.objects.get(pk="b"))):
        review.verify(cast.administrator, other)
        assert end not in page(cast.founder, other.get_absolute_url()).text
    page(cast.founder, end, {"status": "closed"})
    assert end not in page(cast.founder, deal.get_absolute_url()).text
