"""Figures of a sector from recorded deals and listings: one function for each question, each returning typed rows.

A figure carries the code of its definition, its scope (period, filters, as-of date) and rows with numerator,
denominator and the number of events whose amount is undisclosed.
"""

from deals.statistics.categories import by_category
from deals.statistics.investors import league
from deals.statistics.listings import listed_by_board, listings_per_year
from deals.statistics.offerings import capital_raised
from deals.statistics.regions import by_macro_region, by_province
from deals.statistics.rows import Figure, Money
from deals.statistics.scope import Scope
from deals.statistics.venture import by_round, events, monthly, total_amount

__all__ = [
    "Figure",
    "Money",
    "Scope",
    "by_category",
    "by_macro_region",
    "by_province",
    "by_round",
    "capital_raised",
    "events",
    "league",
    "listed_by_board",
    "listings_per_year",
    "monthly",
    "total_amount",
]
