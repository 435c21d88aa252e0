"""The questions of the study: L1 to L12, V1 to V15, I1 to I3, P1 to P3, in that order.

Source: WANG Xinyi, XIAO Rongmei, 2020, DOI 10.12142/ZTETJ.202006009.
"""

from datetime import date

from deals.statistics.claims import events, institutions, listed, more, problems
from deals.statistics.claims.base import Claim, Column, Unit, key_of
from deals.statistics.scope import Scope

CLAIMS: dict[str, Claim] = {
    claim.code: claim for claim in (*listed.CLAIMS, *events.CLAIMS, *institutions.CLAIMS, *problems.CLAIMS)
}

# What pages, files and the API show: the study's questions and further ones.
FIGURES: dict[str, Claim] = CLAIMS | {claim.code: claim for claim in more.MORE}

# What the study looks at, and the last day on which it knew it.
STUDY = Scope(first=date(2020, 1, 1), last=date(2020, 9, 30), scheme="industrial-internet", as_of=date(2020, 9, 30))

__all__ = ["CLAIMS", "FIGURES", "STUDY", "Claim", "Column", "Unit", "key_of"]
