"""What answers teach, in markets small enough to be computed by hand."""

import pickle
from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from matching import market as m
from matching import tastes
from matching.answers import ANSWER_FEATURES, counted, countries, investor_values, shared
from matching.explanation import Explainer
from matching.feature_names import PAIR_FEATURES
from matching.features import PairFeatures
from matching.market import Market
from matching.matcher import FACTORS, Matcher
from matching.training import TO_INVESTORS, TO_RAISES, WindowSettings, later_deals, sample_window, taught_by
from tests.matching.planted import planted_market

AS_OF = date(2020, 1, 1)
ANSWERS = FACTORS.index("answers")
# Company 1 is what was answered about; of the others each raise shares one property with it.
COMPANIES = [
    {"id": 1, "category": "security", "country": "CHN", "region": "beijing"},
    {"id": 2, "category": "security", "country": "USA", "region": "texas"},
    {"id": 3, "category": "network", "country": "CHN", "region": "beijing"},
    {"id": 4, "category": "network", "country": "USA", "region": "texas"},
]
RAISES = [
    {"id": 20, "company": 2, "opened_on": "2019-12-01", "round": "b"},
    {"id": 30, "company": 3, "opened_on": "2019-12-01", "round": "b"},
    {"id": 40, "company": 4, "opened_on": "2019-12-01", "round": "a"},
]
CATEGORY, PLACE, ROUND = range(3)


def said(kind, reason="", side="investor", company=1, investor=7, at="2020-01-01", **more):
    return {
        "company": company,
        "investor": investor,
        "side": side,
        "kind": kind,
        "reason": reason,
        "at": at,
        "round": "a",
        **more,
    }


def market(*answers, as_of=AS_OF, now=datetime(2020, 1, 1, 12)) -> Market:
    found = Market.build(
        as_of,
        companies=COMPANIES,
        investors=[
            {"id": 7, "type": "venture", "country": "CHN"},
            {"id": 8, "type": "venture", "country": "USA"},
            {"id": 9, "type": "angel", "country": "CHN"},
        ],
        theses=[{"investor": i} for i in (7, 8, 9)],
        raises=RAISES,
        answers=answers,
    ).validate()
    return replace(found, now=now)


def features(market) -> dict[str, np.ndarray]:
    state = PairFeatures().fit(market)
    raises = state.encode(market)
    block = state.block(raises)
    X = state.rows(block, raises, *np.indices((len(raises), 3)).reshape(2, -1))
    return {name: X[:, PAIR_FEATURES.index(name)].reshape(-1, 3) for name in ANSWER_FEATURES}


def test_a_save_speaks_for_what_is_alike_by_hand():
    """One save beside two answers that are not known: a third of the weight of each property that is shared."""
    found = features(market(said("saved")))
    assert found["investor_wants"][:, 0] == pytest.approx([0.35 / 3, 0.25 / 3, 0.15 / 3])
    assert not found["investor_wants"][:, 1:].any()
    assert not any(found[name].any() for name in ANSWER_FEATURES[1:])


def test_an_accepted_introduction_says_more_than_a_save_and_twice_the_same_is_once():
    accepted = features(market(said("accepted"), said("saved")))["investor_wants"]
    assert accepted[CATEGORY, 0] == pytest.approx(0.35 * 2 / 4)


@pytest.mark.parametrize("kind", ["passed", "declined"])
@pytest.mark.parametrize("reason, place", [("category", CATEGORY), ("place", PLACE), ("round", ROUND)])
def test_a_reason_counts_against_what_it_blames_and_nothing_else(kind, reason, place):
    refused = features(market(said(kind, reason)))["investor_refuses"]
    expected = np.zeros((3, 3))
    expected[place, 0] = -1 / 3
    assert refused == pytest.approx(expected)


def test_an_amount_that_does_not_fit_counts_against_near_amounts():
    answered = market(said("passed", "ticket", amount_low=1e6))
    raises = answered.raises.assign(**{m.AMOUNT_LOW: [1e6, 1e6 * 10**0.25, 1e8]})
    refused = features(answered.with_raises(raises))["investor_refuses"]
    assert refused[:, 0] == pytest.approx([-1 / 3, -0.75 / 3, 0])


def test_a_refusal_that_blames_no_property_counts_against_the_whole():
    refused = features(market(said("declined", "quality")))["investor_refuses"]
    assert refused[:, 0] == pytest.approx([-0.35 / 3, -0.25 / 3, -0.15 / 3])


