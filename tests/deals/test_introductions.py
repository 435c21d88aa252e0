"""Asking, answering, withdrawing, expiring: every transition and every refusal."""

from datetime import timedelta

import pytest
from auditlog.models import LogEntry
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Notification
from companies.models import Membership as CompanyMembership
from companies.models import Raise
from deals import actions
from deals.contacts import contact_of, contacts_visible
from deals.models import Introduction
from deals.tasks import expire_introductions
from investors.models import Investor

Status = Introduction.Status


def kinds(user):
    return list(Notification.objects.of(user).values_list("kind", flat=True))


def test_the_start_up_asks_with_its_open_raise(cast, asked):
    assert asked.asked_side == "company"
    assert asked.asked_by == cast.founder
    assert asked.raise_asked == cast.raise_
    assert asked.status == Status.ASKED
    assert asked.expires_on == timezone.localdate() + timedelta(14)
    assert kinds(cast.investor) == ["introduction_asked"]
    # A viewer cannot answer and is not bothered; neither is the one who asked.
    assert kinds(cast.investor_viewer) == kinds(cast.founder) == []


def test_the_investor_asks_even_a_company_that_raises_nothing(cast):
    asked = actions.ask_introduction(cast.investor, cast.other_company, cast.investor_firm, "Your robots interest us.")
    assert asked.asked_side == "investor"
    assert asked.raise_asked is None
    assert kinds(cast.other_founder) == ["introduction_asked"]


def test_a_start_up_without_an_open_raise_may_not_ask(cast):
    cast.raise_.end(Raise.Status.CLOSED)
    with pytest.raises(actions.ActionError) as refused:
        actions.ask_introduction(cast.founder, cast.company, cast.investor_firm, "Hello")
    assert refused.value.code == "no_open_raise"


@pytest.mark.parametrize("who", ["company_viewer", "investor_viewer", "other_founder", "analyst", "administrator"])
def test_who_speaks_for_neither_side_may_not_ask(cast, who):
    with pytest.raises(PermissionDenied):
        actions.ask_introduction(getattr(cast, who), cast.company, cast.investor_firm, "Hello")
    assert not Introduction.objects.exists()


def test_nobody_asks_for_both_sides(cast):
    CompanyMembership.objects.create(company=cast.company, user=cast.investor)
    with pytest.raises(actions.ActionError) as refused:
        actions.ask_introduction(cast.investor, cast.company, cast.investor_firm, "Hello")
    assert refused.value.code == "both_sides"


def test_a_raise_of_another_company_is_refused(cast):
    other = Raise.objects.create(company=cast.other_company, round_id="a")
    with pytest.raises(actions.ActionError) as refused:
        actions.ask_introduction(cast.founder, cast.company, cast.investor_firm, "Hello", raise_=other)
    assert refused.value.code == "raise_not_open"


@pytest.mark.parametrize("message", ["", "   ", "x" * 1501])
def test_a_message_is_wanted_and_not_too_long(cast, message):
    with pytest.raises(actions.ActionError) as refused:
        actions.ask_introduction(cast.founder, cast.company, cast.investor_firm, message)
    assert refused.value.field == "message"


def test_one_request_waits_between_two_parties(cast, asked):
    waiting = next(one for one in Introduction._meta.constraints if one.name == "introduction_one_waiting")
    for user in (cast.founder, cast.investor):
        with pytest.raises(actions.ActionError) as refused:
            actions.ask_introduction(user, cast.company, cast.investor_firm, "Again")
        assert refused.value.messages == [str(waiting.violation_error_message)]
    assert Introduction.objects.count() == 1


def test_who_is_introduced_need_not_ask(cast, accepted):
    with pytest.raises(actions.ActionError) as refused:
        actions.ask_introduction(cast.founder, cast.company, cast.investor_firm, "Again")
    assert refused.value.code == "introduced"


