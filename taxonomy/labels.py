"""From the words of a source to the taxonomy's own codes.

A source's own code to the letter comes first (`Named.literals`), then any spelling, folded (`Named.labels`).
Each look-up is read from the database once, when it is made.
"""

import hashlib

from django_countries import countries

from taxonomy.models import Board, Category, Currency, Region, Round, Scheme
from taxonomy.names import fold, has_han

# Codes that ISO 3166 withdrew, as old data sets still write them.
WITHDRAWN = {"ROM": "ROU", "ZAR": "COD", "TMP": "TLS", "BUR": "MMR"}
# Where ISO 3166 has a code of its own and GB/T 2260 has a province, the province is the place.
PROVINCES = {"HKG": "CN-HK", "MAC": "CN-MO", "TWN": "CN-TW"}
# Names of countries beside those that the list of countries gives, folded.
COUNTRIES = {
    "unitedstates": "USA", "us": "USA", "america": "USA", "uk": "GBR", "greatbritain": "GBR", "england": "GBR",
    "korea": "KOR", "republicofkorea": "KOR", "russianfederation": "RUS", "czechrepublic": "CZE", "turkey": "TUR",
    "uae": "ARE", "阿联酋": "ARE", "holland": "NLD", "中国大陆": "CHN", "mainlandchina": "CHN", "prchina": "CHN",
}  # fmt: skip
# What investors call a stretch of rounds, folded: the first and the last round of it.
STAGES = {
    "种子天使轮": ("seed", "angel"),
    "种子期": ("seed", "angel"),
    "seedstage": ("seed", "angel"),
    "早期": ("seed", "a_plus"),
    "earlystage": ("seed", "a_plus"),
    "成长期": ("b", "c_plus"),
    "growth": ("b", "c_plus"),
    "growthstage": ("b", "c_plus"),
    "c轮及以后": ("c", "pre_ipo"),
    "后期": ("c", "pre_ipo"),
    "latestage": ("c", "pre_ipo"),
}


def key(label: str, limit: int) -> str:
    """The folded label as a code of at most `limit` characters; a longer one ends in a digest of the whole."""
    folded = fold(label)
    if len(folded) <= limit:
        return folded
    return folded[: limit - 9] + "-" + hashlib.sha256(folded.encode()).hexdigest()[:8]


class Lookup:
    """`find(label)` returns the item that a label names, or None."""

    def __init__(self, items, code: str = "code"):
        self.items = {getattr(item, code): item for item in items}
        self._literal = {literal: item for item in self.items.values() for literal in item.literals}
        self._folded = {}
        for item in self.items.values():
            for label in (*sorted(item.labels), fold(getattr(item, code))):
                self._folded.setdefault(label, item)

    def find(self, label: str):
        return self._literal.get(label) or self._folded.get(fold(label))


def boards() -> Lookup:
    return Lookup(board for board in Board.objects.all() if board.code != "unknown")


def currencies() -> Lookup:
    return Lookup(Currency.objects.all())


class Rounds(Lookup):
    def __init__(self):
        super().__init__(Round.objects.all())

    def stretch(self, label: str) -> list[Round]:
        """The rounds that an investor's stage names: one, or all from the first to the last of a stretch."""
        if ends := STAGES.get(fold(label)):
            first, last = (self.items[code].order for code in ends)
            return [item for item in self.items.values() if item.order and first <= item.order <= last]
        found = self.find(label)
        return [found] if found and found.code != "unknown" else []