@pytest.mark.parametrize("reason", ["conflict", "known", "timing"])
def test_reasons_that_say_nothing_of_what_is_wanted_teach_nothing(reason):
    assert counted(market(said("passed", reason))).empty


def test_what_a_start_up_says_of_investors_counts_for_its_own_raise():
    """It saved 7, a venture fund of China: 8 shares the type, 9 the country; no other company's raise is touched."""
    found = features(market(said("saved", side="company", company=2)))
    assert found["company_wants"][0] == pytest.approx([0.5 / 3, 0.3 / 3, 0.2 / 3])
    assert not found["company_wants"][1:].any() and not found["investor_wants"].any()
    refused = features(market(said("passed", "place", side="company", company=2)))["company_refuses"]
    assert refused[0] == pytest.approx([-1 / 3, 0, -1 / 3])


def test_a_request_that_was_withdrawn_leaves_nothing_and_one_made_since_counts():
    asked, withdrawn = said("asked", at="2019-12-01"), said("withdrawn", at="2019-12-05")
    assert counted(market(asked, withdrawn)).empty
    assert counted(market(asked, withdrawn, said("asked", at="2019-12-20")))[m.KIND].tolist() == ["asked"]
    # before it was withdrawn it counted
    assert len(counted(market(asked, withdrawn).before(date(2019, 12, 3)))) == 1


def test_answers_fade():
    old = features(market(said("saved", at="2017-12-31")))["investor_wants"][CATEGORY, 0]
    assert old == pytest.approx(0.35 * 0.5 / 2.5, rel=1e-2)


def fitted(market, windows=1) -> Matcher:
    """Of two windows the latest is measured on, and what is found on it counts."""
    return Matcher(windows=windows, max_queries=60).fit(market)


def ranked(market, matcher=None):
    matcher = matcher or fitted(market)
    return matcher.rank_investors(market), matcher.rank_raises(market)


def same(one, other) -> bool:
    return all(
        (a.targets == b.targets).all() and a.contributions.tobytes() == b.contributions.tobytes()
        for a, b in zip(one, other, strict=True)
    )


@pytest.fixture(scope="module")
def planted():
    return planted_market(companies=80, investors=12)


@pytest.fixture(scope="module")
def plain(planted):
    return fitted(planted, windows=2)


@pytest.fixture(scope="module")
def without(planted):
    return ranked(planted)


def answered(market, *answers, **changes):
    return replace(market, answers=m.frame(m.ANSWERS, answers), **changes)


def test_an_answer_after_the_date_changes_nothing(planted, plain):
    """Nor does one of the day itself, unless the day is today: then it counts up to now."""
    late = [said("saved", company=160, investor=0, at=at) for at in ("2020-01-01", "2020-03-01")]
    market = answered(planted, *late)
    assert same(ranked(market, fitted(market, windows=2)), ranked(planted, plain))
    today = answered(planted, *late, now=datetime(2020, 1, 1, 9))
    ranking = plain.rank_raises(today, [0])
    assert not np.allclose(ranking.contributions[0, :, ANSWERS], 0)
    assert len(today.standing_answers) == 1


def test_a_market_without_answers_has_nothing_of_theirs(planted, without):
    state = PairFeatures().fit(planted)
    raises = state.encode(planted)
    assert raises.answers is None
    assert len(state.block(raises)) == len(PAIR_FEATURES) - len(ANSWER_FEATURES)
    for ranking in without:
        assert not np.nan_to_num(ranking.contributions[:, :, ANSWERS]).any()
    # with answers that teach nothing every feature of theirs is looked at, and is 0
    known, stranger = (said(*what, at="2018-12-01") for what in (("passed", "known"), ("saved",)))
    silent = answered(planted, {**known, "company": 100, "investor": 0}, {**stranger, "company": 101, "investor": 99})
    assert PairFeatures().fit(silent).encode(silent).answers is not None
    assert same(ranked(silent), without)


def test_a_save_raises_what_is_alike_for_who_saved_and_nobody_else(planted, without):
    saved = answered(planted, said("saved", company=100, investor=5, at="2019-12-20"))
    _, before = without
    _, after = ranked(saved)
    company = planted.companies.loc[100]
    for row, investor in enumerate(after.subjects):
        gained = dict(zip(after.targets[row], after.contributions[row, :, ANSWERS], strict=True))
        for raise_id, value in gained.items():
            if raise_id < 0:
                continue
            other = planted.companies.loc[planted.raises.at[raise_id, m.COMPANY]]
            alike = other[m.CATEGORY] == company[m.CATEGORY] or other[m.REGION] == company[m.REGION]
            if investor != 5:
                assert value == 0
            elif alike:
                assert value > 0.1
    sums = np.rint(after.contributions[after.targets >= 0] / 1e-6).sum(axis=1)
    assert (np.rint(after.scores[after.targets >= 0] / 1e-6) == sums).all()
    place = list(after.subjects).index(5)
    assert after.targets[place].tolist() != before.targets[place].tolist()