def test_ten_requests_may_wait(cast):
    firms = [Investor.objects.create(name_en=f"Fund {number}") for number in range(11)]
    for firm in firms[:10]:
        actions.ask_introduction(cast.founder, cast.company, firm, "Hello")
    with pytest.raises(actions.ActionError) as refused:
        actions.ask_introduction(cast.founder, cast.company, firms[10], "Hello")
    assert refused.value.code == "limit"
    assert "10" in refused.value.messages[0]
    # What the other side asked does not count, and a request taken back makes room.
    actions.ask_introduction(cast.investor, cast.company, cast.investor_firm, "We ask you")
    actions.withdraw(cast.founder, Introduction.objects.get(investor=firms[0]))
    actions.ask_introduction(cast.founder, cast.company, firms[10], "Hello")


def test_accepting_opens_the_contacts_to_both(cast, asked):
    for user in (cast.investor, cast.investor_viewer):
        assert not contacts_visible(user, cast.company)
    actions.accept(cast.investor, asked, note="Tuesday?")
    assert asked.status == Status.ACCEPTED
    assert asked.answered_by == cast.investor
    assert asked.answer_note == "Tuesday?"
    for user in (cast.investor, cast.investor_viewer):
        assert contacts_visible(user, cast.company)
    assert contacts_visible(cast.founder, cast.investor_firm)
    for user in (cast.other_investor, cast.other_founder, cast.analyst):
        assert not contacts_visible(user, cast.company)
        assert not contacts_visible(user, cast.investor_firm)
    assert contacts_visible(cast.administrator, cast.company)
    assert kinds(cast.founder) == ["introduction_accepted"]
    assert contact_of(asked, "investor").email == "ivy@farshore.example"


def test_where_a_profile_names_no_contact_it_is_the_person_who_answered(cast, accepted):
    cast.investor_firm.contact_email = ""
    cast.investor_firm.save()
    accepted.refresh_from_db()
    contact = contact_of(accepted, "investor")
    assert (contact.name, contact.email) == ("Ivy", "ivy@example.com")


def test_declining_gives_a_reason(cast, asked):
    with pytest.raises(actions.ActionError):
        actions.decline(cast.investor, asked, "")
    with pytest.raises(actions.ActionError):
        actions.decline(cast.investor, asked, "mood")
    actions.decline(cast.investor, asked, "ticket", "Too small for us")
    assert (asked.status, asked.decline_reason) == (Status.DECLINED, "ticket")
    assert not contacts_visible(cast.investor, cast.company)
    told = Notification.objects.of(cast.founder).get()
    assert (told.kind, told.values["reason"]) == ("introduction_declined", "ticket")
    assert told.path == asked.get_absolute_url()


def test_a_note_that_is_too_long_is_refused(cast, asked):
    with pytest.raises(actions.ActionError) as refused:
        actions.accept(cast.investor, asked, note="x" * 1001)
    assert refused.value.code == "too_long"
    asked.refresh_from_db()
    assert asked.is_waiting


def test_the_asking_side_withdraws(cast, asked):
    with pytest.raises(PermissionDenied):
        actions.withdraw(cast.investor, asked)
    actions.withdraw(cast.founder, asked)
    assert asked.status == Status.WITHDRAWN
    assert "introduction_withdrawn" in kinds(cast.investor)


@pytest.mark.parametrize(
    "who",
    ["founder", "company_viewer", "investor_viewer", "other_founder", "other_investor", "analyst", "administrator"],
)
def test_only_who_was_asked_answers(cast, asked, who):
    for answer in (actions.accept, lambda user, row: actions.decline(user, row, "timing")):
        with pytest.raises(PermissionDenied):
            answer(getattr(cast, who), asked)
    asked.refresh_from_db()
    assert asked.is_waiting


def test_an_administrator_answers_for_an_institution_that_nobody_has_joined(cast):
    absent = Investor.objects.create(name_en="Quiet Fund")
    asked = actions.ask_introduction(cast.founder, cast.company, absent, "Hello")
    assert kinds(cast.administrator) == ["introduction_asked"]
    actions.accept(cast.administrator, asked)
    assert asked.is_accepted
    # The mediator's own address is nobody's contact.
    assert not contact_of(asked, "investor")


