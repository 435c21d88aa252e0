"""Figures of the study over the API."""

import pytest
from rest_framework.test import APIClient

from deals.statistics.claims import FIGURES
from tests.deals.conftest import market  # noqa: F401

URL = "/api/v1/figures/"
PERIOD = {"since": "2020-01-01", "until": "2020-09-30"}


@pytest.fixture
def api(cast):
    client = APIClient()
    client.force_authenticate(cast.analyst)
    return client


def test_the_questions_in_their_order(api):
    listed = api.get(URL).json()
    assert [row["code"] for row in listed] == list(FIGURES)
    assert all(row["question"] and row["definition"] for row in listed)


def test_a_figure_with_its_scope(api, market):  # noqa: F811
    figure = api.get(f"{URL}V1/", PERIOD | {"region": ["CN-YRD", "CN-BJ"]}).json()
    assert figure["rows"] == [{"key": "", "events": 3, "companies": 2}]
    assert figure["scope"] == PERIOD | {"region": ["CN-BJ", "CN-YRD"], "currency": "CNY"}
    assert [column["unit"] for column in figure["columns"]] == ["count", "count"]
    total = api.get(f"{URL}V2/", PERIOD).json()["rows"][0]["amount"]
    assert (total["undisclosed"], total["is_bound"]) == (1, True)


def test_what_cannot_be_answered(api):
    assert api.get(f"{URL}X9/").status_code == 404
    refused = api.get(f"{URL}V1/", {"since": "2020-02-01", "until": "2020-01-01", "round": ["a", "zz"]})
    assert refused.status_code == 400
    assert set(refused.json()["errors"]) == {"until", "round"}