def test_shards_agree_to_the_last_bit(planted):
    many = [said("saved", company=100 + n, investor=n % 12, at="2019-11-20") for n in range(40)]
    many += [
        said("passed", "round", side="company", company=160 + n, investor=n % 5, at="2019-11-20") for n in range(20)
    ]
    market = answered(planted, *many)
    matcher = Matcher(windows=1, max_queries=60, block=7).fit(market)
    whole = matcher.rank_investors(market)
    for row in (0, 7, 19):
        alone = matcher.rank_investors(market, [whole.subjects[row]])
        assert alone.contributions[0].tobytes() == whole.contributions[row].tobytes()
    raises = matcher.rank_raises(market)
    alone = matcher.rank_raises(market, [raises.subjects[3]])
    assert alone.contributions[0].tobytes() == raises.contributions[3].tobytes()
    state = PairFeatures().fit(market)
    everything = state.encode(market)
    row, column = np.array([0, 3, 19, 3]), np.array([1, 0, 11, 2])
    whole = state.rows(state.block(everything), everything, row, column)
    assert state.of_pairs(everything, row, column).tobytes() == whole.tobytes()


def morning(planted):
    many = [said("saved", company=100 + n, investor=n % 12, at="2019-11-20") for n in range(40)]
    many += [said("declined", "category", company=100 + n, investor=n % 7, at="2019-11-21") for n in range(30)]
    many += [said("saved", side="company", company=160 + n, investor=n % 5, at="2019-11-20") for n in range(20)]
    many += [said("passed", "place", side="company", company=161, investor=n, at="2019-11-20") for n in range(3)]
    return answered(planted, *many, now=datetime(2020, 1, 1, 9))


def says_more(market):
    """One answer is taken back, one is another, a company and an investor who said nothing yet have answered."""
    answers = market.answers.drop(3)
    answers.loc[10, m.KIND] = "accepted"
    fresh = [said("saved", company=101, investor=11), said("saved", side="company", company=100, investor=9)]
    fresh = m.frame(m.ANSWERS, fresh).set_axis([1000, 1001], axis=0)
    return replace(market, answers=pd.concat([answers, fresh]), now=datetime(2020, 1, 1, 12))


def falls_silent(market):
    """Of one who has answered and of one who was answered about."""
    gone = (market.answers[m.INVESTOR] == 5) | (market.answers[m.COMPANY] == 161)
    return replace(market, answers=market.answers[~gone])


def edits(market):
    """What was answered about moves; it and what is raised get a keyword that comes before all that was known."""
    companies = market.companies.copy()
    companies.at[105, m.REGION] = "texas"
    for company in [105, *market.raises[m.COMPANY]]:
        companies.at[company, m.KEYWORDS] = ("additive",)
        companies.at[company, m.CATEGORIES] = ("additive", companies.at[company, m.CATEGORY])
    return replace(market, companies=companies)


def joins(market, wanted="security"):
    """An investor without a record, about whom a company has something to say."""
    fresh = m.frame(m.ANSWERS, [said("saved", side="company", company=165, investor=99)]).set_axis([2000], axis=0)
    return replace(
        market,
        investors=pd.concat([market.investors, m.frame(m.INVESTORS, [{"type": "angel"}], [99])]),
        theses=m.frame(m.THESES, [{"investor": 99, "categories": (wanted,)}], [7]),
        answers=pd.concat([market.answers, fresh]),
    )


def answer_features(state, market, known=None) -> np.ndarray:
    state = state.over(state.candidates(market))
    raises = state.encode(market, known=known)
    found = np.empty((len(ANSWER_FEATURES), *raises.taken.shape), np.float32)
    raises.answers.features(found)
    return found


@pytest.mark.parametrize("change", [says_more, falls_silent, edits, joins])
def test_what_changed_is_learned_as_if_all_were_to_the_last_bit(planted, change):
    before = morning(planted)
    after = change(before)
    state = PairFeatures().fit(before)
    encoded = state.over(state.candidates(after)).encode(before)
    anew = answer_features(state, after)
    was = answer_features(state, before)
    assert was.shape != anew.shape or was.tobytes() != anew.tobytes()
    assert answer_features(state.hear(after), after, encoded).tobytes() == anew.tobytes()
    assert answer_features(state.hear(before), before).tobytes() == was.tobytes()


