"""Institutions beside each other, as a start-up that chooses among them reads them."""

from collections.abc import Iterable
from dataclasses import dataclass

from companies.models import Company
from deals import revealed
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


def beside(company: Company, investors: Iterable[Investor], user) -> list[Column]:
    """Return a column for each of up to four institutions, the best ranked first; those that are not recommended last."""
    feed = reading.for_company(company)
    ranked = {entry.target.pk: entry for entry in feed.entries}
    said = {entry.target.pk: entry for entry in feed.answered()}
    entries = [
        ranked.get(one.pk) or said.get(one.pk) or reading.Entry(one, 0, 0.0, {}) for one in list(investors)[:MOST]
    ]
    entries.sort(key=lambda entry: entry.rank or len(ranked) + 1)
    return [
        Column(
            entry,
            list(Thesis.objects.active().visible_to(user).filter(investor=entry.target).for_page()),
            revealed.of(entry.target, user),
        )
        for entry in feed.shown(entries)
    ]
