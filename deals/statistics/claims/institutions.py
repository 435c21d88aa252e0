"""I1 to I3: investors."""

from deals.statistics.claims.base import Claim

CLAIMS: tuple[Claim, ...] = ()
