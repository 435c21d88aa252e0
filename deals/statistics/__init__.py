"""Figures of a sector from recorded deals and listings: one function for each question, each returning typed rows.

A figure carries the code of its definition, its scope (period, filters, as-of date) and rows with numerator,
denominator and the number of events whose amount is undisclosed.
"""

from deals.statistics.categories import by_category, companies_by_category, listed_by_category
from deals.statistics.companies import cumulative, incubated, several_rounds
from deals.statistics.economy import activity_and_product
from deals.statistics.investors import active_investors, league
from deals.statistics.largest import records
from deals.statistics.listings import (
    board_share,
    boards_together,
    listed,
    listed_by_board,
    listings_per_year,
    new_listings,
)
from deals.statistics.offerings import capital_raised, capital_together, listings_of_period, pace, through_board
from deals.statistics.policy import milestones
from deals.statistics.regions import by_cluster, by_macro_region, by_province, by_western_province, listed_by_province
from deals.statistics.rows import Figure, Money
from deals.statistics.scope import Scope
from deals.statistics.venture import by_round, events, monthly, multi_round, total_amount

__all__ = [
    "Figure",
    "Money",
    "Scope",
    "active_investors",
    "activity_and_product",
    "board_share",
    "boards_together",
    "by_category",
    "by_cluster",
    "by_macro_region",
    "by_province",
    "by_round",
    "by_western_province",
    "capital_raised",
    "capital_together",
    "companies_by_category",
    "cumulative",
    "events",
    "incubated",
    "league",
    "listed",
    "listed_by_board",
    "listed_by_category",
    "listed_by_province",
    "listings_of_period",
    "listings_per_year",
    "milestones",
    "monthly",
    "multi_round",
    "new_listings",
    "pace",
    "records",
    "several_rounds",
    "through_board",
    "total_amount",
]
