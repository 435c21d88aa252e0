from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from matching import encoding
from matching import market as m
from matching.feature_names import FACTOR_OF, FEATURES, INVESTOR_FEATURES, PAIR_FEATURES
from matching.features import PairFeatures
from matching.market import Market
from matching.profiles import FACTORS, deal_profiles, past_participations, raise_profiles
from matching.retrieval import DealKernel
from matching.text import TextVectors
from tests.matching.planted import planted_market

AS_OF = date(2020, 1, 1)


@pytest.fixture
def market():
    """A year before the date, 1 backed security twice and network once, 2 network three times. Now 0 and 9
    raise.
    """
    categories = ["security", "security", "network", "network", "network", "network"]
    return Market.build(
        AS_OF,
        companies=[
            {"id": 0, "category": "security", "country": "CHN", "region": "beijing"},
            *({"id": n + 1, "category": c, "country": "CHN"} for n, c in enumerate(categories)),
            {"id": 9},
        ],
        investors=[{"id": 1}, {"id": 2}],
        deals=[{"id": n, "company": n + 1, "date": "2019-01-01", "amount": 1e6} for n in range(6)],
        participations=[{"deal": n, "investor": 1 if n < 3 else 2} for n in range(6)],
        raises=[
            {"id": 70, "company": 0, "opened_on": "2019-12-01", "amount_low": 1e6, "amount_high": 4e6},
            {"id": 71, "company": 9, "opened_on": "2019-12-01"},
        ],
    ).validate()


def feature(market, name, state=None):
    state = state or PairFeatures(half_life=1e9, smoothing=2.0).fit(market)
    block = state.block(state.encode(market))
    return block[PAIR_FEATURES.index(name)]


def test_every_feature_belongs_to_one_factor():
    assert set(FACTOR_OF) == set(FEATURES)
    assert set(FACTOR_OF.values()) | {"together", "attention", "base"} == set(FACTORS)


def test_log_ratio_of_taste_by_hand(market):
    """Security is 2 of 6 deals; (2 + 2/3) of (3 + 2) and (0 + 2/3) of (3 + 2) against 1/3."""
    ratio = feature(market, "lr_category")
    assert ratio[0] == pytest.approx([np.log((2 + 2 / 3) / 5 * 3), np.log((2 / 3) / 5 * 3)], abs=1e-2)


def test_unknown_is_neutral(market):
    for name in ("lr_category", "lr_region", "lr_round", "lr_amount", "co_investors_sum", "thesis_category"):
        assert feature(market, name)[1].tolist() == [0, 0], name


def test_a_place_nobody_has_backed_says_nothing(market):
    assert feature(market, "lr_region")[0].tolist() == [0, 0]


def test_deals_fade_with_their_half_life(market):
    later = replace(market, as_of=date(2023, 1, 1))
    now, then = (feature(each, "lr_category", PairFeatures(half_life=1.0).fit(each))[0, 0] for each in (market, later))
    assert 0 < then < now / 2


def test_a_follow_on_counts_less_than_an_entry(market):
    again = replace(
        market,
        deals=pd.concat(
            [market.deals, m.frame(m.DEALS, [{"company": 3, "date": "2019-02-01"}], [100])],
        ),
        participations=pd.concat(
            [market.participations, m.frame(m.PARTICIPATIONS, [{"deal": 100, "investor": 1}])],
            ignore_index=True,
        ),
    )
    heavy = feature(again, "lr_category", PairFeatures(follow_on_weight=1.0).fit(again))[0, 0]
    light = feature(again, "lr_category", PairFeatures(follow_on_weight=0.1).fit(again))[0, 0]
    assert heavy < light


def test_profiles_know_only_what_came_before(market):
    longer = replace(
        market,
        deals=m.frame(
            m.DEALS,
            [{"company": 1, "date": f"201{y}-01-01"} for y in (5, 6, 7)],
            [30, 31, 32],
        ),
        participations=m.frame(
            m.PARTICIPATIONS,
            [
                {"deal": 30, "investor": 1},
                {"deal": 31, "investor": 2},
                {"deal": 31, "investor": 1},
                {"deal": 32, "investor": 1},
            ],
        ),
    )
    part = past_participations(longer)
    rows = deal_profiles(longer, part)
    assert rows["nth"].tolist() == [0, 1, 2]
    assert rows["previous_investors"].tolist() == [(), (1,), (1, 2)]
    assert part["entry"].tolist() == [True, False, True, False]


