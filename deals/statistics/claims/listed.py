"""L1 to L12: listed companies."""

from deals.statistics.claims.base import Claim

CLAIMS: tuple[Claim, ...] = ()
