"""What goes on now and went on in the study's period: raises, and introductions with their answers."""

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from deals.demo import calibration as study
from deals.demo.content import Phrase, filled, load, phrase, sentences, translations
from deals.demo.lives import AFTER, FIRST_ROUNDS, Life, weighted
from deals.demo.money import MIDDLE, USD, rounded
from deals.demo.spec import Company, Deal, Introduction, Investor, Raise
from deals.demo.syndicates import Syndicates
from taxonomy.amounts import parse_amount

ZONE = ZoneInfo("Asia/Shanghai")
ANSWER_DAYS = 14
LED_TO_A_DEAL = 9
AUDIENCES = {"investors": 7, "members": 3, "introduced": 2}
# What became of requests in the study's period, by who asked: institutions cast a wide net (P3).
OUTCOMES = {
    "company": {"accepted": 40, "declined": 30, "expired": 20, "withdrawn": 10},
    "investor": {"accepted": 18, "declined": 30, "expired": 42, "withdrawn": 10},
}


def moment(rng: Random, day: date) -> datetime:
    """Return a time of the working day."""
    return datetime.combine(day, time(rng.randrange(9, 18), rng.randrange(60)), ZONE)


def next_round(rng: Random, life: Life) -> str:
    """Return the round that a company raises next; not a strategic one, which nobody announces ahead."""
    if not life.events:
        return weighted(rng, {**FIRST_ROUNDS, "angel": 0.8})
    steps = {code: weight for code, weight in AFTER[life.stage()].items() if code != "strategic"}
    return weighted(rng, steps) if steps else ""


def raises(rng: Random, today: date, chosen: list[tuple[Company, Life, dict[str, Phrase]]]) -> list[Raise]:
    """Return an open raise for each of `chosen`, with the words that its profile used."""
    found = []
    for number, (company, life, slots) in enumerate(chosen, start=1):
        round_ = next_round(rng, life)
        middle = MIDDLE[round_] * 1e6 * rng.uniform(0.6, 1.6)
        opened = today - timedelta(days=int(rng.triangular(2, 170, 40)))
        after_last = life.events[-1].on + timedelta(days=30) if life.events else company.founded_on
        opened = min(max(opened, after_last), today - timedelta(days=1))
        zh, en = filled(rng.choice(sentences("use_of_funds")), slots)
        found.append(
            Raise(
                f"r{number:03d}", company.ref, round_, rounded(middle * 0.75, 1), rounded(middle * 1.35, 2), opened,
                today + timedelta(days=rng.randrange(30, 210)), f"{zh}\n{en}",
                weighted(rng, AUDIENCES),
            )
        )  # fmt: skip
    return found


def past_raises(
    rng: Random, today: date, deals: list[Deal], companies: dict[str, Company], slots: dict[str, dict]
) -> list[Raise]:
    """Return closed raises that led to rounds since 2018, and some that were withdrawn: what was asked for then."""
    found = []
    for deal in deals:
        if deal.kind != "venture" or deal.on.year < 2018 or deal.round == "strategic" or deal.company not in slots:
            continue
        recent = (today - deal.on).days < 150
        if rng.random() > (1.0 if recent else 0.4):
            continue
        middle = float(deal.amount.low) if deal.amount.kind == "exact" else MIDDLE[deal.round] * 1e6
        if deal.amount.currency == "USD":
            middle *= USD
        withdrawn = not recent and rng.random() < 0.12
        opened = max(deal.on - timedelta(days=rng.randint(70, 220)), companies[deal.company].founded_on)
        # One that was withdrawn came to nothing; the round followed a later attempt that nobody recorded.
        ended = deal.on if not withdrawn else opened + timedelta(days=rng.randint(30, 65))
        zh, en = filled(rng.choice(sentences("use_of_funds")), slots[deal.company])
        found.append(
            Raise(
                f"r-{deal.ref}", deal.company, deal.round, rounded(middle * 0.7, 1), rounded(middle * 1.3, 2), opened,
                opened + timedelta(days=rng.randrange(220, 300)), f"{zh}\n{en}",
                weighted(Random(f"audience/{deal.ref}"), AUDIENCES), "withdrawn" if withdrawn else "closed", ended,
            )
        )  # fmt: skip
    return found