def test_the_amount_of_a_raise_is_the_middle_of_its_range(market):
    assert raise_profiles(market)[m.AMOUNT].tolist()[0] == pytest.approx(2e6)
    assert np.isnan(raise_profiles(market)[m.AMOUNT].tolist()[1])


def test_the_kernel_wants_the_same_deal_to_have_it_all():
    """1 did (a, x) and (b, y); 2 did (a, y) and (b, x): only one deal of 1 is like (a, x) in both."""
    eye = sparse.identity(2, dtype=np.float32, format="csr")
    from_deals = {"c": eye[[0, 1, 0, 1]], "p": eye[[0, 1, 1, 0]]}
    raised = {name: matrix[:1] for name, matrix in from_deals.items()}
    kernel = DealKernel({"c": 2.0, "p": 2.0}, smoothing=1.0)
    kernel.fit(from_deals, np.arange(4), np.array([0, 0, 1, 1]), np.ones(4), np.ones(4), 2)
    ratio, _ = kernel.predict(raised)
    usual = (np.exp(4) + 1 + 2 * np.exp(2)) / 4
    assert ratio[0] == pytest.approx(
        [np.log(((np.exp(4) + 1) / usual + 1) / 3), np.log((2 * np.exp(2) / usual + 1) / 3)], abs=1e-5
    )


def with_theses(market, *theses) -> Market:
    return replace(market, theses=m.frame(m.THESES, [{"investor": 2, **thesis} for thesis in theses]))


def test_the_thesis_that_fits_best_speaks(market):
    both = with_theses(market, {"categories": ["network"]}, {"categories": ["security"], "regions": ["shanghai"]})
    assert feature(both, "thesis_category")[0].tolist() == [0, 1]
    assert feature(both, "thesis_other_place")[0].tolist() == [0, -1]
    none = with_theses(market, {"categories": ["network"]})
    assert feature(none, "thesis_other_category")[0].tolist() == [0, -1]


def test_a_ticket_needs_room_in_the_round(market):
    for low, high, fits in ((1e5, 3e5, 1), (5e6, 9e6, -1), (None, 1e5, -1), (1e6, None, 1)):
        told = with_theses(market, {"ticket_low": low, "ticket_high": high})
        found = feature(told, "thesis_ticket")[0, 1] + feature(told, "thesis_other_ticket")[0, 1]
        assert found == fits, (low, high)


@pytest.mark.parametrize(
    ("theses", "excluded"),
    [
        ([{"excluded": ["security"]}], True),
        ([{"excluded": ["network"]}], False),
        ([{"excluded": ["security"]}, {"categories": ["network"]}], True),
        ([{"excluded": ["security"]}, {"categories": ["security"]}], True),
    ],
)
def test_an_exclusion_holds_whatever_another_thesis_wants(market, theses, excluded):
    told = with_theses(market, *theses)
    state = PairFeatures().fit(told)
    assert state.forbidden(state.encode(told)).tolist() == [[False, excluded], [False, False]]


def test_a_newcomer_is_as_active_as_the_typical_active_investor(market):
    state = PairFeatures().fit(replace(market, as_of=date(2019, 7, 1))).over(np.array([1, 2, 50]))
    level = state.level_[INVESTOR_FEATURES.index("entries_12m")]
    assert level == pytest.approx([np.log(4)] * 3)
    assert state.recorded_.tolist() == [True, True, False]


def test_text_meets_over_shared_company_and_odd_text_does_no_harm():
    words = [
        "plc controller factory",
        "plc gateway factory",
        "firewall endpoint",
        "firewall audit",
        "😀 😀",
        "x " * 99_999,
    ]
    market = Market.build(AS_OF, companies=[{"text": text} for text in words])
    vectors = TextVectors(dimensions=3).fit(market).transform(words)
    assert vectors[0] @ vectors[1] > 0.9 > 0.1 > abs(vectors[0] @ vectors[2])
    assert not vectors[4].any()
    assert np.isfinite(vectors).all()
    assert TextVectors().fit(Market.build(AS_OF)).transform(["plc"]).shape == (1, 0)