def test_another_thesis_of_whoever_joined_later_is_heard(planted):
    state = PairFeatures().fit(morning(planted))
    for wanted in ("security", "network"):
        market = joins(morning(planted), wanted)
        anew = answer_features(state, market)
        assert answer_features(state.hear(market), market).tobytes() == anew.tobytes()


def test_values_stay_in_order_whoever_brings_them():
    """Else sums over them would depend on who was read first."""

    def sheet(*values):
        rows = pd.DataFrame({"row": range(len(values)), "value": values, "share": np.arange(1.0, len(values) + 1)})
        return tastes.Sheet.of(rows, len(values))

    both = sheet("a", "c").behind(sheet("b", "d"))
    assert both.values.tolist() == ["a", "b", "c", "d"]
    assert both.cells.toarray().tolist() == [[0, 1, 0, 0], [0, 0, 0, 2], [1, 0, 0, 0], [0, 0, 2, 0]]
    assert both.onto(pd.Index(["c"])).toarray().tolist() == [[0], [0], [0], [2]]


def test_only_what_changed_is_learned_again(planted, monkeypatch):
    """The rows of the one side that said something else, and of those who spoke of the edited company."""
    read, before = [], morning(planted)
    state, before = pickle.loads(pickle.dumps((PairFeatures().fit(before), before)))
    monkeypatch.setattr(tastes, "counted", lambda market: read.append(len(market.answers)) or counted(market))
    state.hear(before)
    answer_features(state, before)
    assert read == []
    after = says_more(before)
    state.hear(after)
    answer_features(state, after)
    theirs = after.answers[m.INVESTOR].isin([3, 10, 11]) & (after.answers[m.SIDE] == m.OF_INVESTOR)
    assert read == [theirs.sum() + 1]


def test_an_accepted_introduction_is_half_a_yes_and_no_truth(planted):
    """Companies that closed nothing met investor 5, one of them before the window; a deal was an introduction first."""
    start = date(2019, 7, 1)
    _, deals = later_deals(planted, start)
    pair = deals.iloc[0]
    met = [
        said("accepted", company=179, investor=5, at="2019-08-01"),
        said("accepted", company=int(pair["raise"]), investor=int(pair[m.INVESTOR]), at="2019-09-01"),
        said("accepted", company=178, investor=5, at="2019-03-01"),
    ]
    market = answered(planted, *met)
    after, pairs, accepted = taught_by(market, start)
    worth = pairs.set_index(["raise", m.INVESTOR])["worth"]
    assert worth[(179, 5)] == 0.5
    assert worth[(pair["raise"], pair[m.INVESTOR])] == 1
    assert (178, 5) not in worth.index
    assert after.raises.at[179, m.ROUND] == "a"
    pd.testing.assert_frame_equal(later_deals(market, start)[1], deals)
    assert len(accepted) == 2


def test_an_investor_without_deals_teaches_by_its_own_choice_of_raises(planted):
    """99 has a thesis and no deal: it accepts one company and closes with another. In the choices of raises, where
    investors without a record never stand, it does not stand either."""
    start = date(2019, 7, 1)
    newcomer = replace(
        planted,
        investors=pd.concat([planted.investors, m.frame(m.INVESTORS, [{"type": "angel"}], [99])]),
        theses=m.frame(m.THESES, [{"investor": 99, "categories": ("security",)}]),
    )
    _, deals = later_deals(planted, start)
    met, other = deals["raise"].unique()[:2]
    closed = newcomer.deals.index[
        (newcomer.deals[m.DATE] >= pd.Timestamp(start)) & (newcomer.deals[m.COMPANY] == other)
    ][0]
    party = m.frame(m.PARTICIPATIONS, [{"deal": closed, "investor": 99}])
    newcomer = replace(newcomer, participations=pd.concat([newcomer.participations, party], ignore_index=True))
    samples = []
    for market in (newcomer, answered(newcomer, said("accepted", company=met, investor=99, at="2019-08-01"))):
        history, pairs, _ = taught_by(market, start)
        state = PairFeatures().fit(history)
        guess = {direction: lambda block, *_: block[0] for direction in (TO_INVESTORS, TO_RAISES)}
        rng = np.random.default_rng(0)
        samples.append(sample_window(state, state.encode(history), pairs, guess, 0, WindowSettings(), rng))
    before, after = samples
    assert after[TO_INVESTORS].worth.tobytes() == before[TO_INVESTORS].worth.tobytes()
    assert after[TO_RAISES].n_choices == before[TO_RAISES].n_choices + 1
    own = after[TO_RAISES].group == after[TO_RAISES].group.max()
    assert sorted(after[TO_RAISES].worth[own & after[TO_RAISES].y]) == [0.5, 1]
    assert (own & ~after[TO_RAISES].y).sum() > 5