class Meetings:
    """Draws introductions between companies that raise and institutions that fit, asked by either side."""

    def __init__(self, rng: Random, today: date, syndicates: Syndicates, rounds: dict[str, Phrase]):
        self.rng, self.today, self.syndicates, self.rounds = rng, today, syndicates, rounds
        self.pairs: set[tuple[str, str]] = set()
        self.found: list[Introduction] = []
        self.led: list[Deal] = []

    def draw(self, raising: list[Raise], slots: dict[str, dict], founder: str, manager: str) -> list[Introduction]:
        rng = self.rng
        active = [i for i in self.syndicates.investors if i.theses and any(t.active for t in i.theses) and not i.until]
        by_company = {item.company: item for item in raising}
        chief = next(i for i in active if i.ref == manager)
        # Both log-ins find something to do: requests to answer, and answers.
        mine = by_company[founder]
        others = [item for item in raising if item.company != founder]
        fitting = sorted(others, key=lambda item: (-self._fit(chief, item), item.ref))
        for item, status in zip(fitting[:5], ("asked", "asked", "accepted", "declined", "asked"), strict=True):
            self._add(item, chief, slots[item.company], status, "company")
        self._add(fitting[5], chief, slots[fitting[5].company], "accepted", "investor")
        near = sorted((i for i in active if i.source == "demonstration"), key=lambda i: (-self._fit(i, mine), i.ref))
        near = [i for i in near if i.ref != manager]
        for investor, status, side in zip(
            near[:5],
            ("asked", "accepted", "declined", "asked", "asked"),
            ("investor", "company", "company", "company", "investor"),
            strict=True,
        ):
            self._add(mine, investor, slots[founder], status, side)
        while len(self.found) < study.INTRODUCTIONS:
            item = rng.choice(others)
            fits = [self._fit(i, item) ** 0.7 if i.source == "demonstration" else 0.0 for i in active]
            if not any(fits):
                continue
            investor = rng.choices(active, fits)[0]
            status = weighted(rng, {"accepted": 34, "declined": 30, "asked": 18, "expired": 11, "withdrawn": 12})
            self._add(item, investor, slots[item.company], status, weighted(rng, {"company": 7, "investor": 3}))
        return self.found

    def that_led_to(self, past: list[Raise], deals: list[Deal], slots: dict[str, dict]) -> None:
        """Introductions of the last months behind rounds of the last weeks: the loop closed."""
        by_ref = {f"r-{deal.ref}": deal for deal in deals}
        for item in past:
            deal = by_ref[item.ref]
            lead = next((ref for ref, leads in deal.investors if leads), "")
            if lead and item.status == "closed" and (self.today - deal.on).days < 120 and len(self.led) < LED_TO_A_DEAL:
                investor = next(i for i in self.syndicates.investors if i.ref == lead)
                if investor.theses and self._add(item, investor, slots[item.company], "accepted", "company", deal.on):
                    deal.introduction = self.found[-1].ref
                    self.led.append(deal)

    def of_the_period(self, rng: Random, past: list[Raise], slots: dict[str, dict], but: set[str]) -> None:
        """Requests of the study's period, about raises that were open then: start-ups ask one or two institutions each,
        institutions many start-ups (P3). Nobody in `but` has a part in it, nor has a real institution."""
        open_ = [
            item
            for item in past
            if item.opened_on < study.LAST and item.ended_on > study.FIRST and item.company not in but
        ]
        askers = [
            i for i in self.syndicates.investors
            if i.source == "demonstration" and i.theses and i.since < study.FIRST and i.ref not in but
        ]  # fmt: skip
        for item in rng.sample(open_, min(study.ASKED_THEN["company"], len(open_))):
            fits = [self._fit(i, item) for i in askers]
            for _ in range(rng.choice([1, 1, 2])):
                if any(fits):
                    self._add_then(rng, item, rng.choices(askers, fits)[0], slots, "company")
        for investor in rng.sample(askers, min(study.ASKED_THEN["investor"], len(askers))):
            # Wide: whatever it may invest in at all.
            for item in rng.sample(open_, min(12, len(open_))):
                if self._fit(investor, item):
                    self._add_then(rng, item, investor, slots, "investor")

    def _add_then(self, rng: Random, item: Raise, investor: Investor, slots: dict, side: str) -> None:
        first, last = max(item.opened_on, study.FIRST), min(item.ended_on, study.LAST)
        day = first + timedelta(days=rng.randrange(max((last - first).days, 1)))
        self._add(item, investor, slots[item.company], weighted(rng, OUTCOMES[side]), side, asked_on=day)

    def _fit(self, investor: Investor, item: Raise) -> float:
        amount = parse_amount(f"{item.low}元")
        wanted = Deal("", item.company, "venture", self.today, self.today, amount, item.round)
        held = investor.ref in self.syndicates.holders[item.company]
        return 0.0 if held else self.syndicates.fit(investor, wanted)

    def _reason(self, item: Raise, investor: Investor) -> str:
        """Why an institution declines: what does not fit, or where all fits, one of the reasons of the day."""
        company = self.syndicates.companies[item.company]
        if investor.focus[company.category] < 0.5:
            return "category"
        if item.round not in investor.rounds:
            return "round"
        if item.high < investor.ticket[0] or item.low > 6 * investor.ticket[1]:
            return "ticket"
        if investor.home and company.province != investor.province and self.rng.random() < 0.7:
            return "place"
        return weighted(self.rng, {"timing": 4, "quality": 4, "conflict": 2})

    def _add(
        self,
        item: Raise,
        investor: Investor,
        slots: dict,
        status: str,
        side: str,
        before: date | None = None,
        asked_on: date | None = None,
    ) -> bool:
        """Add an introduction, the first of the two; `before` is the day of the round that it led to, `asked_on` that of
        the request where it is settled."""
        rng = self.rng
        if (item.company, investor.ref) in self.pairs:
            return False
        self.pairs.add((item.company, investor.ref))
        texts = load("meetings")
        keyword = rng.choice([word for thesis in investor.theses for word in thesis.keywords])
        words = slots | {"round": self.rounds[item.round], "keyword": translations()[keyword]}
        message = filled(phrase(rng.choice(texts[f"from_{side}"])), words)
        oldest = (self.today - item.opened_on).days
        if asked_on:
            age = (self.today - asked_on).days
        elif before:
            age = (self.today - before).days + rng.randrange(40, 66)
        elif status == "asked":
            age = min(rng.randrange(1, 11), max(oldest, 1))
        elif status == "expired":
            age = max(min(rng.randrange(20, 120), oldest), ANSWER_DAYS + 2)
        else:
            age = max(min(rng.randrange(6, 130), oldest), 1)
        asked = moment(rng, self.today - timedelta(days=age))
        expires = asked.date() + timedelta(days=ANSWER_DAYS)
        reason = note = ""
        answered = None
        if status == "expired":
            answered = datetime.combine(expires + timedelta(days=1), time(0, 7), ZONE)
        elif status != "asked":
            answered = moment(
                rng, asked.date() + timedelta(days=rng.randrange(0, min(age, ANSWER_DAYS)) if age > 1 else 0)
            )
            answered = max(answered, asked + timedelta(minutes=35))
        if status == "declined":
            reason = self._reason(item, investor)
            note = " ".join(phrase(rng.choice(texts["declined"][reason])))
        elif status == "accepted":
            note = " ".join(phrase(rng.choice(texts["accepted"]))).strip()
        self.found.append(
            Introduction(
                f"{len(self.found) + 1:03d}", item.company, investor.ref, item.ref, side, "\n".join(message), status, asked,
                expires, reason, note, answered,
            )
        )  # fmt: skip
        return True
