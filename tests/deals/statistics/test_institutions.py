"""I1 to I3 on hand-computed small data; see `populated` for who invested in what."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from companies.models import CompanyCategory
from deals.models import Participation
from deals.statistics.claims import CLAIMS
from deals.statistics.focus import LISTED, focus_by_investor, focus_by_type
from deals.statistics.investors import Activity, EntrantsRow, activity, by_type, entrants
from deals.statistics.rows import Figure
from deals.statistics.scope import Scope
from investors.models import Investor
from tests.deals.conftest import YEAR, deal, thesis


def test_i1_active_institutions_and_the_new_among_them(populated):
    # Alder, Birch and Cedar; Birch was there in 2019, Fir only then, Dogwood only after the period.
    assert activity(YEAR).row == Activity(active=3, new=2, known=4)


def test_i1_within_filters(populated):
    expected = [
        ({"investor_types": ("venture",)}, Activity(1, 0, 1)),
        ({"categories": ("security",)}, Activity(2, 2, 2)),
        ({"rounds": ("c",)}, Activity(2, 2, 2)),
        ({"as_of": date(2020, 7, 27)}, Activity(2, 1, 3)),
    ]
    assert [(narrowing, activity(replace(YEAR, **narrowing)).row) for narrowing, _ in expected] == expected


def test_i1_entrants_by_the_year_of_their_first_round(populated):
    rows = entrants(YEAR).rows
    # Before 2019 nothing is recorded.
    assert [(row.year, row.entrants, row.known) for row in rows] == [(2019, 2, 2), (2020, 2, 4)]
    # Who came before the ten years is known all the same.
    assert entrants(Scope(date(2029, 1, 1), date(2029, 12, 31))).rows[0].known == 5


def test_i1_a_surge_is_twice_any_year_before(populated):
    holds = CLAIMS["I1b"].holds

    def years(*counts):
        rows = [populated_row(year, number) for year, number in zip((2017, 2018, 2019), counts, strict=True)]
        return holds(Figure("I1b", YEAR, tuple(rows)))

    assert years(5, 10, 11) is True
    assert years(5, 10, 9) is False
    assert years(0, 0, 0) is None


def populated_row(year, number):
    return type(entrants(YEAR).rows[0])(year, number, number)


def test_i2_types_with_their_leaders(populated):
    # Birch and Larch took part in one round each; Larch led its own.
    larch = Investor.objects.create(name_en="Larch", type="venture")
    Participation.objects.create(deal=populated.deals[2], investor=larch, is_lead=True)
    rows = by_type(YEAR).rows
    assert [(row.key, row.active, row.of_active, row.events) for row in rows] == [
        ("large_venture", 1, 4, 3),
        ("venture", 2, 4, 1),
        ("government", 1, 4, 1),
    ]
    assert [name.name_en for name in rows[1].leaders] == ["Larch", "Birch"]


def test_i3_breadth_by_type(populated):
    rows = {row.key: row for row in focus_by_type(YEAR).rows}
    large, corporate = rows["large_venture"], rows["corporate"]
    # Alder: once in security, twice in devices, of seven categories.
    assert (large.numerator, large.denominator, large.categories) == (0, 1, 2)
    assert large.evenness == pytest.approx(0.6365 / 1.9459, abs=1e-4)
    assert (large.declaring, large.declared, large.share_within) == (0, None, None)
    # Birch declares robots and was in two rounds of a robot maker.
    assert (rows["venture"].declaring, rows["venture"].declared) == (1, 1)
    assert (rows["venture"].within, rows["venture"].of_within, rows["venture"].evenness) == (2, 2, 0)
    # Fir's rejected round does not count.
    assert (corporate.denominator, corporate.categories) == (1, 1)


def test_i3_within_what_is_declared(populated):
    thesis(populated.alder, ["security-data"])
    (large, *_) = focus_by_type(YEAR).rows
    assert (large.declaring, large.declared, large.within, large.of_within) == (1, 1, 1, 3)


def test_i3_institutions_with_most_rounds_first(populated):
    figure = focus_by_investor(YEAR)
    assert [(row.name_en, row.events, row.categories, row.top.key, row.top_events) for row in figure.rows] == [
        ("Alder", 3, 2, "devices", 2),
        ("Birch", 2, 1, "devices", 2),
        ("Cedar", 1, 1, "security", 1),
        ("Fir", 1, 1, "devices", 1),
    ]
    assert [row.declared for row in figure.rows] == [None, 1, 1, None]
    assert figure.rows[0].top_share == pytest.approx(2 / 3)


def test_i3_names_a_limited_number(populated, monkeypatch):
    assert LISTED == 200
    monkeypatch.setattr("deals.statistics.focus.LISTED", 1)
    figure = focus_by_investor(YEAR)
    assert ([row.name_en for row in figure.rows], figure.left_out) == (["Alder"], 3)


def test_i3_one_category_is_told_apart_by_its_children(populated):
    scope = replace(YEAR, categories=("devices",))
    rows = {row.name_en: row for row in focus_by_investor(scope).rows}
    # Chip is in devices itself, Bolt in robots; Anshan counts in security.
    assert (rows["Alder"].events, rows["Alder"].categories) == (2, 2)
    # Who wants all devices declares each of them.
    thesis(populated.alder, ["devices"])
    rows = {row.name_en: row for row in focus_by_investor(scope).rows}
    assert (rows["Alder"].declared, rows["Birch"].declared) == (6, 1)


def test_i3_a_company_without_a_primary_category_counts_in_its_first(populated):
    CompanyCategory.objects.filter(company=populated.anshan).update(is_primary=False)
    (alder, *_) = focus_by_investor(YEAR).rows
    assert (alder.events, alder.categories) == (3, 2)


def test_i3_of_a_scheme_that_does_not_exist_is_empty(populated):
    assert focus_by_type(replace(YEAR, scheme="nowhere")).rows == ()


def test_a_round_of_two_institutions_of_a_type_counts_once_for_it(populated):
    both = deal(populated.anshan, "2020-05-05", round="b")
    for name in ("Elder", "Fig"):
        Participation.objects.create(deal=both, investor=Investor.objects.create(name_en=name, type="angel"))
    (row,) = [row for row in by_type(YEAR).rows if row.key == "angel"]
    assert (row.active, row.events) == (2, 1)


@pytest.mark.parametrize(
    ("entrants", "said"),
    [
        ({2018: 9, 2019: 4, 2020: 3}, "2019: 4 new · 2020: 3 new · most in 2018: 9"),
        ({2018: 9, 2019: 12, 2020: 3}, "2019: 12 new · 2020: 3 new"),
        ({2020: 3}, "2020: 3 new"),
        ({}, "–"),
    ],
)
def test_i1b_tells_of_the_end_of_the_period(entrants, said):
    rows = tuple(EntrantsRow(year, number, number) for year, number in entrants.items())
    with translation.override("en"):
        assert CLAIMS["I1b"].value(Figure("I1b", YEAR, rows)) == said
