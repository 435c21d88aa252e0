"""When companies are founded and raise: the events of the sector, month by month.

First the companies of the period that the study covers, to its figures; then their earlier rounds and the companies
that fill the years before; then what came after.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from deals.demo import calibration as study
from deals.demo.spec import Event

LADDER = ("seed", "angel", "pre_a", "a", "a_plus", "pre_b", "b", "b_plus", "c", "c_plus", "d", "e", "pre_ipo")
# From which round a company comes to a round, and how often it shows none before.
BEFORE = {
    "angel": {"seed": 0.15},
    "pre_a": {"seed": 0.1, "angel": 0.5},
    "a": {"angel": 0.3, "pre_a": 0.35},
    "a_plus": {"a": 0.9},
    "pre_b": {"a": 0.7, "a_plus": 0.25},
    "b": {"a": 0.6, "a_plus": 0.2, "pre_b": 0.1},
    "b_plus": {"b": 0.95},
    "c": {"b": 0.65, "b_plus": 0.25},
    "c_plus": {"c": 0.95},
    "d": {"c": 0.7, "c_plus": 0.25},
    "e": {"d": 0.95},
    "pre_ipo": {"c": 0.4, "d": 0.4, "b_plus": 0.15},
    "strategic": {"a": 0.3, "b": 0.25, "angel": 0.15, "c": 0.1},
}
AFTER = {
    "seed": {"angel": 0.6, "pre_a": 0.4},
    "angel": {"pre_a": 0.55, "a": 0.45},
    "pre_a": {"a": 1.0},
    "a": {"a_plus": 0.3, "pre_b": 0.12, "b": 0.5, "strategic": 0.08},
    "a_plus": {"pre_b": 0.15, "b": 0.75, "strategic": 0.1},
    "pre_b": {"b": 1.0},
    "b": {"b_plus": 0.3, "c": 0.6, "strategic": 0.1},
    "b_plus": {"c": 0.9, "strategic": 0.1},
    "c": {"c_plus": 0.3, "d": 0.5, "pre_ipo": 0.2},
    "c_plus": {"d": 0.7, "pre_ipo": 0.3},
    "d": {"e": 0.4, "pre_ipo": 0.6},
    "e": {"pre_ipo": 1.0},
    "pre_ipo": {},
}
CLUSTERS = {
    "CN-YRD": ("CN-SH", "CN-JS", "CN-ZJ", "CN-AH"),
    "CN-BTH": ("CN-BJ", "CN-TJ", "CN-HE"),
    "CN-GBA": ("CN-GD",),
    "CN-CCQ": ("CN-SC", "CN-CQ"),
}
FIRST_ROUNDS = {"seed": 0.14, "angel": 0.46, "pre_a": 0.22, "a": 0.18}
GOES_ON = 0.62

Month = tuple[int, int]


@dataclass
class Life:
    """One company's category, place and rounds, oldest first."""

    category: str
    province: str
    events: list[Event]

    def stage(self) -> str:
        """The last round that has a place on the ladder."""
        return next((event.round for event in reversed(self.events) if event.round in LADDER), "a")


def shift(month: Month, by: int) -> Month:
    year, number = divmod(month[0] * 12 + month[1] - 1 + by, 12)
    return year, number + 1


def months(first: Month, last: Month) -> list[Month]:
    count = (last[0] - first[0]) * 12 + last[1] - first[1] + 1
    return [shift(first, step) for step in range(count)]


def weighted(rng: Random, weights: dict):
    return rng.choices(list(weights), list(weights.values()))[0]


def day_in(rng: Random, month: Month, last: date | None = None) -> date:
    """Return a day of a month, a working day where there is one, not after `last`."""
    days = [date(*month, number + 1) for number in range(monthrange(*month)[1])]
    days = [day for day in days if last is None or day <= last]
    return rng.choice([day for day in days if day.weekday() < 5] or days)