def test_the_taste_of_co_investors_counts_for_who_shares_a_company_with_them(market):
    """1 has backed security; 2 and 3 have not, but 2 is with 1 in one of its companies."""
    investors = [{"id": 1}, {"id": 2}, {"id": 3}]
    deals = [{"id": n, "company": n + 1, "date": "2019-01-01"} for n in range(6)]
    parts = [(0, 1), (1, 1), (2, 1), (2, 2), (3, 2), (4, 3), (5, 3)]
    known = Market.build(
        AS_OF,
        companies=market.companies.reset_index().to_dict("records"),
        investors=investors,
        deals=deals,
        participations=[{"deal": d, "investor": i} for d, i in parts],
        raises=[{"id": 70, "company": 0, "opened_on": "2019-12-01"}],
    ).validate()
    _, friend, stranger = feature(known, "friends_category")[0]
    assert friend > stranger == 0
    assert feature(known, "lr_category")[0][1] < 0


def test_the_same_exact_sum_is_a_taste(market):
    deals = market.deals.assign(money=[("USD 20000",)] * 3 + [("USD 5000000",)] * 3)
    raises = market.raises.assign(money=[("USD 20000",), ()])
    ratio = feature(replace(market, deals=deals, raises=raises), "lr_money")
    assert ratio[0][0] > 0 > ratio[0][1]
    assert ratio[1].tolist() == [0, 0]


class TestEncodedBefore:
    """Raises of a market that has changed a little are not all encoded again."""

    @pytest.fixture
    def state(self):
        return PairFeatures().fit(planted_market())

    @pytest.fixture
    def changed(self):
        """A company moves, one raise ends, another opens, a deal becomes known, an investor gets a thesis."""
        market = planted_market()
        companies = market.companies.copy()
        companies.loc[245, m.REGION] = "nowhere"
        raises = market.raises.drop(1047)
        opened = m.frame(m.RAISES, [{"company": 100, "opened_on": "2019-12-05", "round": "b"}], [99])
        deal = m.frame(m.DEALS, [{"company": 250, "date": "2019-12-09", "round": "a"}], [9000])
        return replace(
            market,
            companies=companies,
            raises=pd.concat([opened, raises]),
            deals=pd.concat([market.deals, deal]),
            participations=pd.concat(
                [market.participations, m.frame(m.PARTICIPATIONS, [{"deal": 9000, "investor": 3}])], ignore_index=True
            ),
            theses=m.frame(m.THESES, [{"investor": 4, "categories": ("devices",), "excluded": ("network",)}]),
        )

    def test_nothing_is_lost_and_nothing_stale(self, state, changed):
        known = state.encode(planted_market())
        followed, fresh = state.encode(changed, known=known), state.encode(changed)
        assert followed.ids.tolist() == fresh.ids.tolist()
        assert np.array_equal(state.block(followed), state.block(fresh))
        assert np.array_equal(state.forbidden(followed), state.forbidden(fresh))
        assert np.array_equal(followed.level, fresh.level)
        assert not np.array_equal(state.block(followed)[:, 1:20], state.block(known)[:, :19])

    def test_only_what_changed_is_encoded(self, state, changed, monkeypatch):
        known, seen = state.encode(planted_market()), []
        whole = encoding._by_itself
        monkeypatch.setattr(
            encoding, "_by_itself", lambda state, rows: seen.extend(rows.index.tolist()) or whole(state, rows)
        )
        state.encode(changed, known=known)
        # one is new, one's company moved, one's company closed a deal
        assert seen == [99, 1045, 1050]

    def test_single_pairs_are_forbidden_as_blocks_are(self, state, changed):
        raises = state.encode(changed)
        row, column = (part.ravel() for part in np.indices((len(raises), len(state.investors_))))
        assert np.array_equal(state.forbidden_pairs(raises, row, column), state.forbidden(raises).ravel())
        assert state.forbidden(raises).any()
