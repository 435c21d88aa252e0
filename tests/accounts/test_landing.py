import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from deals.models import Deal, Participation

URL = reverse("landing")


@pytest.mark.django_db
def test_it_leads_to_sign_up_for_either_side(client):
    page = client.get(URL, headers={"accept-language": "en"}).text
    assert f"{reverse('account_signup')}?role=startup" in page
    assert f"{reverse('account_signup')}?role=investor" in page


def test_the_figures_are_those_of_the_database(client, cast):
    today = timezone.localdate()
    recent = Deal.objects.create(company=cast.company, round_id="angel", announced_on=today - timedelta(days=30))
    Deal.objects.create(company=cast.company, round_id="seed", announced_on=today - timedelta(days=800))
    # Active is who takes part in deals, as on the page of statistics, whether it has a thesis or not.
    Participation.objects.create(deal=recent, investor=cast.other_investor_firm)
    numbers = [int(number) for number in re.findall(r'class="figure-value">(\d+)<', client.get(URL).text)]
    assert numbers == [2, 1, 1, 1], "companies, open raises, active investors, deals of twelve months"


def test_who_is_logged_in_goes_home(client, cast):
    client.force_login(cast.founder)
    assert client.get(URL).url == reverse("home")


def test_the_administrators_are_reached_where_an_address_is_set(client, db, settings):
    settings.CONTACT_EMAIL = ""
    assert "mailto:" not in client.get("/").text
    settings.CONTACT_EMAIL = "help@rongqiao.example"
    assert 'href="mailto:help@rongqiao.example"' in client.get("/").text