def targets(today: date) -> dict[Month, int]:
    """Return how many events each month is to have, from 2015 to the month of `today`."""
    wanted = {}
    for year, total in study.EVENTS_BEFORE.items():
        for month in range(1, 13):
            wanted[year, month] = round(total / 12 * (0.82 + 0.03 * month))
    for month in range(1, 13):
        wanted[2019, month] = study.EVENTS_2019[month - 1]
    for month in range(1, 10):
        wanted[2020, month] = study.EVENTS_2020[month - 1]
    for month in months((2020, 10), (today.year, today.month)):
        usual = study.EVENTS_AFTER.get(month[0], study.EVENTS_A_YEAR_SINCE) / 12 * study.SEASON[month[1] - 1]
        wanted[month] = round(usual * Random(f"{month}").uniform(0.8, 1.2))
    wanted[today.year, today.month] = wanted[today.year, today.month] * today.day // 31
    return wanted


class Sector:
    """Draws the lives. `count` is what each month holds so far, `wanted` what it is to hold."""

    def __init__(self, rng: Random, today: date):
        self.rng, self.today = rng, today
        self.wanted = targets(today)
        self.count = dict.fromkeys(self.wanted, 0)
        self.lives: list[Life] = []

    def draw(self) -> list[Life]:
        """Return all lives. The events of the study's real companies are counted but not among them."""
        for _, month in REAL_EVENTS:
            self.count[2020, month] += 1
        self._period()
        for life in list(self.lives):
            self._earlier(life)
        self._fill_before()
        self._fill_after()
        return self.lives

    def _room(self, month: Month) -> bool:
        return self.count.get(month, 0) < self.wanted.get(month, 0)

    def _put(self, life: Life, round_: str, month: Month, day: date | None = None) -> None:
        day = day or day_in(self.rng, month, self.today)
        life.events.append(Event("", round_, day))
        life.events.sort(key=lambda event: event.on)
        self.count[month] += 1

    def _period(self) -> None:
        """The companies funded from January to September 2020, to the study's counts."""
        rng = self.rng
        rounds = [code for code, number in study.ROUNDS.items() for _ in range(number)]
        for round_, _ in REAL_EVENTS:
            rounds.remove(round_)
        categories = {code: number for code, number in study.CATEGORIES.items()}
        provinces = dict(study.PROVINCES)
        for category, province in REAL_PLACES:
            categories[category] -= 1
            provinces[province] -= 1

        def life(province: str = "") -> Life:
            province = province or weighted(rng, provinces)
            category = weighted(rng, {c: n * _affinity(c, province) for c, n in categories.items() if n})
            provinces[province] -= 1
            categories[category] -= 1
            self.lives.append(Life(category, province, []))
            return self.lives[-1]

        steps = {2: [(1, 4), (6, 9)], 3: [(1, 2), (4, 6), (9, 9)]}
        for ladder, province in zip(study.SEVERAL_ROUNDS, study.SEVERAL_PLACES, strict=True):
            company = life(province)
            for round_, (first, last) in zip(ladder, steps[len(ladder)], strict=True):
                rounds.remove(round_)
                free = [(2020, number) for number in range(first, last + 1) if self._room((2020, number))]
                self._put(company, round_, rng.choice(free))
        rng.shuffle(rounds)
        free = [month for month in months((2020, 1), (2020, 9)) for _ in range(self.wanted[month] - self.count[month])]
        rng.shuffle(free)
        for round_, month in zip(rounds, free, strict=True):
            self._put(life(), round_, month)

    def _earlier(self, life: Life) -> None:
        """Rounds before the first one, as far as the months have room."""
        rng = self.rng
        while True:
            first = life.events[0]
            choices = BEFORE.get(first.round, {})
            known = sum(choices.values())
            if not choices or rng.random() > known:
                return
            gap = rng.randint(4, 9) if first.round.endswith("_plus") else rng.randint(9, 22)
            month = shift((first.on.year, first.on.month), -gap)
            # Within the study's period the rounds are counted; what would fall there lies before it.
            while month >= (2020, 1):
                month = shift(month, -1)
            month = next((free for step in range(7) if self._room(free := shift(month, -step))), None)
            if month is None:
                return
            self._put(life, weighted(rng, choices), month)

    def _new(self, month: Month, round_: str) -> Life:
        rng = self.rng
        province = weighted(rng, study.PROVINCES)
        category = weighted(rng, {c: (n + 3) * _affinity(c, province) for c, n in study.CATEGORIES.items()})
        life = Life(category, province, [])
        self._put(life, round_, month)
        self.lives.append(life)
        return life

    def _fill_before(self) -> None:
        """Companies that raised before 2020 and not in the study's period, newest months first."""
        early = {"seed": 6, "angel": 34, "pre_a": 26, "a": 38, "a_plus": 8, "b": 24, "b_plus": 4, "c": 9, "d": 3}
        for month in reversed(months((2015, 1), (2019, 12))):
            while self._room(month):
                rounds = early | {"strategic": 14} if month[0] >= 2018 else early
                self._earlier(self._new(month, weighted(self.rng, rounds)))

    def _fill_after(self) -> None:
        """What came after September 2020: next rounds of those that go on, and first rounds of new companies."""
        rng = self.rng
        due: dict[Month, list[Life]] = {}

        def expect(life: Life) -> None:
            last = life.events[-1].on
            if rng.random() < GOES_ON and AFTER[life.stage()]:
                month = shift((last.year, last.month), rng.randint(9, 24))
                if month < (2020, 10):
                    month = shift((2020, 10), rng.randrange(20))
                due.setdefault(month, []).append(life)

        for life in self.lives:
            expect(life)
        for month in months((2020, 10), (self.today.year, self.today.month)):
            waiting = due.pop(month, [])
            share = 0.62 if month[0] < 2025 else 0.75
            limit = round(self.wanted[month] * share)
            for life in waiting[:limit]:
                self._put(life, weighted(rng, AFTER[life.stage()]), month)
                expect(life)
            # Those for whom the month has no room wait: some give up.
            later = [life for life in waiting[limit:] if rng.random() < 0.8]
            due.setdefault(shift(month, 1), []).extend(later)
            while self._room(month):
                expect(self._new(month, weighted(rng, FIRST_ROUNDS)))


