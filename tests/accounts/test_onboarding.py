"""How much a newcomer must fill in before the first recommendation: what benchmarks/onboarding.md says."""

import pytest
from django.urls import reverse

from companies.models import Company
from investors.models import Investor
from tests.conftest import in_steps, person

SIGN_UP = ["email", "password1", "full_name", "role"]


def required(form) -> list[str]:
    """The fields of an empty form that must be filled in by hand."""
    return [bound.name for bound in form if bound.field.required and not bound.value() and not bound.is_hidden]


def test_a_start_up_fills_in_nine(client, cast):
    form = client.get(reverse("account_signup")).context["form"]
    assert sorted(required(form)) == sorted(set(SIGN_UP) - {"role"})
    client.force_login(person("new@example.com", "startup"))
    who = [*required(client.get(reverse("companies:create")).context["form"]), "short_zh"]
    second = client.post(reverse("companies:create"), {"short_zh": "泵", "region": cast.company.region_id}).url
    what = [*required(client.get(second).context["form"]), "summary_zh"]
    asked = client.post(second, {"summary_zh": "泵", "primary": cast.security.pk}).url
    assert Company.objects.filter(short_zh="泵").exists()
    raise_ = required(client.get(asked).context["form"])
    assert client.post(asked, {"round": "a", "currency": "CNY", "amount_audience": "investors"}).status_code == 302
    assert len(SIGN_UP + who + what + raise_) == 9 <= 12


def test_an_investor_fills_in_seven(client, cast):
    client.force_login(person("new@example.com", "investor"))
    who = [*required(client.get(reverse("investors:create")).context["form"]), "name_zh"]
    second = client.post(reverse("investors:create"), {"name_zh": "泵资本", "type": "venture"}).url
    what = required(client.get(second).context["form"])
    thesis_url = client.post(second, {}).url
    assert Investor.objects.filter(name_zh="泵资本").exists()
    thesis = required(client.get(thesis_url).context["form"])
    assert client.post(thesis_url, {"categories": [cast.security.pk], "currency": "CNY"}).status_code == 302
    assert len(SIGN_UP + who + what + thesis) == 7 <= 8


# Names that people have, and such as only an attacker has.
NAMES = ["张伟" * 20, "مريم الخوارزمي", "👩‍🔬 实验室", "O'Brien & <b>Söhne</b>", "\u202eevil"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_kept_and_shown_as_it_is(client, cast, name):
    client.force_login(cast.founder)
    data = {"short_zh": name, "summary_zh": "泵", "region": cast.company.region_id, "primary": cast.security.pk}
    answer = in_steps(client, reverse("companies:create"), data)
    company = Company.objects.exclude(pk__in=[cast.company.pk, cast.other_company.pk]).get()
    assert company.short_zh == name and answer.status_code == 302
    page = client.get(company.get_absolute_url()).text
    assert "<b>Söhne" not in page


def test_ten_thousand_characters_are_refused_and_kept(client, cast):
    client.force_login(cast.founder)
    page = client.post(reverse("companies:create"), {"short_zh": "泵" * 10_000}).text
    assert "100" in page and "泵" * 10_000 in page


def test_a_password_of_a_breach_list_is_refused(client, cast):
    data = {"email": "new@example.com", "password1": "password123", "full_name": "Nan", "role": "startup"}
    page = client.post(reverse("account_signup"), data).text
    assert "常见" in page or "普通" in page
