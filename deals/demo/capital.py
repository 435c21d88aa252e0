"""The institutions that the market invents: their kind, field, stage, place, tickets and circle."""

from datetime import date, timedelta
from random import Random

from deals.demo import calibration as study
from deals.demo import facts
from deals.demo.content import Phrase, filled, leaves, load, lowered, phrase
from deals.demo.lives import CLUSTERS
from deals.demo.names import Names, city, fund_words
from deals.demo.spec import Investor, Thesis

NUMBERS = {"large_venture": 9, "venture": 66, "corporate": 26, "government": 16, "angel": 13, "private_equity": 12}
# By type: rounds, ticket in million CNY, activity, share of rounds led, assets in billion CNY.
CONDUCT = {
    "large_venture": (("pre_a", "a", "a_plus", "b", "b_plus", "c", "c_plus", "d", "e", "strategic"), (30, 300), 1.9, 0.6, (20, 140)),
    "corporate": (("a", "a_plus", "b", "b_plus", "c", "c_plus", "d", "strategic"), (10, 150), 0.8, 0.45, (2, 30)),
    "government": (("a", "a_plus", "pre_b", "b", "b_plus", "c", "strategic"), (10, 90), 0.9, 0.2, (3, 40)),
    "angel": (("seed", "angel", "pre_a"), (1, 5), 1.5, 0.55, (0.2, 1.2)),
    "private_equity": (("b_plus", "c", "c_plus", "d", "e", "pre_ipo", "strategic"), (50, 350), 1.0, 0.5, (4, 50)),
}  # fmt: skip
EARLY = (("seed", "angel", "pre_a", "a"), (3, 20), 1.5, 0.55, (0.5, 4))
MIDDLE = (("pre_a", "a", "a_plus", "pre_b", "b"), (10, 60), 1.3, 0.55, (1, 12))
PLACES = {"CN-BJ": 34, "CN-SH": 26, "CN-GD": 26, "CN-ZJ": 14, "CN-JS": 14, "CN-HB": 4, "CN-SC": 4, "CN-SD": 4, "CN-AH": 3, "CN-HN": 3, "CN-CQ": 2, "CN-FJ": 2, "CN-SN": 2}  # fmt: skip
ROOT_WEIGHTS = {
    "devices": 20,
    "automation": 18,
    "network": 4,
    "platform": 14,
    "software": 11,
    "security": 9,
    "services": 20,
}
KIND_OF_THESIS = {
    "large_venture": "large", "venture": "early", "angel": "early", "corporate": "corporate",
    "government": "government", "private_equity": "late",
}  # fmt: skip
# Round sums in which institutions state their tickets, in million CNY.
TICKETS = (1, 2, 3, 5, 8, 10, 15, 20, 30, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400, 500)
# Types that came to the sector with or after the listing of 2018.
LATECOMERS = ("large_venture", "government", "corporate")


def roots(rng: Random, count: int) -> list[str]:
    weights, chosen = dict(ROOT_WEIGHTS), []
    for _ in range(count):
        root = rng.choices(list(weights), list(weights.values()))[0]
        chosen.append(root)
        del weights[root]
    return chosen


def appetite(own: list[str], neighbours: float, others: float) -> dict[str, float]:
    """Return the appetite for every sub-category: 1 for one's own, less within the same category, least elsewhere."""
    mine = {code.split("-")[0] for code in own}
    return {
        code: 1.0 if code in own else neighbours if code.split("-")[0] in mine else others for code in leaves()
    }  # fmt: skip


def field(rng: Random, type_: str) -> tuple[list[str], float, float]:
    """Return the sub-categories of an institution's own field and its appetite for neighbours and for the rest."""
    by_root = {root: [code for code in leaves() if code.startswith(root)] for root in ROOT_WEIGHTS}
    if type_ == "large_venture":
        return [code for root in roots(rng, 2) for code in by_root[root]], 1.0, 0.45
    if type_ == "government":
        return [code for root in roots(rng, 3) for code in by_root[root]], 1.0, 0.05
    if type_ == "private_equity":
        return [code for root in roots(rng, 3) for code in rng.sample(by_root[root], 2)], 0.4, 0.04
    count = 1 if rng.random() < 0.45 else 2
    own = [code for root in roots(rng, count) for code in rng.sample(by_root[root], min(2, len(by_root[root])))]
    return own, 0.3, 0.02


