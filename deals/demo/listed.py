"""Companies on the boards: 146 by the end of the study's period, and the start-ups that were listed since."""

from datetime import date, timedelta
from decimal import Decimal
from math import exp
from random import Random

from deals.demo import calibration as study
from deals.demo.lives import day_in, weighted
from deals.demo.money import written
from deals.demo.spec import Company, Deal, Listing
from taxonomy.amounts import parse_amount

# A letter stands where a real code has a digit: no such code is ever assigned.
TICKERS = {"star": "688X", "chinext": "300X", "sse_main": "603X", "szse_main": "000X", "sme": "002X", "beijing": "920X"}
OPENED = {"star": date(2019, 7, 22), "chinext": date(2009, 10, 30), "beijing": date(2021, 11, 15)}
# The first applications to the STAR Market were taken in on 22 March 2019.
STAR_FILING = date(2019, 3, 22)
# The study's real companies among the counts: board, year, category, province.
REAL = [("star", 2020, "security", "CN-BJ"), ("sse_main", 2018, "devices", "CN-GD")]


class Listed:
    def __init__(self, rng: Random, today: date):
        self.rng, self.today = rng, today
        self.numbers = dict.fromkeys(TICKERS, 0)
        self.deals: list[Deal] = []
        self.listings: list[Listing] = []

    def plan(self) -> list[tuple[str, date, str, str]]:
        """Return board, day, sub-category and province of each invented company listed in the study's time."""
        rng = self.rng
        slots = [
            (board, year) for board, years in study.LISTINGS.items() for year, number in years.items()
            for _ in range(number)
        ]  # fmt: skip
        roots = dict(study.LISTED_CATEGORIES)
        provinces = dict(study.LISTED_PROVINCES)
        for board, year, root, province in REAL:
            slots.remove((board, year))
            roots[root] -= 1
            provinces[province] -= 1
        rng.shuffle(slots)
        # New fields are on new boards: security, platforms and software come last to the old ones.
        slots.sort(key=lambda slot: slot[1])
        planned = []
        for board, year in slots:
            old = year < 2010
            root = weighted(
                rng,
                {r: n * (0.15 if old and r in ("security", "platform", "software") else 1) for r, n in roots.items()},
            )
            province = weighted(rng, provinces)
            roots[root] -= 1
            provinces[province] -= 1
            codes = {code: n for code, n in study.CATEGORIES.items() if code.split("-")[0] == root}
            planned.append((board, self._day(board, year), weighted(rng, codes), province))
        return planned

    def _day(self, board: str, year: int) -> date:
        rng = self.rng
        if board == "star" and year == 2019:
            # A third of the year's listings came on the first trading day.
            return OPENED["star"] if rng.random() < 0.35 else day_in(rng, (2019, rng.randint(8, 12)))
        month = rng.randint(1, 9 if year == 2020 else 12)
        first = OPENED.get(board)
        if first and year == first.year:
            month = rng.randint(first.month + 1 if first.month < 12 else 12, 12)
        return day_in(rng, (year, month))

    def add(self, company: Company, board: str, day: date, raised: int, value: int | None) -> None:
        """List a company: the listing, and the offering on the same day."""
        rng = self.rng
        self.numbers[board] += 1
        ref = f"l-{company.ref}"
        waiting = rng.randint(120, 330) if board in ("star", "beijing") else rng.randint(300, 760)
        filed = day - timedelta(days=waiting)
        if board == "star":
            filed = max(filed, STAR_FILING + timedelta(days=rng.randrange(12)))
        self.deals.append(Deal(f"d-ipo-{company.ref}", company.ref, "ipo", day, day, parse_amount(written(raised))))
        self.listings.append(
            Listing(
                ref, company.ref, board, f"{TICKERS[board]}{self.numbers[board]:02d}", day, filed_on=filed,
                cleared_on=day - timedelta(days=rng.randint(35, 80)), offering=f"d-ipo-{company.ref}",
                market_value=Decimal(value) if value else None, market_value_on=study.LAST if value else None,
            )
        )  # fmt: skip

    def add_all(self, companies: list[tuple[Company, str, date]]) -> None:
        """List the study's companies with the sums that its claims L5 and L7 ask for."""
        rng = self.rng
        star = [entry for entry in companies if entry[1] == "star"]
        # The real company among them raised 5 billion at least.
        raised = dict(
            zip((c.ref for c, _, _ in star), spread(rng, study.STAR_RAISED - 5 * 10**9, len(star), 0.4), strict=True)
        )
        values = dict(zip((c.ref for c, _, _ in star), spread(rng, study.STAR_VALUE, len(star), 0.7), strict=True))
        for company, board, day in companies:
            scale = 0.55 if day.year < 2012 else 1.0
            value = values.get(company.ref) or max(round(60 * scale * exp(rng.gauss(0, 0.8))), 12) * 10**8
            sum_ = raised.get(company.ref) or round(520 * scale * exp(rng.gauss(0, 0.45))) * 10**6
            self.add(company, board, day, sum_, value)
        self._follow_on(companies)

    def _follow_on(self, companies: list[tuple[Company, str, date]]) -> None:
        """Placements and rights issues: those of the study's period make up its total (L5), others stand around it."""
        rng = self.rng
        offered = sum(
            float(deal.amount.low) for deal in self.deals if study.FIRST <= deal.on <= study.LAST
        ) + 5 * 10**9  # fmt: skip
        new = sum(1 for _, _, day in companies if study.FIRST <= day <= study.LAST) + 1
        older = [company for company, _, day in companies if day.year < 2018]
        rng.shuffle(older)
        chosen = older[: study.RAISED_COMPANIES - new]
        sums = spread(rng, round((study.RAISED_TOTAL - offered) / 10**7) * 10**7, len(chosen), 0.6)
        for number, (company, sum_) in enumerate(zip(chosen, sums, strict=True)):
            kind = "rights_issue" if number % 5 == 4 else "follow_on"
            self._raise(company, kind, day_in(rng, (2020, rng.randint(1, 9))), sum_)
        for company in older[len(chosen) : len(chosen) + 46]:
            year = rng.choice([2015, 2016, 2016, 2017, 2018, 2019, 2019, 2021, 2022, 2023])
            day = day_in(rng, (max(year, 2015), rng.randint(1, 12)))
            kind = rng.choice(["follow_on", "follow_on", "follow_on", "rights_issue"])
            self._raise(company, kind, day, round(900 * exp(rng.gauss(0, 0.6))) * 10**6)

    def _raise(self, company: Company, kind: str, day: date, sum_: int) -> None:
        listed = next(listing.listed_on for listing in self.listings if listing.company == company.ref)
        if day > listed:
            ref = f"d-{kind.replace('_', '-')}-{company.ref}-{day:%Y%m}"
            self.deals.append(Deal(ref, company.ref, kind, day, day, parse_amount(written(sum_))))

    def list_start_ups(self, ready: list[tuple[Company, date]]) -> None:
        """List some of the start-ups whose last round was late, after the study's period."""
        rng = self.rng
        for year, number in study.LISTINGS_AFTER.items():
            for _ in range(number):
                month = rng.randint(10, 12) if year == 2020 else rng.randint(1, 12)
                day = day_in(rng, (year, month))
                free = [entry for entry in ready if entry[1] + timedelta(days=240) < day]
                if not free or day > self.today:
                    continue
                entry = rng.choice(free)
                ready.remove(entry)
                board = weighted(rng, {"star": 5, "chinext": 4, "beijing": 3 if day > OPENED["beijing"] else 0})
                self.add(entry[0], board, day, round(700 * exp(rng.gauss(0, 0.45))) * 10**6, None)


def spread(rng: Random, total: int, count: int, width: float) -> list[int]:
    """Return `count` sums in whole ten millions that come to `total`, unevenly."""
    weights = [exp(rng.gauss(0, width)) for _ in range(count)]
    unit = 10**7
    sums = [max(round(total * weight / sum(weights) / unit), 6) * unit for weight in weights]
    sums[sums.index(max(sums))] += round((total - sum(sums)) / unit) * unit
    return sums
