"""P3 on who asked to meet whom, by hand; see `populated` for the requests."""

from dataclasses import replace
from datetime import date

import pytest

from deals.statistics.claims import CLAIMS
from deals.statistics.reach import ReachRow, first_reply, quartiles, reach
from deals.statistics.rows import Figure
from tests.deals.conftest import YEAR, met


def test_p3_requests_by_who_asked(populated):
    assert reach(YEAR).rows == (
        # Anshan twice, Chip, whose answer came after the period, and Bolt, who heard nothing.
        ReachRow("company", asked=4, askers=3, reached=3, answered=2, accepted=1, waiting=1),
        ReachRow("large_venture", asked=1, askers=1, reached=1, answered=0, accepted=0, waiting=0),
        ReachRow("venture", asked=3, askers=1, reached=3, answered=2, accepted=1, waiting=0),
    )
    assert [row.lapsed for row in reach(YEAR).rows] == [1, 1, 1]


def test_p3_requests_within_filters(populated):
    populated.meetings[0].raise_asked = populated.raises[0]
    populated.meetings[0].save()
    expected = [
        ({"regions": ("CN-JS",)}, [("company", 2), ("large_venture", 1)]),
        ({"investor_types": ("venture",)}, [("company", 1), ("venture", 3)]),
        ({"categories": ("security",)}, [("company", 2), ("large_venture", 1)]),
        ({"rounds": ("b",)}, [("company", 1)]),
        ({"as_of": date(2020, 2, 2)}, [("company", 1)]),
    ]
    found = [
        (narrowing, [(row.key, row.asked) for row in reach(replace(YEAR, **narrowing)).rows])
        for narrowing, _ in expected
    ]
    assert found == expected


def test_p3_requests_as_they_stood_on_a_day(populated):
    """Accepted on 5 February, declined on the 4th: on the 4th one of the two was open still."""
    row = reach(replace(YEAR, as_of=date(2020, 2, 4))).rows[0]
    assert (row.asked, row.answered, row.accepted, row.waiting) == (2, 1, 0, 1)


def test_p3_a_wide_net_asks_more_and_is_accepted_less():
    holds = CLAIMS["P3c"].holds

    def sides(started, institutions):
        rows = [ReachRow(key, asked, askers, asked, accepted, accepted, 0) for key, asked, askers, accepted in (
            ("company", *started), ("venture", *institutions)
        )]  # fmt: skip
        return holds(Figure("P3c", YEAR, tuple(rows)))

    assert sides((4, 2, 2), (9, 3, 4)) is True
    assert sides((4, 2, 2), (9, 3, 5)) is False
    assert sides((4, 1, 2), (9, 3, 4)) is False
    assert sides((0, 0, 0), (9, 3, 4)) is None


def test_p3_time_to_the_first_qualified_reply(populated):
    started, large, venture = first_reply(YEAR).rows
    # Anshan waited 4 days; Bolt and Chip wait still, for 152.5 and 20.5 days.
    assert (started.key, started.askers, started.replied, started.waiting) == ("company", 3, 1, 2)
    assert started.quartiles == (4, None, None)
    # Birch's first request was accepted after ten days; Alder's never.
    assert (venture.askers, venture.replied, venture.quartiles) == (1, 1, (10, 10, 10))
    assert (large.askers, large.replied, large.waiting, large.quartiles) == (1, 0, 1, (None, None, None))


def test_p3_who_waits_counts_as_long_as_it_has_waited(populated):
    """A reply after Chip has been waiting for longer does not count Chip among those under way."""
    met(populated.dune, populated.cedar, "2020-06-01", status="accepted", days=100)
    # Four ask. One ends at 4 of four, then Chip is out of sight, and one ends at 100 of two: 3/4 and 3/4 · 1/2 are left.
    assert first_reply(YEAR).rows[0].quartiles == (4, 100, None)


def test_p3_the_time_runs_from_the_first_request_to_the_first_acceptance(populated):
    met(populated.bolt, populated.alder, "2020-05-11", status="accepted", days=5)
    met(populated.bolt, populated.dogwood, "2020-05-12", status="accepted", days=1)
    # From 1 May, when Bolt asked Cedar in vain, to 13 May.
    assert first_reply(YEAR).rows[0].quartiles == (4, 12, None)


@pytest.mark.parametrize(
    ("durations", "ended", "expected"),
    [
        ([], [], (None, None, None)),
        ([5], [True], (5, 5, 5)),
        ([5], [False], (None, None, None)),
        ([1, 2, 3, 4], [True] * 4, (1, 2, 3)),
        ([2, 2, 2, 9], [True] * 4, (2, 2, 2)),
        # Who leaves at the moment of an end was still under way.
        ([3, 3], [True, False], (3, 3, None)),
        # 9/10 and then, of the four that are left, 3/4, 1/2 and 1/4 of that.
        ([1, *[2] * 5, 3, 4, 5, 6], [True, *[False] * 5, True, True, True, True], (3, 4, 5)),
    ],
)
def test_quartiles_by_hand(durations, ended, expected):
    assert quartiles(durations, ended) == expected
