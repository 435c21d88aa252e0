import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django.views.defaults import bad_request, permission_denied, server_error


@pytest.mark.django_db
def test_an_unknown_address(client):
    response = client.get("/no/such/page/", headers={"accept-language": "en"})
    assert response.status_code == 404
    assert "There is no such page" in response.text


def test_it_stays_in_the_shell_for_who_is_logged_in(client, cast):
    client.force_login(cast.founder)
    assert 'class="sidebar' in client.get("/no/such/page/").text


@pytest.mark.django_db
def test_a_form_without_its_token():
    response = Client(enforce_csrf_checks=True).post(
        reverse("account_login"), {"login": "a"}, headers={"accept-language": "en"}
    )
    assert response.status_code == 403
    assert "too old to be accepted" in response.text


@pytest.mark.parametrize(("view", "code"), [(bad_request, 400), (permission_denied, 403)])
@pytest.mark.django_db
def test_other_refusals(view, code, client):
    request = client.get("/").wsgi_request
    with translation.override("en"):
        response = view(request, Exception("why"))
    assert response.status_code == code
    assert b"css/rongqiao" in response.content


def test_a_crash_needs_no_database():
    with translation.override("en"):
        response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert b"Something went wrong here" in response.content
