"""Companies of a market, compared with those that the same source brought before."""

from collections import Counter, defaultdict

from companies.models import Company, CompanyAlias, CompanyCategory
from companies.models import Membership as CompanyMembership
from deals.imports.changes import Changes
from deals.imports.organisations import folded, given, known_elsewhere, other_names
from deals.imports.report import Report
from deals.imports.rows import CompanyRow, Market
from taxonomy.facts import Source
from taxonomy.names import fold, has_han

# A short name holds this many characters; a longer name is the legal one.
SHORT = 100


class Companies:
    def __init__(self, source: Source, market: Market, places, categories, report: Report):
        self.source, self.market, self.places, self.categories = source, market, places, categories
        self.report = report
        self.companies = Changes(Company, report.tallies["companies"])
        self.aliases, self.links = Changes(CompanyAlias), Changes(CompanyCategory)
        self.by_ref: dict[str, Company] = {}

    def plan(self) -> None:
        known = Company.objects.filter(source=self.source) if self.source.pk else Company.objects.none()
        have = {company.source_ref: company for company in known if company.source_ref}
        aliases, links = defaultdict(dict), defaultdict(list)
        for alias in CompanyAlias.objects.filter(company__in=known):
            aliases[alias.company_id][alias.name] = alias
        for link in CompanyCategory.objects.filter(company__in=known).select_related("category"):
            links[link.company_id].append(link)
        self.members = set(CompanyMembership.objects.filter(company__in=known).values_list("company", flat=True))
        self._places()
        for row in self.market.companies.values():
            company = have.get(row.ref)
            if company:
                self._meet(company, row, aliases[company.pk], links[company.pk])
            else:
                company = self._create(row)
            self.by_ref[row.ref] = company

    def held(self, company: Company) -> bool:
        return company.verified_at is not None or company.pk in self.members

    def _places(self) -> None:
        """Find all places, the most frequent spelling of each first: it becomes the name of a new one."""
        found = Counter((row.country, row.region) for row in self.market.companies.values())
        self.place = {key: self.places.place(*key) for key, _count in found.most_common()}
        for (country, _region), count in found.items():
            if country and self.places.country(country) is None:
                for _time in range(count):
                    self.report.unread("country", country)

    def _fields(self, row: CompanyRow, name: str) -> dict:
        part = "short" if len(name) <= SHORT else "name"
        fields = given(
            **{f"{part}_{'zh' if has_han(name) else 'en'}": name},
            **{f"description_{'zh' if has_han(row.description) else 'en'}": row.description},
            keywords=list(row.keywords),
            region=self.place[row.country, row.region],
            city=row.city,
            website=row.website,
        )
        if row.founded:
            fields |= {"founded_on": row.founded.first, "founded_precision": row.founded.precision}
        return fields

    def _link(self, company: Company, categories: list, primary: bool = True) -> None:
        for position, category in enumerate(categories):
            self.links.create(CompanyCategory(company=company, category=category, is_primary=primary and position == 0))

    def _alias(self, company: Company, names: set[str]) -> None:
        for name in sorted(names):
            self.aliases.create(CompanyAlias(company=company, name=name, folded=fold(name)))

    def _create(self, row: CompanyRow) -> Company:
        company = Company(source=self.source, source_ref=row.ref, **self._fields(row, row.name or row.ref))
        names = other_names(row.name, self.places)
        categories = self._categories(row)
        self._alias(company, names)
        self._link(company, categories)
        company.search_text = company.words_with(sorted(names), categories)
        self.companies.create(company)
        return company

    def _categories(self, row: CompanyRow) -> list:
        return list({id(found): found for found in map(self.categories.find, row.categories)}.values())

    def _meet(self, company: Company, row: CompanyRow, aliases: dict, links: list) -> None:
        fields = self._fields(row, row.name)
        former = {getattr(company, name) for name in fields if name.startswith(("short_", "name_"))} - {"", row.name}
        names = (other_names(row.name, self.places) | former) - set(aliases)
        wanted = self._categories(row)
        # A link to a category of another scheme was made here and stays.
        ours = (
            [link for link in links if link.category.scheme_id == self.source_scheme or link.category in wanted]
            if wanted
            else []
        )
        stays = [link for link in links if link not in ours]
        primary = not any(link.is_primary for link in stays)
        relink = wanted and [(link.category_id, link.is_primary) for link in ours] != [
            (category.pk, primary and position == 0) for position, category in enumerate(wanted)
        ]
        if not self.companies.meet(company, fields, held=self.held(company), more=bool(names or relink)):
            return
        self._alias(company, names)
        if relink:
            self.links.gone += [link.pk for link in ours]
            self._link(company, wanted, primary)
        categories = [link.category for link in stays] + wanted if wanted else [link.category for link in links]
        text = company.words_with(sorted({*aliases, *names}), categories)
        if text != company.search_text:
            self.companies.update(company, {"search_text": text})

    @property
    def source_scheme(self) -> int | None:
        return self.categories.scheme.pk

    def duplicates(self) -> None:
        others = Company.objects.exclude(source=self.source) if self.source.pk else Company.objects.all()
        taken = folded(others.values_list("short_zh", "name_zh", "short_en", "name_en"))
        taken |= set(CompanyAlias.objects.filter(company__in=others).values_list("folded", flat=True))
        found = known_elsewhere(taken, self.market.companies.values(), self.places)
        self.report.duplicates += [("company", name) for name in found]
