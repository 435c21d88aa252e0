from datetime import date

import numpy as np
import pandas as pd
import pytest

from matching import market as m
from matching.market import Market


def small() -> Market:
    return Market.build(
        date(2020, 1, 1),
        companies=[{"id": 7, "category": "security", "categories": ["security"]}, {"id": 8}],
        investors=[{"id": 3, "type": "venture"}, {"id": 4}, {"id": 5}],
        theses=[{"id": 1, "investor": 4, "excluded": ["network"]}],
        deals=[
            {"id": 10, "company": 7, "date": "2019-03-01", "round": "a", "amount": 5e6},
            {"id": 11, "company": 8, "date": "2019-06-01"},
        ],
        participations=[{"deal": 10, "investor": 3, "lead": True}, {"deal": 11, "investor": 3}],
        raises=[{"id": 21, "company": 8, "opened_on": "2019-12-01", "round": "b"}],
    )


def test_unknown_cells_have_one_spelling_each():
    market = small().validate()
    assert market.companies.loc[8, m.CATEGORY] == ""
    assert market.companies.loc[8, m.CATEGORIES] == ()
    assert market.companies.loc[7, m.CATEGORIES] == ("security",)
    assert pd.isna(market.companies.loc[8, m.FOUNDED_ON])
    assert np.isnan(market.deals.loc[11, m.AMOUNT])
    assert market.participations[m.LEAD].tolist() == [True, None]


def test_empty_frames_have_the_dtypes_of_full_ones():
    full = small()
    for name in m.SCHEMA:
        assert m.empty(name).dtypes.to_dict() == m.frame(name, getattr(full, name)).dtypes.to_dict(), name


def test_before_is_strict_and_takes_participations_and_raises_along():
    earlier = small().before(date(2019, 6, 1))
    assert earlier.deals.index.tolist() == [10]
    assert earlier.participations[m.DEAL].tolist() == [10]
    assert earlier.raises.empty
    assert earlier.as_of == date(2019, 6, 1)
    assert len(earlier.validate().companies) == 2


def test_investors_with_a_deal_or_a_thesis_take_part():
    assert small().active_investors.tolist() == [3, 4]


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ({"deals": [{"company": 99, "date": "2019-01-01"}]}, ValueError),
        ({"deals": [{"date": "2019-01-01"}]}, KeyError),
        ({"deals": [{"company": 1, "colour": "red"}]}, KeyError),
        ({"companies": [{"id": 1}, {"id": 1}]}, ValueError),
    ],
)
def test_frames_that_do_not_hang_together_are_refused(rows, error):
    with pytest.raises(error):
        Market.build(date(2020, 1, 1), **rows).validate()
