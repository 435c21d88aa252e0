"""What deals rest on: which were confirmed by whom, where they were published, and which were told twice."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from deals.demo import calibration as study
from deals.demo.spec import DEMONSTRATION, Deal
from taxonomy.amounts import UNDISCLOSED, Amount

# Of the verified rounds and acquisitions with an investor, so many were confirmed by the start-up, and of these so many
# by an investor too; so many of all were published at an address.
BY_COMPANY, BY_INVESTOR, PUBLISHED = 0.45, 0.7, 0.3
# Nobody takes this address for a real one: the domain is reserved.
ADDRESS = "https://news.rongqiao.example/simulated/{ref}"
TOLD_TWICE, OF_LATE, SETTLED = 6, 400, 30
NOTE = "模拟的重复登记，用于演示查重。 Simulated duplicate, to show how duplicates are found."


def give(seed: int, deals: Iterable[Deal]) -> None:
    """Say of drawn deals who confirmed them and where they were published; each is drawn by itself."""
    for deal in deals:
        rng = Random(f"{seed}/evidence/{deal.ref}")
        confirmed, by_investor, published = (rng.random() < part for part in (BY_COMPANY, BY_INVESTOR, PUBLISHED))
        if deal.source != DEMONSTRATION or not deal.verified:
            continue
        # What came out of an introduction was recorded here, and both have confirmed it.
        deal.company_confirmed = bool(deal.introduction) or (confirmed and bool(deal.investors))
        deal.investor_confirmed = bool(deal.introduction) or (deal.company_confirmed and by_investor)
        if published and not deal.introduction:
            deal.source_url = ADDRESS.format(ref=deal.ref)


def told_twice(rng: Random, deals: list[Deal], today: date) -> list[Deal]:
    """Return a few rounds of late once more, as somebody else would tell them: some days later, with fewer particulars."""
    # The study's own period is left as it was counted.
    settled, late = today - timedelta(days=SETTLED), max(today - timedelta(days=OF_LATE), study.LAST)
    known = [
        deal for deal in deals
        if deal.kind == "venture" and late < deal.on < settled and deal.investors and deal.verified
        and deal.precision == "day" and not deal.introduction and deal.source == DEMONSTRATION
    ]  # fmt: skip
    again = []
    for number, deal in enumerate(rng.sample(known, min(TOLD_TWICE, len(known)))):
        on = deal.on + timedelta(days=rng.randint(2, 12))
        again.append(
            replace(
                deal, ref=f"{deal.ref}-again", on=on, known_on=on + timedelta(days=rng.randint(0, 3)), verified=False,
                # Every other time without the amount, and by the leading investor only.
                amount=deal.amount if number % 2 else Amount(UNDISCLOSED, text="未透露"),
                investors=deal.investors[:1], note=NOTE,
            )
        )  # fmt: skip
    return again
