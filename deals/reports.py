"""What stands first in a report: the figures that matter most, what agrees with the study, and what all of it rests on."""

from dataclasses import dataclass, replace

from deals.sheets import Sheet
from deals.statistics.claims import CLAIMS, FIGURES, Claim

# Events, money, the lead of the East, institutions, and raises that nobody fits.
HEADLINES = ("V1", "V2", "V8", "I1", "P3")
# How complete the records are.
EVIDENCE = ("R4", "R1")


@dataclass(frozen=True)
class Summary:
    """`headlines` and `evidence` are questions with their answers; of `events` so many are `verified`.

    `holding`, `differing` and `uncompared` are the questions of the study by what comparing came to; all empty where
    the study is not compared.
    """

    headlines: list[tuple[Claim, str]]
    evidence: list[tuple[Claim, str]]
    events: int
    verified: int
    holding: list[Claim]
    differing: list[Claim]
    uncompared: list[Claim]


def summary(sheet: Sheet, compared: bool) -> Summary:
    """Return the summary of a study page, whose figures are counted by now."""
    held = {code: claim.holds(sheet.figure(code)) for code, claim in CLAIMS.items()} if compared else {}

    def answered(codes) -> list[tuple[Claim, str]]:
        return [(FIGURES[code], FIGURES[code].value(sheet.figure(code))) for code in codes]

    def which(answer: bool | None) -> list[Claim]:
        return [CLAIMS[code] for code, holds in held.items() if holds is answer]

    return Summary(
        headlines=answered(HEADLINES),
        evidence=answered(EVIDENCE),
        events=sheet.figure("V1").row.events,
        verified=sheet.figure("V1", replace(sheet.scope, verified_only=True)).row.events,
        holding=which(True),
        differing=which(False),
        uncompared=which(None),
    )