def entrance_years(rng: Random, real: list[Investor], types: list[str]) -> list[int]:
    """Return for each type a first year in the sector, so that every year has its new entrants (I1)."""
    left = dict(study.ENTRANTS)
    for investor in real:
        left[investor.since.year] -= 1
    order = sorted(range(len(types)), key=lambda position: (types[position] not in LATECOMERS, rng.random()))
    years = [0] * len(types)
    for position in order:
        late = types[position] in LATECOMERS
        open_ = {year: count for year, count in left.items() if count and (year >= 2018 or not late)}
        year = rng.choices(list(open_), list(open_.values()))[0]
        left[year] -= 1
        years[position] = year
    return years


def first_day(rng: Random, year: int) -> date:
    """Return a day on which an institution starts: in the first ten months, so that a first deal follows in the year."""
    return date(year, 1, 4) + timedelta(days=rng.randrange(290))


def between(zh_low: int, zh_high: int) -> Phrase:
    """Return a ticket range in both languages; both ends in million CNY.

    >>> between(5, 20)
    ('500万至2000万元', '5 to 20 million yuan')
    """
    words = [f"{value / 100:g}亿" if value >= 100 else f"{value * 100}万" for value in (zh_low, zh_high)]
    return f"{words[0]}至{words[1]}元", f"{zh_low} to {zh_high} million yuan"


