import pytest

from deals import pipeline

URL = "/api/v1/pipeline/"


@pytest.fixture
def card(cast):
    return pipeline.add(cast.investor, cast.investor_firm, cast.other_company)[0]


def test_a_card_is_added_read_and_moved(as_, cast):
    ivy = as_("investor")
    body = {"investor": cast.investor_firm.pk, "company": cast.other_company.pk}
    made = ivy.post(URL, body, format="json")
    assert (made.status_code, made.json()["stage"]) == (201, "reviewing")
    assert ivy.post(URL, body, format="json").status_code == 200
    url = f"{URL}{made.json()['id']}/"
    moved = ivy.post(f"{url}move/", {"stage": "passed", "reason": "place", "version": 1}, format="json").json()
    assert (moved["stage"], moved["pass_reason"], moved["version"]) == ("passed", "place", 2)
    assert [(row["before"], row["after"], row["by"]) for row in moved["moves"]] == [("reviewing", "passed", "Ivy")]
    assert ivy.get(URL, {"stage": "passed"}).json()["count"] == 1
    assert ivy.get(URL, {"stage": "meeting"}).json()["count"] == 0


def test_a_pass_needs_its_reason_and_a_move_the_version_that_was_read(as_, card):
    ivy, url = as_("investor"), f"{URL}{card.pk}/move/"
    answer = ivy.post(url, {"stage": "passed", "version": 1}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["reason"])
    assert list(ivy.post(url, {"stage": "terms"}, format="json").json()["errors"]) == ["version"]
    assert ivy.post(url, {"stage": "meeting", "version": 1}, format="json").status_code == 200
    late = ivy.post(url, {"stage": "terms", "version": 1}, format="json")
    assert (late.status_code, late.json()["code"]) == (409, "too_late")


def test_nobody_else_reads_it(as_, card):
    for who in ("founder", "other_investor", "analyst", "administrator"):
        assert as_(who).get(URL).json()["count"] == 0
        assert as_(who).get(f"{URL}{card.pk}/").status_code == 404
    assert as_("investor_viewer").get(f"{URL}{card.pk}/").json()["company"]["id"] == card.company_id