class Places:
    """Where a company lies, and what region an investor names. Places that are new here are made, unsaved.

    `made` holds them by code; save them before what points to them.
    """

    def __init__(self):
        self.regions = {region.code: region for region in Region.objects.all()}
        self.made: dict[str, Region] = {}
        self._countries, self._below, self._named, self._areas = {}, {}, {}, {}
        self._names: set[str] = set()
        for region in self.regions.values():
            if region.kind != Region.Kind.AREA:
                self._names |= region.labels
            for label in {*region.labels, fold(region.code)}:
                if region.kind == Region.Kind.COUNTRY:
                    self._countries.setdefault(label, region)
                if region.kind == Region.Kind.PROVINCE:
                    self._below.setdefault((region.country, label), region)
                if region.kind == Region.Kind.AREA:
                    self._areas.setdefault(label, set()).add(region.code)
                else:
                    # A province comes before a country of the same name: Hong Kong is both in ISO 3166.
                    known = self._named.get(label)
                    if known is None or known.kind == Region.Kind.COUNTRY:
                        self._named[label] = region

    def is_name(self, label: str) -> bool:
        """Whether a country, province or group is called so."""
        return fold(label) in self._names

    def country(self, label: str) -> Region | None:
        """The country, or the province that has a country's code, by alpha-3 or alpha-2 code or name."""
        code = WITHDRAWN.get(label.upper(), label.upper())
        if len(code) == 2:
            # Not every one of its two-letter codes has three letters: then none.
            code = countries.alpha3(code) or code
        found = self.regions.get(PROVINCES.get(code, code)) if len(code) == 3 else None
        found = found or self._countries.get(fold(label)) or self.regions.get(COUNTRIES.get(fold(label)))
        return self.regions[PROVINCES[found.code]] if found and found.code in PROVINCES else found

    def place(self, country: str, label: str, city: str = "") -> Region | None:
        """The region of a company: the province or area `label` of `country`, else the country, else None.

        A country that is none is kept as an area of no country under the source's own words.
        """
        within = self.country(country) if country else None
        # XXX stands for a country that is none, as in ISO 4217: ISO 3166 gives it to nobody.
        if country and within is None:
            name = ", ".join(part for part in (label, country) if part)
            return self._area(f"XXX/{key(country, 20)}/{key(label, 50)}" if label else f"XXX/{key(country, 60)}", name)
        if not label:
            return within
        if within is None:
            return self._named.get(fold(label)) or self._area(f"XXX/{key(label, 60)}", label)
        folded = fold(label)
        if folded in within.labels:
            return within
        found = self._below.get((within.code, folded))
        return found or self._area(f"{within.code}/{key(label, 70)}", label, within)

    def _area(self, code: str, name: str, within: Region | None = None) -> Region:
        if code not in self.regions:
            area = Region(
                code=code,
                kind=Region.Kind.AREA,
                country=within.country if within else "",
                parent=within,
                name_zh=name if has_han(name) else "",
                name_en="" if has_han(name) else name,
                order=1000,
            )
            self.regions[code] = self.made[code] = area
            self._areas.setdefault(fold(name), set()).add(code)
        return self.regions[code]

    def named(self, label: str) -> Region | None:
        """The country, province or group, or the one area, of this name, as an investor declares regions."""
        found = self._named.get(fold(label)) or self.country(label)
        if found is None and len(codes := self._areas.get(fold(label), ())) == 1:
            found = self.regions[next(iter(codes))]
        return found


class Categories:
    """Categories of one source's labels: of the default scheme where most labels are its own, to the letter;
    otherwise, and for the rest, of a scheme of the source, made here and unsaved."""

    def __init__(self, scheme: Scheme, labels: set[str]):
        self.scheme = scheme
        self.made: dict[str, Category] = {}
        own = scheme.categories.all() if scheme.pk else ()
        self._own = {category.code: category for category in own}
        offered = {}
        for category in Category.objects.offered():
            for label in (category.name_zh, category.name_en, *category.aliases):
                offered.setdefault(label, category)
        matching = labels & set(offered)
        self._offered = offered if len(matching) * 2 > len(labels) else {}

    def find(self, label: str) -> Category:
        if found := self._offered.get(label):
            return found
        code = key(label, 64)
        if code not in self._own:
            self._own[code] = self.made[code] = Category(
                scheme=self.scheme,
                code=code,
                path=code,
                name_zh=label if has_han(label) else "",
                name_en="" if has_han(label) else label,
                order=len(self._own),
            )
        return self._own[code]
