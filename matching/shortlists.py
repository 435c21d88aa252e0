"""Parties beside each other, as who chooses among them reads them: institutions for a start-up, companies for an investor."""

from collections.abc import Iterable
from dataclasses import dataclass

from companies.models import Company, Raise
from deals import partners, revealed
from deals.models import Deal
from investors.models import Investor, Thesis
from matching import reading

MOST = 4
# So many categories and rounds of an institution's deals are named.
NAMED = 3


@dataclass(frozen=True)
class Column:
    """One institution: what is recommended of it and why, what it declares, and what its deals show."""

    entry: reading.Entry
    theses: list[Thesis]
    focus: revealed.Focus | None

    @property
    def categories(self) -> list[revealed.Value]:
        return list(self.focus.categories[:NAMED]) if self.focus else []

    @property
    def rounds(self) -> list[revealed.Value]:
        """The most frequent ones, in the order of rounds."""
        if not self.focus:
            return []
        first = sorted(self.focus.rounds, key=lambda value: -value.deals)[:NAMED]
        return [value for value in self.focus.rounds if value in first]


@dataclass(frozen=True)
class CompanyColumn:
    """One company: what is recommended of it and why, what it asks for, and what its deals show."""

    entry: reading.Entry
    last_deal: Deal | None
    deals: int
    investors: list[partners.Partner]

    @property
    def asked(self) -> Raise | None:
        return self.entry.target.open_raise


def _entries(feed: reading.Feed, parties: Iterable) -> list[reading.Entry]:
    """Up to four entries, the best ranked first; those that are not recommended last."""
    ranked = {entry.target.pk: entry for entry in feed.entries}
    said = {entry.target.pk: entry for entry in feed.answered()}
    entries = [ranked.get(one.pk) or said.get(one.pk) or reading.Entry(one, 0, 0.0, {}) for one in [*parties][:MOST]]
    entries.sort(key=lambda entry: entry.rank or len(ranked) + 1)
    return feed.shown(entries)


def beside(company: Company, investors: Iterable[Investor], user) -> list[Column]:
    """Return a column for each of up to four institutions."""
    return [
        Column(
            entry,
            list(Thesis.objects.active().visible_to(user).filter(investor=entry.target).for_page()),
            revealed.of(entry.target, user),
        )
        for entry in _entries(reading.for_company(company), investors)
    ]


def companies_beside(investor: Investor, companies: Iterable[Company], user) -> list[CompanyColumn]:
    """Return a column for each of up to four companies."""
    entries = _entries(reading.for_investor(investor), companies)
    standing = Deal.objects.visible_to(user).standing().with_amount_shown(user).for_list()
    found = []
    for entry in entries:
        deals = standing.filter(company=entry.target).order_by("-announced_on", "-pk")
        found.append(CompanyColumn(entry, deals.first(), deals.count(), partners.of_company(entry.target, user)))
    return found
