"""P1 to P3: the three problems that the study found, each a figure to watch."""

from deals.statistics.claims.base import Claim

CLAIMS: tuple[Claim, ...] = ()