def positives(figures) -> int:
    return round(sum(part["observed"] * part["n"] for part in figures["bins"]))


def test_introductions_teach_the_curves_and_both_sides_and_are_no_truth(planted, plain):
    """More choices to learn from and more pairs that both said yes to; what the model is measured on stays the same."""
    met = [said("accepted", company=100 + n, investor=n % 12, at="2019-10-01") for n in range(60)]
    taught = fitted(answered(planted, *met), windows=2)
    for direction in (TO_INVESTORS, TO_RAISES):
        assert taught.rankers_[direction].n_choices_ > plain.rankers_[direction].n_choices_
        truth = [positives(one.quality_["calibration"][direction]) for one in (plain, taught)]
        assert truth[0] == truth[1] > 0
    both = [positives(one.quality_["both"]) for one in (plain, taught)]
    assert both[0] == truth[0] < both[1]


def evidence(market, direction, raise_id=20, investor=7):
    return Explainer(market.before(date(2020, 1, 2))).evidence(raise_id, investor, direction)["answers"]


KEPT = {"code": "answers_kept"}


def test_evidence_is_told_to_the_side_that_answered_alone():
    both = market(said("saved"), said("passed", "place", side="company", company=2, investor=9, at="2019-12-24"))
    # the two that look in one region, not those of one country, are of one place
    looking = [{"investor": pk, "regions": ("CN-JS",)} for pk in (7, 9)]
    both = replace(both, theses=Market.build(AS_OF, investors=[{"id": 7}, {"id": 9}], theses=looking).theses)
    assert evidence(both, TO_RAISES) == [
        {"code": "answers_alike", "aspects": ["category"], "n": 1, "companies": [1], "last": "2020-01-01"},
        KEPT,
    ]
    refused = {"code": "answers_refused", "aspect": "place", "n": 1, "institutions": [9], "last": "2019-12-24"}
    assert evidence(both, TO_INVESTORS) == [refused, KEPT]
    # of the refused place the institution hears nothing, nor the start-up of the save
    assert evidence(both, TO_INVESTORS, investor=8) == [KEPT]
    assert evidence(both, TO_RAISES, investor=8) == [KEPT]
    # what the other side said of oneself is not told either
    of_each_other = market(said("saved", company=2), said("passed", "place", side="company", investor=7))
    assert evidence(of_each_other, TO_INVESTORS, investor=8) == [KEPT]
    assert evidence(of_each_other, TO_RAISES, raise_id=30) == [KEPT]


def test_evidence_names_those_with_most_in_common():
    more = market(
        said("passed", "quality", company=4),
        said("declined", "other"),
        said("passed", "round", company=3, at="2019-12-01"),
    )
    assert evidence(more, TO_RAISES, raise_id=40) == [
        {"code": "answers_refused", "aspect": "round", "n": 1, "companies": [3], "last": "2019-12-01"},
        {
            "code": "answers_unlike",
            "aspects": ["category", "place", "round"],
            "n": 1,
            "companies": [4],
            "last": "2020-01-01",
        },
        KEPT,
    ]


def test_what_was_said_of_itself_is_no_likeness_to_others():
    found = evidence(market(said("saved", company=4), said("saved", company=1)), TO_RAISES, raise_id=40)
    assert found[0] == {"code": "answers_own", "last": "2020-01-01"}
    assert [item["companies"] for item in found if "companies" in item] == [[1]]


def test_institutions_of_one_country_are_not_told_to_be_of_one_place():
    """7 and 9 sit in one country, 8 in another; 7 and 8 look in one region."""
    theses = [{"investor": 7, "regions": ("CN-JS",)}, {"investor": 8, "regions": ("CN-JS",)}]
    whole = Market.build(
        AS_OF,
        investors=[{"id": pk, "type": "venture", "country": at} for pk, at in ((7, "CHN"), (8, "USA"), (9, "CHN"))],
        theses=theses,
    )
    kinds = investor_values(whole)
    mine, theirs = kinds[kinds["row"] == 7], kinds[kinds["row"] != 7]
    assert shared(theirs, mine) == {8: ("place", "type"), 9: ("place", "type")}
    assert shared(theirs, mine, countries(whole)) == {8: ("place", "type"), 9: ("type",)}
