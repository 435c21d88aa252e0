"""Colleagues: invited, given roles, leaving. Companies and institutions go through the same code; both are asked."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts import links, outbox, teams
from accounts.errors import ActionError, TooLate
from accounts.models import MemberRole, Notification
from tests.conftest import person

OWNER, EDITOR, VIEWER = MemberRole.OWNER, MemberRole.EDITOR, MemberRole.VIEWER


@pytest.fixture
def mailed(settings, django_capture_on_commit_callbacks):
    """Run something with its mail, and return the messages."""
    settings.EMAIL_BACKEND = "accounts.outbox.EmailBackend"

    def run(action, *arguments):
        with django_capture_on_commit_callbacks(execute=True):
            action(*arguments)
        return outbox.latest()

    return run


def link(mail) -> str:
    return next(line for line in mail.text.splitlines() if "/invitations/" in line).partition("8000")[2]


@pytest.mark.parametrize("side", ["company", "investor"])
def test_a_colleague_is_invited_by_mail_and_joins(client, cast, mailed, side):
    owner, party = (cast.founder, cast.company) if side == "company" else (cast.investor, cast.investor_firm)
    (mail,) = mailed(teams.invite, owner, party, " Shi@Example.com ", EDITOR)
    assert mail.to == "shi@example.com"
    assert "远岸资本" in mail.subject if side == "investor" else "磐石工控安全" in mail.subject
    address = link(mail)
    assert "登录" in client.get(address).text
    client.force_login(cast.other_founder)
    assert client.post(address).status_code == 200
    client.force_login(cast.other_investor)
    assert address in client.get(reverse("home")).text
    assert client.post(address).url == party.get_absolute_url()
    assert party.memberships.get(user=cast.other_investor).role == EDITOR
    assert Notification.objects.get(kind="member_joined").user == owner
    assert address not in client.get(reverse("home")).text
    # The link holds once; a second visit says so instead of failing.
    assert client.post(address).status_code == 200
    assert party.memberships.count() == 3


def test_who_has_no_account_signs_up_from_the_link(client, cast, mailed):
    (mail,) = mailed(teams.invite, cast.investor, cast.investor_firm, "new@example.com", VIEWER)
    page = client.get(link(mail)).text
    assert "/accounts/signup/?role=investor&amp;email=new%40example.com" in page
    form = client.get("/accounts/signup/?role=investor&email=new%40example.com").text
    assert 'value="new@example.com"' in form
    newcomer = person("new@example.com", "investor")
    newcomer.emailaddress_set.update(verified=False)
    with pytest.raises(PermissionDenied):
        teams.accept(newcomer, cast.investor_firm.invitations.get())
    newcomer.emailaddress_set.update(verified=True)
    assert teams.accept(newcomer, cast.investor_firm.invitations.get()).role == VIEWER


def test_asking_again_sends_the_same_invitation_anew(cast, mailed):
    mailed(teams.invite, cast.founder, cast.company, "new@example.com", VIEWER)
    row = cast.company.invitations.get()
    type(row).objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert not teams.invitations_of(person("new@example.com", "startup"))
    assert len(mailed(teams.invite, cast.founder, cast.company, "new@example.com", OWNER)) == 2
    again = cast.company.invitations.get()
    assert (again.pk, again.role, again.is_open) == (row.pk, OWNER, True)


def test_what_is_withdrawn_or_run_out_lets_nobody_in(client, cast):
    row = teams.invite(cast.founder, cast.company, "sun@example.com", EDITOR)
    type(row).objects.update(expires_at=timezone.now())
    with pytest.raises(TooLate):
        teams.accept(cast.other_founder, row)
    type(row).objects.update(expires_at=timezone.now() + timedelta(days=1))
    teams.withdraw(cast.founder, row)
    with pytest.raises(TooLate):
        teams.accept(cast.other_founder, row)
    with pytest.raises(TooLate):
        teams.withdraw(cast.founder, row)
    assert cast.company.memberships.count() == 2
    assert client.get(reverse("companies:invitation", args=[links.token(row) + "x"])).status_code == 404


@pytest.mark.parametrize(
    ("email", "role", "said"),
    [
        ("fei@example.com", EDITOR, "已经是成员"),
        ("no address", EDITOR, "邮件地址"),
        ("new@example.com", "king", "king"),
    ],
)
def test_a_bad_invitation_keeps_what_was_typed(client, cast, email, role, said):
    client.force_login(cast.founder)
    page = client.post(reverse("companies:invite", args=[cast.company.pk]), {"email": email, "role": role}).text
    assert said in page and f'value="{email}"' in page
    assert not cast.company.invitations.exists()


def test_nobody_is_flooded(cast):
    for number in range(teams.SENT_A_DAY):
        teams.invite(cast.founder, cast.company, f"{number}@example.com", VIEWER)
    with pytest.raises(ActionError, match="20"):
        teams.invite(cast.founder, cast.company, "one-more@example.com", VIEWER)


def test_the_last_owner_stays(client, cast):
    owner = cast.company.memberships.get(user=cast.founder)
    viewer = cast.company.memberships.get(user=cast.company_viewer)
    for change in (partial(teams.remove, cast.founder, owner), partial(teams.change_role, cast.founder, owner, EDITOR)):
        with pytest.raises(ActionError, match="负责人"):
            change()
    client.force_login(cast.founder)
    page = client.post(reverse("companies:member_remove", args=[owner.pk]), follow=True).text
    assert "团队至少要有一位负责人" in page
    teams.change_role(cast.founder, viewer, OWNER)
    told = Notification.objects.get(user=cast.company_viewer)
    assert (told.kind, told.values["role"]) == ("member_role", OWNER)
    client.post(reverse("companies:member_remove", args=[owner.pk]))
    assert [member.user for member in cast.company.memberships.all()] == [cast.company_viewer]
    with pytest.raises(PermissionDenied):
        teams.invite(cast.founder, cast.company, "new@example.com", VIEWER)


def test_an_owner_who_cannot_log_in_is_no_owner(cast):
    viewer = cast.company.memberships.get(user=cast.company_viewer)
    teams.change_role(cast.founder, viewer, OWNER)
    cast.company_viewer.is_active = False
    cast.company_viewer.save()
    with pytest.raises(ActionError):
        teams.remove(cast.founder, cast.company.memberships.get(user=cast.founder))


def test_who_is_removed_is_told_and_sees_no_more(client, cast):
    viewer = cast.company.memberships.get(user=cast.company_viewer)
    client.force_login(cast.company_viewer)
    team = reverse("companies:team", args=[cast.company.pk])
    page = client.get(team)
    assert page.status_code == 200 and "邀请同事" not in page.text
    teams.remove(cast.founder, viewer)
    assert Notification.objects.get(user=cast.company_viewer).kind == "member_removed"
    assert client.get(team).status_code == 404
    with pytest.raises(TooLate):
        teams.change_role(cast.founder, viewer, EDITOR)


def leave(party, users, at_once):
    def go(user, start):
        member = party.memberships.get(user=user)
        start()
        return teams.remove(user, member)

    return at_once(*(partial(go, user) for user in users))


def test_two_owners_who_leave_at_once_leave_one(at_once, cast):
    teams.change_role(cast.founder, cast.company.memberships.get(user=cast.company_viewer), OWNER)
    results = leave(cast.company, [cast.founder, cast.company_viewer], at_once)
    assert sorted(type(result).__name__ for result in results) == ["ActionError", "NoneType"]
    assert cast.company.memberships.filter(role=OWNER).count() == 1


def test_ten_owners_inviting_one_person_make_one_invitation(at_once, cast):
    def ask(start):
        start()
        return teams.invite(cast.founder, cast.company, "new@example.com", VIEWER)

    results = at_once(*[ask] * 10)
    assert {result.pk for result in results} == {cast.company.invitations.get().pk}