class Capital:
    """Draws the institutions; `labels` and `rounds` are the names of categories, provinces and rounds by code."""

    def __init__(self, rng: Random, names: Names, labels: dict[str, Phrase], rounds: dict[str, Phrase], today: date):
        self.rng, self.names, self.labels, self.rounds, self.today = rng, names, labels, rounds, today

    def draw(self) -> list[Investor]:
        """Return the study's named institutions and the invented ones that are there by now."""
        real = facts.institutions(tuple(leaves()))
        types = [type_ for type_, number in NUMBERS.items() for _ in range(number)]
        years = entrance_years(self.rng, real, types)
        corporate = iter(load("investors")["corporate"])
        invented = [
            self._investor(f"i{number:03d}", type_, year, next(corporate) if type_ == "corporate" else None)
            for number, (type_, year) in enumerate(zip(types, years, strict=True), start=1)
        ]
        return real + [investor for investor in invented if investor.since <= self.today]

    def _investor(self, ref: str, type_: str, year: int, chain: dict | None) -> Investor:
        rng = self.rng
        conduct = CONDUCT.get(type_) or (EARLY if rng.random() < 0.5 else MIDDLE)
        rounds, ticket, activity, leads, assets = conduct
        places = list(PLACES)
        province = rng.choices(places, list(PLACES.values()))[0]
        city_zh, _, area = city(rng, province)
        brand_zh, brand_en = self.names.brand() if type_ in ("corporate", "government") else self.names.fund()
        aliases: tuple[str, ...] = ()
        if chain:
            own, neighbours, others = list(chain["chain"]), 0.06, 0.0
            word_zh, word_en = phrase(chain["name"])
            name_zh, name_en = brand_zh + word_zh, f"{brand_en} {word_en}"
        else:
            own, neighbours, others = field(rng, type_)
            word_zh, word_en = rng.choice(fund_words(type_))
            place_zh, place_en = self.labels[province] if type_ == "government" else ("", "")
            name_zh, name_en = place_zh + brand_zh + word_zh, f"{place_en} {brand_en} {word_en}".strip()
            if type_ != "government" and rng.random() < 0.35:
                aliases = (f"{brand_zh}{rng.choice(['资本管理', '投资管理', '基金'])}",)
        factor = rng.uniform(0.6, 1.5)
        low, high = (min(TICKETS, key=lambda sum_: abs(sum_ - end * factor)) for end in ticket)
        local = type_ == "government" or (type_ in ("venture", "angel") and rng.random() < 0.4)
        slug = brand_en.lower()
        person_zh, _ = self.names.person()
        investor = Investor(
            ref=ref, type=type_, name_zh=name_zh, name_en=name_en, province=province, city=city_zh,
            focus=appetite(own, neighbours, others), rounds=rounds, since=first_day(rng, year),
            home=14.0 if type_ == "government" else 4.0 if local else 0.0, ticket=(low * 10**6, high * 10**6),
            activity=activity * rng.lognormvariate(0, 0.4), leads=leads,
            circle=1 + (list(leaves()).index(own[0]) // 3) * 2 + (rounds[0] in ("seed", "pre_a")), aliases=aliases,
            assets=round(rng.uniform(*assets) * 10) * 10**8 if rng.random() < 0.8 else None,
            founded_year=year - rng.randrange(0, 12), website=f"https://www.{slug}-fund.example",
            contact_name=person_zh, contact_email=f"contact@{slug}-fund.example", contact_phone=self.names.phone(area),
        )  # fmt: skip
        if year < 2021 and rng.random() < 0.14:
            left = date(rng.randint(2021, 2024), rng.randint(1, 12), 28)
            investor.until = left if left < self.today else None
        self._describe(investor, own, chain, (low, high))
        return investor

    def _called(self, code: str) -> Phrase:
        """What a category is called within a sentence."""
        spoken = load("investors")["spoken"].get(code)
        zh, en = phrase(spoken) if spoken else self.labels[code]
        return zh, lowered(en)

    def _words(self, investor: Investor, own: list[str], chain: dict | None, ticket: tuple[int, int]) -> dict:
        chosen = [leaves()[code] for code in own]
        shown = own if len(own) <= 4 else dict.fromkeys(code.split("-")[0] for code in own)
        names = [self._called(code) for code in shown]
        keywords = self.rng.sample([word for leaf in chosen for word in leaf.keywords], 3)
        spoken = [self.rounds[code] for code in investor.rounds if code != "strategic"][:3]
        return {
            "name": (investor.name_zh, investor.name_en),
            "focus": ("、".join(zh for zh, _ in names), _listed([en for _, en in names])),
            "rounds": ("、".join(zh for zh, _ in spoken), _listed([en for _, en in spoken])),
            "ticket": between(*ticket),
            "place": self.labels[investor.province],
            "trade": phrase(chain["trade"]) if chain else ("", ""),
            **{f"k{number}": word for number, word in enumerate(keywords, start=1)},
        }

    def _describe(self, investor: Investor, own: list[str], chain: dict | None, ticket: tuple[int, int]) -> None:
        rng = self.rng
        slots = self._words(investor, own, chain, ticket)
        prose = load("investors")["prose"][investor.type]
        investor.description_zh, investor.description_en = filled(phrase(rng.choice(prose)), slots)
        if rng.random() < 0.07:
            return
        kind = KIND_OF_THESIS[investor.type]
        counts: dict[str, int] = {}
        for code in own:
            counts[code.split("-")[0]] = counts.get(code.split("-")[0], 0) + 1
        whole = {root for root, count in counts.items() if count > 2}
        declared = tuple(dict.fromkeys(code.split("-")[0] if code.split("-")[0] in whole else code for code in own))
        if investor.type == "large_venture":
            declared = tuple(ROOT_WEIGHTS)
        excluded: tuple[str, ...] = ()
        if investor.type in ("venture", "private_equity", "corporate") and rng.random() < 0.35:
            rest = [root for root in ROOT_WEIGHTS if root not in counts]
            excluded = tuple(rng.sample(rest, rng.randint(1, 2)))
            investor.focus = {c: 0.0 if c.split("-")[0] in excluded else w for c, w in investor.focus.items()}
        regions: tuple[str, ...] = ()
        if investor.home:
            cluster = next((group for group, members in CLUSTERS.items() if investor.province in members), "")
            regions = (cluster,) if cluster and investor.type != "government" else (investor.province,)
        self._theses(investor, slots, kind, declared, excluded, regions)

    def _theses(self, investor, slots, kind, declared, excluded, regions) -> None:
        rng = self.rng
        keywords = tuple(dict.fromkeys(word for number in (1, 2, 3) for word in slots[f"k{number}"]))
        zh, en = filled(phrase(rng.choice(load("investors")["thesis"][kind])), slots)
        text = rng.choices([zh, en, f"{zh}\n{en}"], [5, 1, 4])[0]
        first = Thesis(
            investor.ref, slots["focus"][0][:110], declared, excluded, investor.rounds, regions, investor.ticket,
            keywords, text, active=rng.random() > 0.05 and not investor.until,
        )  # fmt: skip
        investor.theses.append(first)
        # A few look for something else beside their main field.
        if investor.type in ("venture", "large_venture", "private_equity") and rng.random() < 0.16:
            root = next(root for root in rng.sample(list(ROOT_WEIGHTS), 7) if root not in excluded)
            leaf = rng.choice([leaf for leaf in leaves().values() if leaf.root == root])
            k1, k2, k3 = rng.sample(leaf.keywords, 3)
            label = self._called(leaf.code)
            own = slots | {"focus": label, "k1": k1, "k2": k2, "k3": k3}
            zh, en = filled(phrase(rng.choice(load("investors")["thesis"][kind])), own)
            investor.focus[leaf.code] = max(investor.focus[leaf.code], 0.6)
            investor.theses.append(
                Thesis(
                    f"{investor.ref}-2", f"{label[0]}专项", (leaf.code,), (), investor.rounds[:3], (), investor.ticket,
                    tuple(dict.fromkeys((*k1, *k2, *k3))), f"{zh}\n{en}",
                )
            )  # fmt: skip


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