@pytest.mark.parametrize(
    "later",
    [
        lambda cast, row: actions.accept(cast.investor, row),
        lambda cast, row: actions.decline(cast.investor, row, "timing"),
        lambda cast, row: actions.withdraw(cast.founder, row),
    ],
)
def test_an_answer_is_final(cast, asked, later):
    stale = Introduction.objects.get(pk=asked.pk)
    actions.accept(cast.investor, asked)
    told = Notification.objects.count()
    with pytest.raises(actions.TooLate):
        later(cast, stale)
    # The one who came late sees how it stands.
    assert stale.status == Status.ACCEPTED
    assert Notification.objects.count() == told


def test_requests_expire_after_their_last_day(cast, asked):
    assert actions.expire_overdue(asked.expires_on) == 0
    assert actions.expire_overdue(asked.expires_on + timedelta(1)) == 1
    asked.refresh_from_db()
    assert asked.status == Status.EXPIRED
    assert asked.answered_by is None
    assert kinds(cast.founder) == ["introduction_expired"]
    assert actions.expire_overdue(asked.expires_on + timedelta(1)) == 0


def test_the_hourly_task_expires(cast, asked):
    Introduction.objects.update(expires_on=timezone.localdate() - timedelta(1))
    assert expire_introductions() == 1


def test_an_overdue_request_does_not_stand_in_the_way_of_a_new_one(cast, asked):
    Introduction.objects.update(expires_on=timezone.localdate() - timedelta(1))
    again = actions.ask_introduction(cast.founder, cast.company, cast.investor_firm, "Again")
    asked.refresh_from_db()
    assert (asked.status, again.status) == (Status.EXPIRED, Status.ASKED)


def test_answers_are_on_the_audit_record(cast, asked):
    actions.accept(cast.investor, asked)
    entry = LogEntry.objects.get_for_object(asked).filter(action=LogEntry.Action.UPDATE).get()
    assert entry.actor == cast.investor
    assert entry.changes["status"] == ["asked", "accepted"]


def test_inboxes(cast, asked):
    assert list(Introduction.objects.waiting_for(cast.investor)) == [asked]
    for user in (cast.founder, cast.investor_viewer, cast.other_investor):
        assert not Introduction.objects.waiting_for(user)
    for user in (cast.founder, cast.company_viewer):
        assert list(Introduction.objects.asked_by_side_of(user)) == [asked]
    assert not Introduction.objects.asked_by_side_of(cast.investor)
    for user in (cast.founder, cast.company_viewer, cast.investor, cast.investor_viewer, cast.administrator):
        assert list(Introduction.objects.visible_to(user)) == [asked]
    for user in (cast.other_founder, cast.other_investor, cast.analyst):
        assert not Introduction.objects.visible_to(user)


def test_mail_is_in_the_language_of_each_reader(cast, django_capture_on_commit_callbacks):
    cast.investor.language = "en"
    cast.investor.save()
    with django_capture_on_commit_callbacks(execute=True):
        asked = actions.ask_introduction(cast.founder, cast.company, cast.investor_firm, "看看我们的网关 <b>")
    (to_investor,) = mail.outbox
    assert to_investor.to == ["ivy@example.com"]
    assert to_investor.subject == "Panshi Security would like to meet Far Shore Capital"
    assert "看看我们的网关 <b>" in to_investor.body
    assert f"http://localhost:8000{asked.get_absolute_url()}" in to_investor.body
    html, kind = to_investor.alternatives[0]
    # There is no choice of what is mailed, so none is promised.
    for text in (to_investor.body, html):
        assert "Rongqiao writes only when something that concerns you has happened." in text
    assert kind == "text/html"
    assert "看看我们的网关 &lt;b&gt;" in html
    # No address before the answer.
    assert "fang@panshi.example" not in to_investor.body + html

    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        actions.accept(cast.investor, asked)
    (to_founder,) = mail.outbox
    assert to_founder.to == ["fang@example.com"]
    assert "远岸资本" in to_founder.subject
    assert "ivy@farshore.example" in to_founder.body


def test_no_mail_for_what_was_not_committed(cast, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as callbacks, pytest.raises(actions.ActionError):
        actions.ask_introduction(cast.founder, cast.company, cast.investor_firm, "")
    assert callbacks == []
    assert mail.outbox == []
