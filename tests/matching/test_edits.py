"""What stating an open field would bring: the same as writing each plausible value into the profile and ranking again."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from matching import edits
from matching import market as m
from matching.market import Market
from matching.matcher import Matcher
from matching.pairs import cut, unbarred
from tests.matching.planted import planted_market

RAISE, COMPANY = 900 + 140, 100 + 140  # "devices" in "guangdong", raising its round "a"
INVESTORS = [0, 5, 8, 20]


def cells(frame: pd.DataFrame, pk: int, **values) -> pd.DataFrame:
    """`frame` with other values in one row."""
    rows = frame.to_dict("index")
    rows[pk].update(values)
    return pd.DataFrame.from_dict(rows, orient="index")


def of_company(market: Market, pk: int, **values) -> Market:
    return replace(market, companies=m.frame(m.COMPANIES, cells(market.companies, pk, **values)))


def of_raise(market: Market, pk: int, **values) -> Market:
    return replace(market, raises=m.frame(m.RAISES, cells(market.raises, pk, **values)))


@pytest.fixture(scope="module")
def known() -> Market:
    """The planted market; some companies name a city and keywords, and a company that has raised twice raises again."""
    market = planted_market()
    companies = market.companies.to_dict("index")
    for number, row in enumerate(companies.values()):
        if number % 8 == 0:
            row["city"] = f"{row['region']} {number % 3}"
        if number % 3:
            row["keywords"] = ("valves", f"word {number % 4}")
    again = {"company": 101, "opened_on": "2019-12-01", "round": "seed", "round_order": 0, "amount_low": 4e7}
    theses = [
        {"id": 70 + n, "investor": n, "categories": ["devices"], "rounds": [["a"], ["b"], ["a", "b"]][n % 3]}
        for n in range(12)
    ]
    # What one says elsewhere is no measure of what one leaves open here.
    theses.append({"id": 90, "investor": 20, "categories": ["devices"], "rounds": ["seed"]})
    return replace(
        market,
        companies=m.frame(m.COMPANIES, pd.DataFrame.from_dict(companies, orient="index")),
        raises=pd.concat([market.raises, m.frame(m.RAISES, [again], [800])]),
        theses=m.frame(m.THESES, theses, [row.pop("id") for row in theses]),
    )


@pytest.fixture(scope="module")
def matcher(known) -> Matcher:
    return Matcher(windows=1, text_dimensions=8).fit(known)


def score(matcher: Matcher, market: Market, raise_id: int) -> dict[int, float]:
    ranking = matcher.rank_investors(market, [raise_id], k=30)
    return {int(i): s for i, s in zip(ranking.targets[0], ranking.scores[0], strict=True) if i >= 0}


def closed_deals(known: Market, **own) -> pd.DataFrame:
    """The latest deal or raise of each company in each round, with what the company states."""
    raises = known.raises.assign(date=pd.Timestamp(known.as_of), amount=known.raises[m.AMOUNT_LOW])
    rows = pd.concat([known.deals, raises]).sort_values(m.DATE, kind="stable")
    rows = rows.drop_duplicates([m.COMPANY, m.ROUND], keep="last").join(known.companies, on=m.COMPANY)
    for column, value in own.items():
        rows = rows[rows[column] == value]
    return rows


def by_hand(matcher, market, raise_id: int, values: Counter, state) -> dict[int, float]:
    """Mean change of the score over `values`, each written into the whole market by `state(market, value)`."""
    before = score(matcher, market, raise_id)
    total = dict.fromkeys(before, 0.0)
    for value, count in values.items():
        for investor, after in score(matcher, state(market, value), raise_id).items():
            total[investor] += count * (after - before[investor])
    return {investor: change / values.total() for investor, change in total.items()}


def asked(matcher, market, known, raise_id: int, field: str, investors=INVESTORS) -> edits.Edit:
    company = market.raises.at[raise_id, m.COMPANY]
    (found,) = edits.company_edits(matcher, cut(market, [company], investors), known, raise_id, investors, [field])
    return found


@pytest.mark.parametrize(("raise_id", "company", "round_"), [(RAISE, COMPANY, "a"), (800, 101, "seed")])
def test_a_gain_is_what_ranking_again_says(known, matcher, raise_id, company, round_):
    """Of a company without and of one with a history, whose earlier deals go on to count."""
    market = of_company(known, company, region="", city="")
    category = known.companies.at[company, m.CATEGORY]
    like = closed_deals(known, category=category, round=round_)
    values = Counter(like.loc[like[m.COMPANY] != company, m.REGION])
    assert len(values) == 3 and values.total() >= edits.ENOUGH
    expected = by_hand(matcher, market, raise_id, values, lambda market, v: of_company(market, company, region=v))
    found = asked(matcher, market, known, raise_id, edits.REGION)
    assert found.gains == pytest.approx([expected[i] for i in INVESTORS], abs=1e-9)
    assert found.gain == pytest.approx(np.mean([expected[i] for i in INVESTORS]), abs=1e-9)
    # Other places than its taste lower the score, its own raises it.
    assert np.ptp(found.gains) > 0.1 and ((found.rises > 0) & (found.rises < 1)).any()


def test_an_amount_is_one_that_such_rounds_had(known, matcher):
    deals = known.deals.copy()
    deals[m.AMOUNT] = [1e6 * (1 + n % 3) for n in range(len(deals))]
    known = replace(known, deals=deals)
    like = closed_deals(known, category="devices", round="a")
    values = Counter(like.loc[(like[m.COMPANY] != COMPANY) & (like[m.AMOUNT] > 0), m.AMOUNT])
    assert len(values) == 2
    expected = by_hand(
        matcher, known, RAISE, values, lambda market, v: of_raise(market, RAISE, amount_low=v, amount_high=v)
    )
    found = asked(matcher, known, known, RAISE, edits.AMOUNT)
    assert found.gains == pytest.approx([expected[i] for i in INVESTORS], abs=1e-9)
    assert np.abs(found.gains).max() > 0.01


def test_open_fields_are_those_that_are_not_stated(known):
    bare = of_company(known, COMPANY, category="", categories=(), region="", city="", founded_on=None, text="")
    bare = of_company(bare, COMPANY, keywords=())
    assert set(edits.open_fields(bare, RAISE)) == {
        edits.AMOUNT, edits.CATEGORY, edits.KEYWORDS, edits.REGION, edits.FOUNDED_ON, edits.TEXT,
    }  # fmt: skip
    # A city alone is asked for where the province is known, and a round only where it is not stated.
    assert edits.CITY in edits.open_fields(of_company(known, COMPANY, city=""), RAISE)
    assert edits.ROUND in edits.open_fields(of_raise(known, RAISE, round=""), RAISE)
    full = of_company(known, COMPANY, city="guangdong 2", keywords=("valves",))
    assert edits.open_fields(of_raise(full, RAISE, amount_high=5e6), RAISE) == ()


def test_values_come_from_the_nearest_group_that_speaks(known):
    like = edits._Like(known, known, RAISE)
    near = closed_deals(known, category="devices", round="a")
    cities = [*near.loc[(near[m.COMPANY] != COMPANY) & (near[m.REGION] == "guangdong"), m.CITY]]
    # Fewer than enough at this round: all of its category.
    assert 0 < len([city for city in cities if city]) < edits.ENOUGH
    found = like.values(edits.CITY)
    assert len(found) >= edits.ENOUGH
    assert {city.rsplit(" ", 1)[0] for city in found} == {"guangdong"}
    assert not like.values(edits.CATEGORIES)


def test_a_founding_date_is_as_old_at_the_round_as_that_of_others(known):
    rows = closed_deals(known, category="devices", round="a")
    ages = rows[m.DATE] - rows[m.FOUNDED_ON]
    found = edits._Like(known, known, RAISE).values(edits.FOUNDED_ON)
    assert sorted(pd.Timestamp(known.as_of) - day for day in found) == sorted(
        age for age, company in zip(ages, rows[m.COMPANY], strict=True) if company != COMPANY and age >= pd.Timedelta(0)
    )


def test_many_values_are_tried_at_even_steps():
    drawn = edits._drawn(list(range(1000)))
    assert [count for _, count in drawn] == [1] * edits.DRAWS
    assert np.mean([value for value, _ in drawn]) == pytest.approx(499.5, abs=1)
    assert edits._drawn(["b", "a", "b"]) == [("a", 1), ("b", 2)]


def test_a_value_that_a_thesis_excludes_is_left_out(known, matcher):
    companies = known.companies.copy()
    further = ["games" if n % 2 else "valves" for n in range(len(companies))]
    companies[m.CATEGORIES] = pd.Series(
        [(own, more) for own, more in zip(companies[m.CATEGORY], further, strict=True)], companies.index, dtype=object
    )
    companies.at[COMPANY, m.CATEGORIES] = ("devices",)
    other = replace(known, companies=companies)
    theses = m.frame(
        m.THESES, [{"investor": 5, "excluded": ["games"]}, {"investor": 8, "excluded": ["games", "valves"]}]
    )
    market = replace(other, theses=theses)
    found = asked(matcher, market, other, RAISE, edits.CATEGORIES)
    stated = of_company(market, COMPANY, categories=("devices", "valves"))
    change = score(matcher, stated, RAISE)[5] - score(matcher, market, RAISE)[5]
    by_investor = dict(zip(INVESTORS, found.gains, strict=True))
    assert by_investor[5] == pytest.approx(change, abs=1e-9)
    # No value is left for the one that excludes both; it does not count in the mean either.
    assert np.isnan(by_investor[8]) and np.isfinite(found.gain)


def test_nobody_states_it_and_nothing_is_said(known, matcher):
    bare = replace(
        known, companies=known.companies.assign(keywords=pd.Series([()] * len(known.companies), known.companies.index))
    )
    market = cut(bare, [COMPANY], INVESTORS)
    found = edits.company_edits(matcher, market, bare, RAISE, INVESTORS, [edits.KEYWORDS, edits.REGION])
    assert [edit.values for edit in found] == [0, 3]
    assert np.isnan(found[0].gain) and np.isnan(found[0].rise) and np.isfinite(found[1].gain)
    assert edits.company_edits(matcher, market, bare, RAISE, INVESTORS, []) == []


def test_rounds_of_a_thesis(known, matcher):
    """Investor 20 wants devices and names no round: others who want devices name three sets of them."""
    market = replace(known, theses=m.frame(m.THESES, [{"investor": 20, "categories": ["devices"]}], [99]))
    raises = [RAISE, 800]
    assert edits.open_thesis_fields(market.theses.loc[99]) == ("rounds", "ticket", "regions", "keywords", "text")

    def scores(theses):
        ranking = matcher.rank_raises(replace(market, theses=theses), [20], k=30)
        by_raise = dict(zip(ranking.targets[0], ranking.scores[0], strict=True))
        return np.array([by_raise[pk] for pk in raises])

    expected = np.mean(
        [
            scores(m.frame(m.THESES, [{"investor": 20, "categories": ["devices"], "rounds": rounds}], [99]))
            for rounds in (["a"], ["b"], ["a", "b"])
        ],
        axis=0,
    ) - scores(market.theses)
    companies = market.raises.loc[raises, m.COMPANY]
    few = cut(market, companies, [20])
    found, nobody = edits.investor_edits(matcher, few, known, 20, raises, {99: ("rounds", "ticket")})
    assert (nobody.field, nobody.values) == (edits.TICKET, 0) and np.isnan(nobody.gain)
    assert (found.field, found.thesis, found.values) == (edits.ROUNDS, 99, 3)
    assert found.gains == pytest.approx(expected, abs=1e-9)
    assert np.abs(expected).max() > 0.1


def test_a_first_thesis_wants_what_the_deals_were_in(known, matcher):
    market = replace(known, theses=m.empty(m.THESES))
    few = cut(market, [COMPANY, 101], [8])
    (found,) = edits.investor_edits(matcher, few, known, 8, [RAISE, 800], {})
    assert found.field == edits.THESIS and found.thesis is None
    # Its taste are devices: the raise of devices gains, that of software loses.
    assert found.gains[0] > 0.3 > 0 > found.gains[1]


def test_the_best_comes_first_and_that_of_which_nothing_can_be_said_last():
    def edit(field, *gains):
        return edits.Edit(field, np.array(gains), np.zeros(len(gains)), 1)

    found = edits.best_first([edit("c", np.nan, np.nan), edit("d", -0.1), edit("a", 0.1, 0.3), edit("b", np.nan, 0.4)])
    assert [one.field for one in found] == ["b", "a", "d", "c"]


def test_a_pair_scores_the_same_in_the_part_that_speaks_about_it(known, matcher):
    whole = matcher.rank_investors(known, [RAISE, 800], k=30)
    for row, company in enumerate((COMPANY, 101)):
        few = cut(known, [company], INVESTORS)
        assert few.sizes()["companies"] == 1 and few.sizes()["investors"] == len(INVESTORS)
        part = matcher.rank_investors(few, k=30)
        kept = np.isin(whole.targets[row], INVESTORS)
        assert np.array_equal(part.targets[0][: kept.sum()], whole.targets[row][kept])
        assert np.array_equal(part.contributions[0][: kept.sum()], whole.contributions[row][kept])
    one = matcher.rank_raises(cut(known, [COMPANY], [8]), [8], k=30)
    whole = matcher.rank_raises(known, [8], k=30)
    assert np.array_equal(one.contributions[0][0], whole.contributions[0][whole.targets[0] == RAISE][0])


def test_bars_are_lifted_and_an_earlier_deal_is_not(known, matcher):
    held = int(
        known.participations.merge(known.deals, left_on="deal", right_index=True)
        .query("company == 101")
        .investor.iloc[0]
    )
    barred = replace(
        known,
        blocks=m.frame(m.BLOCKS, [{"company": 101, "investor": 20}]),
        theses=m.frame(m.THESES, [{"investor": 0, "excluded": ["software"]}]),
    )
    before = score(matcher, barred, 800)
    assert not {0, 20, held} & set(before)
    after = score(matcher, unbarred(barred), 800)
    assert {0, 20} <= set(after) and held not in after
