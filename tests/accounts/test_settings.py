from django.urls import reverse

URL = reverse("settings")


def test_anonymous_people_log_in_first(client, db):
    assert client.get(URL).url.startswith(reverse("account_login"))


def test_name_language_and_time_zone_are_kept(client, cast):
    client.force_login(cast.founder)
    response = client.post(URL, {"full_name": "方 Fang", "language": "en", "time_zone": "Europe/Berlin"})
    assert response.status_code == 302
    assert response.cookies["language"].value == "en"
    cast.founder.refresh_from_db()
    assert (cast.founder.full_name, cast.founder.language) == ("方 Fang", "en")
    assert cast.founder.time_zone == "Europe/Berlin"


def test_an_error_keeps_what_was_typed(client, cast):
    client.force_login(cast.founder)
    response = client.post(URL, {"full_name": "Kept", "language": "en", "time_zone": "Mars/Olympus"})
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"time_zone"}
    assert 'value="Kept"' in response.text


def test_a_role_cannot_be_given_to_oneself(client, cast):
    client.force_login(cast.founder)
    client.post(
        URL,
        {"full_name": "F", "language": "en", "time_zone": "Asia/Shanghai", "role": "administrator", "is_staff": "1"},
    )
    cast.founder.refresh_from_db()
    assert (cast.founder.role, cast.founder.is_staff) == ("startup", False)
