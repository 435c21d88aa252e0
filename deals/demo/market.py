"""The whole market from a seed, in memory."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from deals.demo import calibration as study
from deals.demo import evidence, facts
from deals.demo.capital import Capital
from deals.demo.content import Phrase, leaves, profile
from deals.demo.listed import Listed
from deals.demo.lives import Life, Sector, founded
from deals.demo.money import cap, fill_to_total, size, told
from deals.demo.names import Names, city, company_names
from deals.demo.present import Meetings, next_round, past_raises, raises
from deals.demo.spec import DEMONSTRATION, Company, Deal, Market
from deals.demo.syndicates import Syndicates
from taxonomy.amounts import parse_amount

EARLIEST = date(2021, 1, 1)


class Build:
    """One build. `labels` and `rounds` are the names of categories, provinces and rounds by code; `gb_codes` the
    provinces' administrative codes. Each part has its own generator, so that a change to one leaves the others."""

    def __init__(self, seed: int, today: date, labels: dict[str, Phrase], rounds: dict[str, Phrase], gb_codes: dict):
        if today < EARLIEST:
            raise ValueError(f"The market reaches to {EARLIEST} at least: {today} is too early.")
        self.seed, self.today = seed, today
        self.labels, self.rounds, self.gb_codes = labels, rounds, gb_codes
        self.names = Names(self._rng("names"))
        self.people = self._rng("companies")
        self.companies: list[Company] = []
        self.slots: dict[str, dict[str, Phrase]] = {}

    def _rng(self, part: str) -> Random:
        return Random(f"{self.seed}/{part}")

    def market(self) -> Market:
        lives = self._lives()
        deals = self._rounds(lives)
        listed = self._listed(lives)
        investors = Capital(self._rng("capital"), self.names, self.labels, self.rounds, self.today).draw()
        everyone = {company.ref: company for company in self.companies}
        syndicates = Syndicates(self._rng("syndicates"), investors, everyone)
        syndicates.draw(deals)
        gone = {deal.company for deal in listed.deals}
        deals += self._acquisitions(lives, gone, investors)
        gone |= {deal.company for deal in deals if deal.kind == "acquisition"}
        raising = self._raises(lives, gone)
        past = past_raises(self._rng("past"), self.today, deals, everyone, self.slots)
        meetings = Meetings(self._rng("meetings"), self.today, syndicates, self.rounds)
        founder, manager = self._cast(raising, syndicates)
        introductions = meetings.draw(raising, self.slots, founder, manager)
        meetings.that_led_to(past, deals, self.slots)
        meetings.of_the_period(self._rng("asked then"), past, self.slots, {founder, manager})
        real_listings, real_offerings = facts.listings()
        deals += listed.deals + facts.rounds() + real_offerings
        self._first_known(deals, raising + past)
        elsewhere = [deal for deal in deals if deal.company != founder]
        deals += evidence.told_twice(self._rng("told twice"), elsewhere, self.today)
        evidence.give(self.seed, deals)
        return Market(
            companies=facts.companies() + self.companies,
            investors=investors,
            deals=sorted(deals, key=lambda deal: (deal.on, deal.ref)),
            listings=real_listings + listed.listings,
            raises=raising + past,
            introductions=introductions,
            founder=founder,
            manager=manager,
        )

    def _company(self, category: str, province: str, founded_on: date, listed: bool = False) -> Company:
        rng = self.people
        leaf = leaves()[category]
        ref = f"c{len(self.companies) + 1:04d}"
        city_zh, city_en, area = city(rng, province)
        brand = self.names.brand()
        spelled = company_names(rng, brand, leaf, (city_zh, city_en), listed)
        other = next(
            place for place in iter(lambda: city(rng, rng.choice(list(study.PROVINCES))), None) if place[0] != city_zh
        )
        words = profile(
            rng, leaf, (spelled["short_zh"], spelled["short_en"]), (city_zh, city_en), other[:2], founded_on
        )
        further: tuple[str, ...] = ()
        if rng.random() < 0.3:
            further = (rng.choice([code for code in leaves() if code != category and _near(code, category)]),)
        person, _ = self.names.person()
        slug = brand[1].lower()
        precision = rng.choices(["day", "month", "year"], [8, 1, 1])[0]
        company = Company(
            ref=ref, category=category, province=province, city=city_zh, founded_on=_begin(founded_on, precision),
            founded_precision=precision, further=further, **spelled, aliases=(brand[0],) if rng.random() < 0.2 else (),
            credit_code=self.names.credit_code(self.gb_codes[province]), website=f"https://www.{slug}.example",
            summary_zh=words.summary[0], summary_en=words.summary[1], description_zh=words.description[0],
            description_en=words.description[1], business_model=" / ".join(words.business_model),
            keywords=words.keywords, contact_name=person, contact_email=f"hello@{slug}.example",
            contact_phone=self.names.phone(area),
        )  # fmt: skip
        self.companies.append(company)
        self.slots[ref] = words.slots
        return company

    def _lives(self) -> dict[str, Life]:
        """The start-ups, by reference; the last ones have raised nothing yet."""
        rng = self._rng("lives")
        drawn = Sector(rng, self.today).draw()
        drawn.sort(key=lambda life: life.events[0].on)
        lives = {}
        for life in drawn:
            company = self._company(life.category, life.province, founded(rng, life.events[0]))
            lives[company.ref] = life
        # A few of the youngest raise for the first time.
        codes = list(study.CATEGORIES)
        for number in range(study.RAISING * 3 // 10):
            life = Life(
                codes[(number * 7) % len(codes)], rng.choices(*zip(*study.PROVINCES.items(), strict=True))[0], []
            )
            born = self.today - timedelta(days=rng.randint(100, 900))
            lives[self._company(life.category, life.province, born).ref] = life
        return lives

    def _rounds(self, lives: dict[str, Life]) -> list[Deal]:
        rng = self._rng("money")
        deals = []
        for ref, life in lives.items():
            stature = rng.gauss(0, 0.42)
            for number, event in enumerate(life.events, start=1):
                year = event.on.year
                amount = told(rng, size(rng, event.round, stature, cap(event.round, year)))
                known = event.on + timedelta(days=rng.choice([0, 0, 0, 1, 1, 2, 3, 6]))
                # What the study saw, it knew by the end of its period; nothing is known before it is said.
                limit = study.LAST if event.on <= study.LAST else self.today
                precision = "month" if year < 2018 and rng.random() < 0.08 else "day"
                if precision == "month":
                    event.on, known = event.on.replace(day=1), event.on
                fresh = (self.today - event.on).days
                deals.append(
                    Deal(
                        f"d-{ref}-{number}", ref, "venture", event.on, min(known, limit), amount, event.round,
                        precision=precision, verified=fresh > 540 or rng.random() > 0.3 + 0.5 * (fresh < 60),
                    )
                )  # fmt: skip
        study_rounds = [deal for deal in deals if study.FIRST <= deal.on <= study.LAST]
        fill_to_total(self._rng("total"), study_rounds + facts.rounds()[:8], study.TOTAL)
        return deals

    def _listed(self, lives: dict[str, Life]) -> Listed:
        rng = self._rng("listed")
        listed = Listed(rng, self.today)
        entries = []
        for board, day, category, province in listed.plan():
            born = day - timedelta(days=rng.randint(7 * 365, 17 * 365))
            entries.append((self._company(category, province, born, listed=True), board, day))
        listed.add_all(entries)
        everyone = {company.ref: company for company in self.companies}
        late = ("c", "c_plus", "d", "e", "pre_ipo")
        ready = [
            (everyone[ref], life.events[-1].on) for ref, life in lives.items() if life.events and life.stage() in late
        ]
        listed.list_start_ups(ready)
        return listed

    def _acquisitions(self, lives: dict[str, Life], gone: set[str], investors) -> list[Deal]:
        """Some start-ups were bought by a corporate investor of their chain."""
        rng = self._rng("acquisitions")
        everyone = {company.ref: company for company in self.companies}
        deals = []
        for ref in rng.sample(sorted(set(lives) - gone), len(lives) // 2):
            events = lives[ref].events
            day = events[-1].on + timedelta(days=rng.randint(300, 900)) if events else self.today
            buyers = [
                i for i in investors
                if i.type == "corporate" and i.focus[everyone[ref].category] == 1 and i.since < day and not i.until
            ]  # fmt: skip
            if events and buyers and study.LAST < day < self.today - timedelta(days=20):
                amount = parse_amount(
                    rng.choice(["未透露", "未透露", "1.6亿元人民币", "2.4亿元人民币", "8000万元人民币"])
                )
                deals.append(
                    Deal(
                        f"d-{ref}-acq",
                        ref,
                        "acquisition",
                        day,
                        day,
                        amount,
                        investors=[(rng.choice(buyers).ref, False)],
                    )
                )
            if len(deals) == study.ACQUISITIONS:
                break
        return deals

    def _raises(self, lives: dict[str, Life], gone: set[str]):
        rng = self._rng("raises")
        everyone = {company.ref: company for company in self.companies}
        young = [ref for ref, life in lives.items() if not life.events]
        first, last = self.today - timedelta(days=1100), self.today - timedelta(days=150)
        grown = [
            ref for ref, life in lives.items()
            if life.events and first < life.events[-1].on < last and ref not in gone and next_round(Random(ref), life)
        ]  # fmt: skip
        rng.shuffle(grown)
        # Every category has somebody who raises.
        grown.sort(key=_turns(grown, lives))
        chosen = young + grown[: study.RAISING - len(young)]
        return raises(rng, self.today, [(everyone[ref], lives[ref], self.slots[ref]) for ref in chosen])

    def _cast(self, raising, syndicates: Syndicates) -> tuple[str, str]:
        """Return the founder's company and the manager's institution: both in the thick of things, and fit to meet."""
        active = [
            i for i in syndicates.investors
            if i.source == DEMONSTRATION and i.type == "venture" and not i.until and i.theses and i.theses[0].active
        ]  # fmt: skip

        def fits(item) -> list:
            """The institutions that suit a raise, the busiest first."""
            wanted = Deal(
                "", item.company, "venture", self.today, self.today, parse_amount(f"{item.low}元"), item.round
            )
            found = [
                i for i in active if syndicates.fit(i, wanted) >= 1 and i.ref not in syndicates.holders[item.company]
            ]
            return sorted(found, key=lambda i: (-len(syndicates.done[i.ref]), i.ref))

        early = [item for item in raising if item.round in ("pre_a", "a", "a_plus")]
        chosen = max(early, key=lambda item: (len(fits(item)), item.ref))
        return chosen.company, fits(chosen)[0].ref

    def _first_known(self, deals: list[Deal], raising) -> None:
        """A company is known since its first deal or raise."""
        first: dict[str, date] = {}
        for ref, day in [(d.company, d.known_on) for d in deals] + [(r.company, r.opened_on) for r in raising]:
            first[ref] = min(first.get(ref, day), day)
        self.companies = [replace(company, known_on=first.get(company.ref, self.today)) for company in self.companies]


def _near(code: str, category: str) -> bool:
    """Whether a company of one sub-category is plausibly in another too."""
    a, b = code.split("-")[0], category.split("-")[0]
    return a == b or {a, b} in (
        {"automation", "platform"},
        {"platform", "software"},
        {"devices", "services"},
        {"services", "software"},
    )


def _begin(day: date, precision: str) -> date:
    """Return the first day of the period that a date is known to."""
    if precision == "year":
        return day.replace(month=1, day=1)
    return day.replace(day=1) if precision == "month" else day


def _turns(refs: list[str], lives: dict[str, Life]):
    """Return a sort key by which categories take turns."""
    seen: Counter = Counter()
    turn = {}
    for ref in refs:
        root = lives[ref].category.split("-")[0]
        turn[ref] = seen[root]
        # Services are the most; they take two places a turn.
        seen[root] += 1 if root not in ("services", "devices", "automation") else 0.5
    return lambda ref: turn[ref]
