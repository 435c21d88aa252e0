"""Recording a deal, confirming it, verifying and rejecting it."""

from datetime import date, timedelta

import pytest
from auditlog.models import LogEntry
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from accounts.models import Notification
from deals import actions, corrections, listings, review
from deals.models import Deal
from taxonomy.amounts import parse_amount
from taxonomy.dates import PartialDate, parse_date
from taxonomy.models import Board, Round
from tests.conftest import stands

Status = Deal.Status


def test_a_party_records_what_it_knows(cast, record):
    deal = record()
    assert deal.status == Status.ASSERTED
    assert (deal.known_on, deal.recorded_by) == (timezone.localdate(), cast.founder)
    assert (deal.amount_low, deal.amount_high, deal.currency_id) == (15_000_000, 15_000_000, "CNY")
    assert [(part.investor, part.is_lead) for part in deal.participations.all()] == [(cast.investor_firm, True)]
    assert deal.company_confirmed_at and not deal.investor_confirmed_at
    told = {(row.user.email, row.kind) for row in Notification.objects.select_related("user")}
    assert told == {("ivy@example.com", "deal_recorded"), ("ada@example.com", "deal_recorded")}


def test_the_investor_records_too(cast, record):
    deal = record(cast.investor)
    assert deal.investor_confirmed_at and not deal.company_confirmed_at


def test_an_administrator_records_and_confirms_nothing(cast, record):
    deal = record(cast.administrator, investors=[])
    assert not deal.company_confirmed_at and not deal.investor_confirmed_at


@pytest.mark.parametrize("who", ["company_viewer", "investor_viewer", "other_founder", "other_investor", "analyst"])
def test_strangers_and_viewers_record_nothing(cast, record, who):
    with pytest.raises(PermissionDenied):
        record(getattr(cast, who))
    assert not Deal.objects.exists()


def test_a_date_in_the_future_is_refused(record):
    with pytest.raises(actions.ActionError) as refused:
        record(announced=PartialDate(timezone.localdate() + timedelta(1), "day"))
    assert (refused.value.code, refused.value.field) == ("future", "announced")
    # This year is not over, and yet the deal may be of this year.
    record(announced=PartialDate(date(timezone.localdate().year, 1, 1), "year"))


@pytest.mark.parametrize(
    ("announced", "fits"),
    [("2018-05-31", False), ("2018-06-01", True), ("2018-06", True), ("2018", True), ("2017", False)],
)
def test_no_deal_before_the_founding(cast, record, announced, fits):
    cast.company.founded_on = date(2018, 6, 1)
    if fits:
        record(announced=parse_date(announced))
        return
    with pytest.raises(actions.ActionError) as refused, translation.override("en"):
        record(announced=parse_date(announced))
    assert refused.value.code == "before_founding"
    assert "1 Jun 2018" in refused.value.messages[0]


def test_an_investor_is_in_a_round_once(cast, record):
    with pytest.raises(actions.ActionError) as refused:
        record(investors=[(cast.investor_firm, True), (cast.investor_firm, None)])
    assert refused.value.code == "investor_twice"
    assert not Deal.objects.exists()


def test_a_venture_round_needs_a_round(record):
    with pytest.raises(actions.ActionError):
        record(round=None)
    assert record(kind="acquisition").round is None


@pytest.mark.parametrize("kind", ["follow_on", "rights_issue"])
def test_a_listed_company_raises_more(cast, record, kind):
    given = {"kind": kind, "round": None, "investors": [], "announced": parse_date("2022-05")}
    with pytest.raises(actions.ActionError) as refused:
        record(**given)
    assert (refused.value.code, refused.value.field) == ("not_listed", "kind")
    listing = listings.record(
        cast.founder, company=cast.company, board=Board.objects.get(pk="star"), listed=parse_date("2022-06")
    )
    # A month later than the placement.
    with pytest.raises(actions.ActionError):
        record(**given)
    deal = record(**given | {"announced": parse_date("2022")})
    assert (deal.kind, deal.round, deal.participations.count()) == (kind, None, 0)
    review.reject(cast.administrator, listing, "wrong")
    with pytest.raises(actions.ActionError):
        record(**given | {"announced": parse_date("2022")})


def test_money_raised_on_a_board_has_no_round(record):
    with pytest.raises(actions.ActionError) as refused:
        record(kind="ipo")
    assert (refused.value.code, refused.value.field) == ("round_of_none", "round")
    assert record(kind="ipo", round=None, investors=[]).pk


def test_an_amount_needs_its_currency(record):
    with pytest.raises(actions.ActionError):
        record(amount=parse_amount("15000000"))
    deal = record(amount=parse_amount("数千万人民币"))
    assert (deal.amount_kind, deal.amount_low, deal.amount_high) == ("range", 10_000_000, 100_000_000)
    assert deal.amount_text == "数千万人民币"


def test_an_introduction_carries_one_deal(cast, accepted, record):
    deal = record(introduction=accepted)
    assert accepted.deal == deal
    with pytest.raises(actions.ActionError) as refused:
        record(cast.investor, introduction=accepted)
    assert refused.value.code == "taken"
    assert Deal.objects.count() == 1


