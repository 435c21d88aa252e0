import pytest
from django.contrib import admin
from django.urls import reverse

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