def founded(rng: Random, first: Event) -> date:
    """Return a founding day that fits a first round: a seed round soon after it, a B round years later."""
    low, high = {"seed": (2, 9), "angel": (3, 20), "pre_a": (10, 36), "a": (14, 54)}.get(first.round, (30, 110))
    return first.on - timedelta(days=rng.randint(low * 30, high * 30))


def _affinity(category: str, province: str) -> float:
    """How much likelier a category is in a province: chips and software in the capital, machines in the south."""
    root = category.split("-", 1)[0]
    return _LEANINGS.get((root, province), 1.0)


_LEANINGS = {
    ("software", "CN-BJ"): 1.6, ("security", "CN-BJ"): 2.2, ("platform", "CN-BJ"): 1.3, ("devices", "CN-GD"): 1.7,
    ("automation", "CN-GD"): 1.3, ("devices", "CN-JS"): 1.6, ("automation", "CN-JS"): 1.4,
    ("platform", "CN-ZJ"): 1.4, ("software", "CN-SH"): 1.4, ("automation", "CN-SH"): 1.2, ("network", "CN-SC"): 1.6,
    ("devices", "CN-HB"): 1.3, ("services", "CN-CQ"): 1.3,
}  # fmt: skip
# The eight events of Table 1 and where the study's four companies stand among its counts.
REAL_EVENTS = [
    ("a", 4), ("a_plus", 7), ("c", 3), ("c_plus", 8), ("b", 4), ("c", 8), ("b", 4), ("b_plus", 7),
]  # fmt: skip
REAL_PLACES = [
    ("platform-general", "CN-SD"), ("platform-general", "CN-SD"), ("security-control", "CN-BJ"),
    ("security-control", "CN-BJ"),
]  # fmt: skip