def test_the_introduction_must_be_accepted_and_between_the_parties(cast, asked, record):
    with pytest.raises(actions.ActionError) as refused:
        record(introduction=asked)
    assert refused.value.code == "introduction_not_accepted"
    actions.accept(cast.investor, asked)
    with pytest.raises(actions.ActionError) as refused:
        record(introduction=asked, investors=[(cast.other_investor_firm, None)])
    assert refused.value.code == "introduction_of_others"


def test_the_other_party_confirms(cast, record):
    deal = record()
    for user in (cast.founder, cast.company_viewer, cast.investor_viewer, cast.other_investor, cast.administrator):
        with pytest.raises(PermissionDenied):
            review.confirm(user, deal)
    review.confirm(cast.investor, deal)
    assert deal.is_confirmed_by_both


def test_an_administrator_verifies_once(cast, record):
    deal = record()
    for user in (cast.founder, cast.investor, cast.analyst):
        with pytest.raises(PermissionDenied):
            review.verify(user, deal)
    stale = Deal.objects.get(pk=deal.pk)
    review.verify(cast.administrator, deal)
    assert (deal.status, deal.verified_by) == (Status.VERIFIED, cast.administrator)
    assert Notification.objects.filter(kind="deal_verified").count() == 2
    with pytest.raises(actions.TooLate):
        review.verify(cast.administrator, stale)
    assert stale.status == Status.VERIFIED


def test_rejecting_needs_a_reason_and_frees_the_introduction(cast, accepted, record):
    deal = record(introduction=accepted)
    with pytest.raises(actions.ActionError):
        review.reject(cast.administrator, deal, "")
    with pytest.raises(PermissionDenied):
        review.reject(cast.founder, deal, "wrong")
    review.reject(cast.administrator, deal, "wrong", "The amount is another round's.")
    assert (deal.status, deal.reject_reason) == (Status.REJECTED, "wrong")
    assert deal not in Deal.objects.standing()
    again = record(introduction=accepted)
    assert accepted.__class__.objects.get(pk=accepted.pk).deal == again


def test_a_rejected_deal_is_taken_up_again(cast, accepted, record, django_capture_on_commit_callbacks):
    one_sided, counting = record(introduction=accepted), stands(record(round=Round.objects.get(pk="b")))
    known = counting.known_on
    for deal in (one_sided, counting):
        review.reject(cast.administrator, deal, "wrong", "A slip")
        with pytest.raises(PermissionDenied):
            review.take_up(cast.founder, deal)
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            review.take_up(cast.administrator, deal)
        assert {message.to[0] for message in mail.outbox} == {"fang@example.com", "ivy@example.com"}
        assert deal.get_absolute_url() in mail.outbox[0].body
    assert (one_sided.status, counting.status, counting.known_on) == (Status.ASSERTED, Status.REPORTED, known)
    # What it had let go may be another's by now.
    assert one_sided.introduction is None
    assert Notification.objects.filter(kind="deal_taken_up").count() == 4
    for deal in (counting, stands(record(round=Round.objects.get(pk="c")))):
        # What stands, and what its own party took back.
        with pytest.raises(actions.TooLate):
            review.take_up(cast.administrator, deal)
    corrections.withdraw(cast.founder, deal)
    with pytest.raises(actions.TooLate):
        review.take_up(cast.administrator, deal)


def test_mail_about_a_deal(cast, record, django_capture_on_commit_callbacks):
    cast.investor.language = "en"
    cast.investor.save()
    with django_capture_on_commit_callbacks(execute=True):
        deal = record()
    by_reader = {message.to[0]: message for message in mail.outbox}
    assert set(by_reader) == {"ivy@example.com", "ada@example.com"}
    assert by_reader["ivy@example.com"].subject == "A deal of Panshi Security was recorded"
    assert deal.get_absolute_url() in by_reader["ivy@example.com"].body
    assert "磐石工控安全" in by_reader["ada@example.com"].subject


def test_who_reads_a_deal_and_its_amount(cast, record):
    deal = stands(record(amount_audience="parties"))
    readers = {
        name: Deal.objects.visible_to(user).with_amount_shown(user).get(pk=deal.pk)
        for name, user in vars(cast.people).items()
    }
    shown = {name for name, row in readers.items() if row.amount_shown}
    assert shown == {"founder", "company_viewer", "investor", "investor_viewer", "administrator"}
    assert shown == {name for name, user in vars(cast.people).items() if deal.shows_amount_to(user)}
    review.reject(cast.administrator, deal, "other")
    for user in vars(cast.people).values():
        assert Deal.objects.visible_to(user).exists() == user.is_administrator


def test_a_recorded_deal_and_its_review_are_on_the_audit_record(cast, record):
    deal = record()
    review.verify(cast.administrator, deal)
    entries = LogEntry.objects.get_for_object(deal)
    assert entries.filter(action=LogEntry.Action.CREATE).count() == 1
    (verified,) = entries.filter(action=LogEntry.Action.UPDATE)
    assert (verified.actor, verified.changes["status"]) == (cast.administrator, ["asserted", "verified"])


def test_the_administration_of_deals_opens(cast, client, asked, record):
    deal = record()
    client.force_login(cast.administrator)
    for path in (
        "deal/",
        f"deal/{deal.pk}/change/",
        "introduction/",
        f"introduction/{asked.pk}/change/",
        "listing/",
        "listing/add/",
    ):
        assert client.get(f"/admin/deals/{path}").status_code == 200
