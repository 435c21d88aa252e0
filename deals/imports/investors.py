"""Investors of a market with what they declare to look for."""

from collections import defaultdict

from django.conf import settings
from django.utils.translation import override

from deals.imports.changes import Changes
from deals.imports.organisations import folded, given, known_elsewhere, other_names
from deals.imports.report import Report
from deals.imports.rows import InvestorRow, Market
from investors.models import Investor, InvestorAlias, Thesis
from investors.models import Membership as InvestorMembership
from taxonomy import labels
from taxonomy.facts import Source
from taxonomy.names import fold, has_han

TYPES = {
    "largeventure": Investor.Type.LARGE_VENTURE,
    "venture": Investor.Type.VENTURE,
    "venturecapital": Investor.Type.VENTURE,
    "vc": Investor.Type.VENTURE,
    "风险投资": Investor.Type.VENTURE,
    "创业投资": Investor.Type.VENTURE,
    "corporate": Investor.Type.CORPORATE,
    "corporateventure": Investor.Type.CORPORATE,
    "cvc": Investor.Type.CORPORATE,
    "strategic": Investor.Type.CORPORATE,
    "企业": Investor.Type.CORPORATE,
    "企业投资": Investor.Type.CORPORATE,
    "战略投资": Investor.Type.CORPORATE,
    "government": Investor.Type.GOVERNMENT,
    "governmentfund": Investor.Type.GOVERNMENT,
    "政府": Investor.Type.GOVERNMENT,
    "政府基金": Investor.Type.GOVERNMENT,
    "政府引导基金": Investor.Type.GOVERNMENT,
    "angel": Investor.Type.ANGEL,
    "angelgroup": Investor.Type.ANGEL,
    "天使": Investor.Type.ANGEL,
    "天使投资": Investor.Type.ANGEL,
    "privateequity": Investor.Type.PRIVATE_EQUITY,
    "pe": Investor.Type.PRIVATE_EQUITY,
    "私募股权": Investor.Type.PRIVATE_EQUITY,
    "unknown": Investor.Type.UNKNOWN,
    "未知": Investor.Type.UNKNOWN,
}  # fmt: skip


def _types() -> dict[str, str]:
    """Return the types by what sources call them and by their names here, in every language, folded."""
    found = dict(TYPES)
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {fold(str(label)): code for code, label in Investor.Type.choices}
    return found


