import re
from urllib.parse import urlsplit

import pytest
from auditlog.models import LogEntry
from django.contrib import admin
from django.urls import reverse
from django.utils import translation

from accounts.models import User, Viewing
from companies.models import Company

OURS = [
    model
    for model in admin.site._registry
    if model._meta.app_label in ("accounts", "companies", "investors", "taxonomy")
]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_lists_search_and_forms_open(client, cast, model):
    client.force_login(cast.administrator)
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    assert (
        client.get(
            reverse(f"{name}_changelist"), {"q": "安全"} if admin.site._registry[model].search_fields else {}
        ).status_code
        == 200
    )
    # That somebody looked is recorded by looking alone.
    assert client.get(reverse(f"{name}_add")).status_code == (403 if model is Viewing else 200)
    first = model.objects.first()
    if first:
        assert client.get(reverse(f"{name}_change", args=[first.pk])).status_code == 200


@pytest.mark.parametrize("name", ["founder", "investor", "analyst"])
def test_administrators_only(client, cast, name):
    client.force_login(cast.people.__dict__[name])
    assert client.get(reverse("admin:index")).status_code == 302


def test_it_has_the_sites_look(client, cast):
    client.force_login(cast.administrator)
    assert "css/admin" in client.get(reverse("admin:index")).text


def test_a_password_is_set_and_never_shown(client, cast):
    client.force_login(cast.administrator)
    url = reverse("admin:auth_user_password_change", args=[cast.founder.pk])
    response = client.post(
        url, {"password1": "another long one 3", "password2": "another long one 3", "usable_password": "true"}
    )
    assert response.status_code == 302
    assert User.objects.get(pk=cast.founder.pk).check_password("another long one 3")


def test_profiles_are_verified_once(client, cast):
    client.force_login(cast.administrator)
    url = reverse("admin:companies_company_changelist")
    client.post(url, {"action": "verify", "_selected_action": [cast.company.pk]})
    first = Company.objects.get(pk=cast.company.pk).verified_at
    client.post(url, {"action": "verify", "_selected_action": [cast.company.pk]})
    assert first and Company.objects.get(pk=cast.company.pk).verified_at == first
    client.post(url, {"action": "take_verification", "_selected_action": [cast.company.pk]})
    assert Company.objects.get(pk=cast.company.pk).verified_at is None


def test_profiles_without_members_are_told_apart(client, cast):
    cast.other_company.memberships.all().delete()
    client.force_login(cast.administrator)
    page = client.get(reverse("admin:companies_company_changelist"), {"has_members": "1"})
    assert list(page.context["cl"].queryset) == [cast.company]


@pytest.fixture
def opened(client, cast, django_capture_on_commit_callbacks):
    def open_(role="analyst", email="Nan@example.com"):
        client.force_login(cast.administrator)
        given = {"email": email, "full_name": "Nan", "role": role, "language": "en"}
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(reverse("admin:accounts_user_add"), given)

    return open_


@pytest.mark.parametrize("role", ["analyst", "administrator"])
def test_an_account_is_opened_for_somebody_who_chooses_the_password(client, opened, mailoutbox, role):
    assert opened(role).status_code == 302
    person = User.objects.get(email__iexact="nan@example.com")
    assert not person.has_usable_password()
    assert (person.is_analyst, person.is_administrator) == (True, role == "administrator")
    (mail,) = mailoutbox
    assert mail.to == [person.email] and mail.subject.endswith("has opened an account on Rongqiao for you")
    client.logout()
    link = re.search(r"http\S+/accounts/password/reset/key/\S+", mail.body)[0]
    form = client.get(urlsplit(link).path, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "a fresh secret 77", "password2": "a fresh secret 77"})
    client.post(reverse("account_login"), {"login": "nan@example.com", "password": "a fresh secret 77"})
    assert client.get(reverse("home")).status_code == 200
    # It works once.
    client.logout()
    assert "does not work" in client.get(urlsplit(link).path, follow=True, headers={"accept-language": "en"}).text


def test_an_account_is_opened_once_and_the_link_sent_again(client, cast, opened, mailoutbox):
    opened()
    assert opened(email="NAN@example.com").status_code == 200
    assert User.objects.filter(email__iexact="nan@example.com").count() == 1
    people = [User.objects.get(email__iexact="nan@example.com").pk, cast.founder.pk]
    client.post(reverse("admin:accounts_user_changelist"), {"action": "send_link_again", "_selected_action": people})
    # Who has a password needs no link.
    assert [mail.to for mail in mailoutbox] == [["nan@example.com"]] * 2


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_audit_record_is_told_in_words(client, cast, language):
    client.force_login(cast.administrator)
    client.cookies["language"] = language
    cast.company.is_published = False
    cast.company.save()
    entry = LogEntry.objects.get_for_object(cast.company).filter(action=LogEntry.Action.UPDATE).first()
    listed = client.get(reverse("admin:auditlog_logentry_changelist")).text
    one = client.get(reverse("admin:auditlog_logentry_change", args=[entry.pk])).text
    with translation.override(language):
        name = str(Company._meta.get_field("is_published").verbose_name)
        said = [translation.gettext(text) for text in ("yes", "no", "before", "after")]
    assert name in listed and "is_published" not in listed + one
    assert ">update<" not in listed
    updates = client.get(reverse("admin:auditlog_logentry_changelist"), {"action": LogEntry.Action.UPDATE})
    assert {entry.action for entry in updates.context["cl"].queryset} == {LogEntry.Action.UPDATE}
    assert all(f">{text}<" in one for text in [name, *said])
