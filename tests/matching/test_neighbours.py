"""Likeness in a market made by hand: what counts, how much, and that nobody is his own neighbour."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from matching import market as m
from matching import neighbours
from matching.market import Market

COMPANIES = {
    1: ("a/security", ("a/security",), ("防火墙",), "CHN", "CN-JS"),
    2: ("a/security", ("a/security",), ("防火墙",), "CHN", "CN-JS"),
    3: ("a/security", ("a/security",), (), "CHN", "CN-BJ"),
    4: ("a/devices", ("a/devices",), (), "CHN", "CN-JS"),
    5: ("a/software", ("a/software",), (), "DEU", ""),
    6: ("", (), (), "", ""),
}


@pytest.fixture
def market() -> Market:
    columns = [m.CATEGORY, m.CATEGORIES, m.KEYWORDS, m.COUNTRY, m.REGION]
    companies = pd.DataFrame.from_dict(COMPANIES, orient="index", columns=columns)
    companies[[m.CITY, m.TEXT]] = ""
    companies[m.FOUNDED_ON] = pd.NaT
    investors = pd.DataFrame(
        {m.TYPE: ["venture", "venture", "angel"], m.COUNTRY: "CHN", m.TEXT: ""}, index=[10, 11, 12]
    )
    deals = pd.DataFrame({m.COMPANY: [1, 5, 4, 3]}, index=[100, 101, 102, 103])
    for column, value in ((m.DATE, pd.Timestamp("2025-01-01")), (m.ROUND, "a"), (m.KIND, m.VENTURE)):
        deals[column] = value
    deals[[m.ROUND_ORDER, m.AMOUNT]], deals[m.MONEY] = np.nan, [()] * 4
    parts = pd.DataFrame({m.DEAL: [100, 101, 102, 103], m.INVESTOR: [10, 10, 11, 11], m.LEAD: False})
    return replace(
        Market(date(2026, 1, 1)), companies=companies, investors=investors, deals=deals, participations=parts
    )


def test_the_nearest_share_field_words_and_place_then_fewer_of_them(market):
    found = neighbours.companies(market, None)
    assert found.nearest(1, 9) == [2, 3, 5, 4], "a shared investor says more than a shared place"
    assert found.nearest(6, 9) == []
    with pytest.raises(KeyError):
        found.nearest(7, 9)


def test_likeness_is_the_weighted_sum_of_what_is_shared(market):
    found = neighbours.companies(market, None)
    ids, total = found.likeness(4)
    assert ids.tolist() == [1, 2, 3, 5, 6]
    weight = neighbours.OF_COMPANIES
    place, deals = weight[neighbours.PLACE], weight[neighbours.DEALS]
    assert total == pytest.approx([place, place, deals, 0, 0])
    some, part = found.likeness(4, [3, 1, 99])
    assert some.tolist() == [1, 3] and part == pytest.approx([place, deals])


def test_institutions_are_alike_by_the_fields_of_their_companies(market):
    found = neighbours.investors(market, None)
    ids, total = found.likeness(10)
    assert ids.tolist() == [11, 12]
    # 10 was in security and software, 11 in devices and security; 12 in nothing and of another type.
    assert total[0] > total[1] == pytest.approx(neighbours.OF_INVESTORS[neighbours.PLACE])
    assert found.nearest(12, 5) == [10, 11]


def test_texts_count_by_their_vectors(market):
    class Vectors:
        def transform(self, texts):
            return np.array([[1, 0], [0, 1], [1, 0], [0, 0], [0.6, 0.8], [0, 0]], np.float32)[: len(list(texts))]

    with_text = neighbours.companies(market, Vectors())
    without = neighbours.companies(market, None)
    gained = with_text.likeness(1)[1] - without.likeness(1)[1]
    assert gained == pytest.approx(np.array([0, 1, 0, 0.6, 0]) * neighbours.OF_COMPANIES[neighbours.TEXT])