class Investors:
    """Each investor that declares categories, stages or regions gets one thesis, which holds them."""

    def __init__(self, source: Source, market: Market, places, categories, rounds: labels.Rounds, report: Report):
        self.source, self.market, self.places, self.categories = source, market, places, categories
        self.rounds, self.report = rounds, report
        self.investors = Changes(Investor, report.tallies["investors"])
        self.aliases = Changes(InvestorAlias)
        self.theses = Changes(Thesis, report.tallies["theses"])
        self.parts = {name: Changes(getattr(Thesis, name).through) for name in ("categories", "rounds", "regions")}
        self.by_ref: dict[str, Investor] = {}
        self.types = _types()

    def plan(self) -> None:
        known = Investor.objects.filter(source=self.source) if self.source.pk else Investor.objects.none()
        have = {investor.source_ref: investor for investor in known if investor.source_ref}
        self.members = set(InvestorMembership.objects.filter(investor__in=known).values_list("investor", flat=True))
        aliases = defaultdict(set)
        for investor, name in InvestorAlias.objects.filter(investor__in=known).values_list("investor", "name"):
            aliases[investor].add(name)
        self._load_theses()
        for row in self.market.investors.values():
            investor = have.get(row.ref)
            if investor:
                self._meet(investor, row, aliases[investor.pk])
            else:
                investor = self._create(row)
            self.by_ref[row.ref] = investor
            self._thesis(investor, row)

    def held(self, investor: Investor) -> bool:
        return investor.verified_at is not None or investor.pk in self.members

    def _fields(self, row: InvestorRow, name: str) -> dict:
        kind = self.types.get(fold(row.type)) if row.type else None
        if row.type and kind is None:
            self.report.unread("type", row.type)
        region = self.places.place(row.country, "") if row.country else None
        if row.country and self.places.country(row.country) is None:
            self.report.unread("country", row.country)
        return given(
            **{f"name_{'zh' if has_han(name) else 'en'}": name},
            **{f"description_{'zh' if has_han(row.description) else 'en'}": row.description},
            type=kind,
            region=region,
        )

    def _alias(self, investor: Investor, names: set[str]) -> None:
        for name in sorted(names):
            self.aliases.create(InvestorAlias(investor=investor, name=name, folded=fold(name)))

    def _create(self, row: InvestorRow) -> Investor:
        investor = Investor(source=self.source, source_ref=row.ref, **self._fields(row, row.name or row.ref))
        names = other_names(row.name, self.places)
        self._alias(investor, names)
        investor.search_text = investor.words_with(sorted(names))
        self.investors.create(investor)
        return investor

    def _meet(self, investor: Investor, row: InvestorRow, aliases: set[str]) -> None:
        fields = self._fields(row, row.name)
        former = {getattr(investor, name) for name in fields if name.startswith("name_")} - {"", row.name}
        names = (other_names(row.name, self.places) | former) - aliases
        if self.investors.meet(investor, fields, held=self.held(investor), more=bool(names)):
            self._alias(investor, names)
            text = investor.words_with(sorted(aliases | names))
            if text != investor.search_text:
                self.investors.update(investor, {"search_text": text})

    # --- What they look for ---------------------------------------------------------------------------------------

    def _load_theses(self) -> None:
        known = Thesis.objects.filter(source=self.source) if self.source.pk else Thesis.objects.none()
        self.known_theses = {thesis.source_ref: thesis for thesis in known if thesis.source_ref}
        self.known_parts = {}
        for name, part in self.parts.items():
            target = name_of_target(part.model)
            rows = part.model.objects.filter(thesis__in=known).values_list("pk", "thesis", f"{target}_id")
            self.known_parts[name] = defaultdict(dict)
            for pk, thesis, item in rows:
                self.known_parts[name][thesis][item] = pk

    def _declared(self, row: InvestorRow) -> tuple[dict[str, list], list[str]]:
        """The categories, rounds and regions that an investor declares, and the labels that name none."""
        rounds, regions, unmapped = [], [], []
        for column, names, find, found in (
            ("stages", row.stages, self.rounds.stretch, rounds),
            ("regions", row.regions, lambda label: [self.places.named(label)], regions),
        ):
            for label in names:
                items = [item for item in find(label) if item]
                found += items
                if not items:
                    unmapped.append(label)
                    self.report.unread(column, label)
        parts = {"categories": [self.categories.find(label) for label in row.categories]}
        parts |= {"rounds": rounds, "regions": regions}
        return {name: list({id(item): item for item in items}.values()) for name, items in parts.items()}, unmapped

    def _thesis(self, investor: Investor, row: InvestorRow) -> None:
        if not (row.categories or row.stages or row.regions):
            return
        wanted, unmapped = self._declared(row)
        thesis = self.known_theses.get(row.ref)
        if thesis is None:
            thesis = Thesis(source=self.source, source_ref=row.ref, investor=investor, unmapped=unmapped)
            self.theses.create(thesis)
            for name, items in wanted.items():
                self._add(thesis, name, items)
            return
        have = {name: self.known_parts[name][thesis.pk] for name in wanted}
        # A column that says nothing leaves what stands.
        named = {"categories": row.categories, "rounds": row.stages, "regions": row.regions}
        differing = [
            name for name, items in wanted.items() if named[name] and set(have[name]) != {item.pk for item in items}
        ]
        if self.theses.meet(thesis, {"unmapped": unmapped}, held=self.held(investor), more=bool(differing)):
            for name in differing:
                keys = {item.pk for item in wanted[name]}
                self.parts[name].gone += [pk for key, pk in have[name].items() if key not in keys]
                self._add(thesis, name, [item for item in wanted[name] if item.pk not in have[name]])

    def _add(self, thesis: Thesis, name: str, items: list) -> None:
        part = self.parts[name]
        target = name_of_target(part.model)
        for item in items:
            part.create(part.model(thesis=thesis, **{target: item}))

    def duplicates(self) -> None:
        others = Investor.objects.exclude(source=self.source) if self.source.pk else Investor.objects.all()
        taken = folded(others.values_list("name_zh", "name_en"))
        taken |= set(InvestorAlias.objects.filter(investor__in=others).values_list("folded", flat=True))
        found = known_elsewhere(taken, self.market.investors.values(), self.places)
        self.report.duplicates += [("investor", name) for name in found]


def name_of_target(through) -> str:
    """The field of a table between theses and something else that points to the something else."""
    return next(field.name for field in through._meta.fields if field.is_relation and field.related_model is not Thesis)
