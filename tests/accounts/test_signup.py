"""The way in: sign up, confirm, log in, forget the password, choose another."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

SIGNUP, LOGIN, RESET = reverse("account_signup"), reverse("account_login"), reverse("account_reset_password")
NEW = {"email": "new@example.com", "password1": "quite-a-long-one 9", "full_name": "新人", "role": "investor"}


def link(message) -> str:
    return re.search(r"https?://[^/\s]+(/\S+)", message.body)[1]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_from_sign_up_to_home(client, language):
    client.cookies["language"] = language
    response = client.post(SIGNUP, NEW)
    assert response.url == reverse("account_email_verification_sent")
    user = User.objects.get(email=NEW["email"])
    assert (user.full_name, user.role, user.language) == ("新人", "investor", language)
    assert client.post(LOGIN, {"login": NEW["email"], "password": NEW["password1"]}).status_code == 302
    assert client.get(reverse("home")).status_code == 302, "not before the address is confirmed"
    (message, *_again) = mail.outbox
    assert message.alternatives[0].mimetype == "text/html"
    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}">' in message.alternatives[0].content
    path = link(message)
    assert client.get(path).status_code == 200
    # The browser that signed up is logged in at once; another one logs in.
    assert client.post(path).url == reverse("home")
    assert client.get(reverse("home")).status_code == 200


def test_a_link_that_another_browser_opens_leads_to_the_log_in(client):
    client.post(SIGNUP, NEW)
    other = Client()
    assert other.post(link(mail.outbox[0])).url == LOGIN
    response = other.post(LOGIN, {"login": NEW["email"], "password": NEW["password1"]})
    assert response.url == reverse("home")


@pytest.mark.parametrize("old", ["expired", "used", "forged"])
def test_a_link_that_no_longer_works_says_so_and_leads_to_the_log_in(client, old, settings):
    client.cookies["language"] = "en"
    client.post(SIGNUP, NEW)
    path = link(mail.outbox[0])
    if old == "used":
        Client().post(path)
    elif old == "forged":
        path = path.rstrip("/") + "x/"
    else:
        settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 0
    page = client.get(path)
    main = page.text.partition("<main")[2].partition("</main>")[0]
    assert page.status_code == 200 and "This link does not work" in main and LOGIN in main
    assert client.post(path).status_code in (200, 404)
    assert client.get(reverse("home")).status_code == 302


def test_nothing_is_said_twice_on_the_way_in(client):
    client.cookies["language"] = "en"
    page = client.post(SIGNUP, NEW, follow=True).text
    assert page.count("We have sent a message with a link") == 1 and "A link has been sent" not in page
    assert client.get(LOGIN).text.count(RESET) == 1


@pytest.mark.parametrize(
    ("password", "complaint"),
    [("kurz-9", "密码太短，至少需要 10 个字符"), ("1029384756102938", "密码全是数字|密码全都是数字|只包含数字")],
)
def test_a_weak_password_is_refused_in_the_readers_language(client, password, complaint):
    client.cookies["language"] = "zh-hans"
    page = client.post(SIGNUP, NEW | {"password1": password}).text
    assert "This password" not in page
    assert re.search(complaint, page)
    assert "你的" not in client.get(SIGNUP).text


def test_the_landing_page_chooses_the_side(client):
    form = client.get(f"{SIGNUP}?role=investor").context["form"]
    assert form["role"].value() == "investor"
    assert client.get(f"{SIGNUP}?role=administrator").context["form"]["role"].value() == "startup"


def test_an_error_keeps_what_was_typed(client):
    response = client.post(SIGNUP, NEW | {"password1": "short"})
    assert response.status_code == 200
    assert "新人" in response.text and NEW["email"] in response.text
    assert not User.objects.exists()


@pytest.mark.parametrize("role", ["administrator", "analyst", "x", ""])
def test_no_other_role_can_be_taken(client, role):
    assert client.post(SIGNUP, NEW | {"role": role}).status_code == 200
    assert not User.objects.exists()


def test_an_address_in_use_is_not_told(client, cast):
    taken = client.post(SIGNUP, NEW | {"email": cast.founder.email})
    free = client.post(SIGNUP, NEW)
    assert (taken.status_code, taken.url) == (free.status_code, free.url)
    assert mail.outbox[0].to == [cast.founder.email]
    assert reverse("account_reset_password") in mail.outbox[0].body


def test_the_mail_is_in_the_readers_language(client, cast):
    cast.founder.language = "en"
    cast.founder.save()
    client.cookies["language"] = "zh-hans"
    client.post(RESET, {"email": cast.founder.email})
    assert mail.outbox[0].subject == "A new password for Rongqiao"


def test_a_forgotten_password(client, cast):
    client.post(RESET, {"email": cast.founder.email})
    page = client.get(link(mail.outbox[0]), follow=True)
    client.post(page.request["PATH_INFO"], {"password1": "another long one 3", "password2": "another long one 3"})
    assert client.post(LOGIN, {"login": cast.founder.email, "password": "another long one 3"}).url == reverse("home")
    again = client.get(link(mail.outbox[0]), follow=True)
    assert again.context["token_fail"]


def test_an_unknown_address_is_answered_alike(client, cast):
    known, unknown = (client.post(RESET, {"email": email}) for email in (cast.founder.email, "nobody@example.com"))
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_a_wrong_password_says_so_and_keeps_the_address(client, cast):
    response = client.post(LOGIN, {"login": cast.founder.email, "password": "wrong"})
    assert response.status_code == 200
    assert cast.founder.email in response.text


def test_a_closed_account_stays_out(client, cast):
    cast.founder.is_active = False
    cast.founder.save()
    response = client.post(LOGIN, {"login": cast.founder.email, "password": PASSWORD}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("account_inactive")


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_signup", "account_logout", "account_reset_password", "account_reset_password_done",
     "account_reset_password_from_key_done", "account_email_verification_sent", "account_email",
     "account_change_password", "account_inactive", "account_reauthenticate"],
)  # fmt: skip
@pytest.mark.parametrize("logged_in", [False, True])
def test_every_page_has_our_look(client, cast, name, logged_in):
    if logged_in:
        client.force_login(cast.founder)
    response = client.get(reverse(name))
    if response.status_code != 302:
        assert response.status_code == 200
        assert "css/rongqiao" in response.text
