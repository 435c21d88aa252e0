import pytest
from django.urls import reverse

URL = reverse("set_language")


@pytest.mark.django_db
def test_the_choice_is_remembered_for_a_stranger(client):
    response = client.post(URL, {"language": "en", "next": "/accounts/login/"})
    assert response.url == "/accounts/login/"
    assert '<html lang="en">' in client.get("/").text
    client.post(URL, {"language": "zh-hans"})
    assert '<html lang="zh-Hans">' in client.get("/").text


def test_the_choice_is_remembered_with_the_account(client, cast):
    client.force_login(cast.founder)
    client.post(URL, {"language": "en"})
    cast.founder.refresh_from_db()
    assert cast.founder.language == "en"


def test_the_account_decides_on_a_new_device(client, cast):
    cast.founder.language = "en"
    cast.founder.save()
    client.force_login(cast.founder)
    page = client.get(reverse("home"), headers={"accept-language": "zh-CN"})
    assert '<html lang="en">' in page.text


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["", "xx", "en-unknown", "<script>"])
def test_an_unknown_language_changes_nothing(client, language):
    response = client.post(URL, {"language": language})
    assert response.status_code == 302
    assert "language" not in response.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_it_leads_to_no_other_site(client, target):
    assert client.post(URL, {"language": "en", "next": target}).url == "/"


@pytest.mark.django_db
def test_it_takes_a_post(client):
    assert client.get(URL).status_code == 405
