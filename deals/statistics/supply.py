"""What institutions look for, and what they did of late: active theses, and the deals of 24 months."""

from datetime import date, timedelta

import numpy as np
from django.db.models import Aggregate, TextField

from deals.statistics.fields import Fields
from deals.statistics.investors import with_investors
from deals.statistics.scope import Scope, year_before
from investors.models import Thesis
from taxonomy.models import RateTable, Region, Round

# A round may be as many tickets wide; the matching looks at tickets alike.
TICKETS = 10
# Rounds whose `order` is at most this far apart are next to each other: A and Pre-A, A+, Pre-B.
STEP = 10
YEARS = 2


class Together(Aggregate):
    """The values of a group as one text, divided by commas: one row for a group instead of one for each value."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler, connection, **context):
        template = "STRING_AGG((%(expressions)s)::text, ',')"
        return self.as_sql(compiler, connection, template=template, **context)


def since(day: date, years: int = YEARS) -> date:
    """Return the first day of the years that end with `day`."""
    for _ in range(years):
        day = year_before(day)
    return day + timedelta(1)


def of_late(scope: Scope, years: int = YEARS) -> Scope:
    """The last years up to the day of a scope, in all categories, rounds and places."""
    return Scope(
        first=since(scope.day, years),
        last=scope.day,
        investor_types=scope.investor_types,
        verified_only=scope.verified_only,
        as_of=scope.as_of,
    )


def next_to(rounds: list[Round]) -> dict[str, list[str]]:
    """Return, by code, the codes of the round itself and of those at most a step away; others are next to none."""
    return {
        one.code: [
            other.code
            for other in rounds
            if other is one or (None not in (one.order, other.order) and abs(one.order - other.order) <= STEP)
        ]
        for one in rounds
    }


class Supply:
    """Published institutions with an active thesis or a deal of the last 24 months, on the day of a scope.

    The scope's types of investor and its verification narrow them; its categories, rounds and places do not.
    `investors` are the ids of the institutions; `holder` is the number of each thesis's among them, `ticket` (theses ×
    2) its smallest and largest ticket in the currency of the scope. `next_to` gives the rounds next to one. Theses are those
    of today.
    """

    def __init__(self, scope: Scope, fields: Fields, rates: RateTable):
        rounds = list(Round.objects.all())
        self._round = {one.code: number for number, one in enumerate(rounds)}
        self.next_to = next_to(rounds)
        self._read_tree(fields)
        theses = Thesis.objects.active().filter(investor__is_published=True)
        if scope.investor_types:
            theses = theses.filter(investor__type__in=scope.investor_types)
        rows = list(theses.order_by("pk").values_list("pk", "investor", "ticket_low", "ticket_high", "currency"))
        theses_, holders = np.array([row[:2] for row in rows], dtype=np.int64).reshape(-1, 2).T
        done = list(self._done(scope, fields))
        doers = [np.fromstring(text, dtype=np.int64, sep=",") for _, _, text in done]
        self.investors = np.unique(np.concatenate([holders, *doers]))
        self.holder = np.searchsorted(self.investors, holders)
        self.ticket = np.array(
            [[_converted(end, row[4], rates, scope) for end in row[2:4]] for row in rows], dtype=float
        ).reshape(-1, 2)
        self._deals = {
            (self._category[category], round_): np.searchsorted(self.investors, ids)
            for (category, round_, _), ids in zip(done, doers, strict=True)
        }
        self._read_theses(theses, theses_)

    def _read_tree(self, fields: Fields) -> None:
        number = {category.path: number for number, category in enumerate(fields.everything)}
        self._category = {category.pk: number[category.path] for category in fields.everything}
        self._above = [
            [number[path] for path in (*category.ancestor_paths, category.path) if path in number]
            for category in fields.everything
        ]
        self._root = np.array([above[0] for above in self._above], dtype=np.int64)

    @staticmethod
    def _done(scope: Scope, fields: Fields):
        """Category, round and the institutions of each group of deals, each once for each of its deals."""
        late = of_late(scope)
        return (
            with_investors(late, late.deals(), published=True)
            .filter(fields.counted(everywhere=True))
            .values_list("company__category_links__category", "round")
            .annotate(investors=Together("participations__investor"))
            .order_by()
        )

    def _read_theses(self, theses, ids: np.ndarray) -> None:
        n = len(ids)

        def named(field, numbers: dict) -> tuple[np.ndarray, np.ndarray]:
            """Numbers of theses and of what they name."""
            name = f"{field.field.m2m_reverse_field_name()}_id"
            pairs = field.through.objects.filter(thesis__in=theses.values("pk")).values_list("thesis_id", name)
            known = [(thesis, numbers[key]) for thesis, key in pairs if key in numbers]
            thesis, number = np.array(known, dtype=np.int64).reshape(-1, 2).T
            return np.searchsorted(ids, thesis), number

        def silent(thesis: np.ndarray) -> np.ndarray:
            found = np.ones(n, dtype=bool)
            found[thesis] = False
            return found

        thesis, number = named(Thesis.categories, self._category)
        self._names = _flags(len(self._category), n, number, thesis)
        self._wants = self._from_above(self._names)
        thesis, number = named(Thesis.excluded, self._category)
        self._excludes = self._from_above(_flags(len(self._category), len(self.investors), number, self.holder[thesis]))
        thesis, number = named(Thesis.rounds, self._round)
        self._in_round = _flags(len(self._round), n, number, thesis) | silent(thesis)
        parents = dict(Region.objects.order_by().values_list("pk", "parent"))
        groups: dict[int, list[int]] = {}
        for group, member in Region.members.through.objects.values_list("from_region_id", "to_region_id"):
            groups.setdefault(member, []).append(group)
        self._region = {pk: place for place, pk in enumerate(parents)}
        self._around = {pk: list(_around(pk, parents, groups)) for pk in parents}
        thesis, number = named(Thesis.regions, self._region)
        self._in_region, self._anywhere = _flags(len(parents), n, number, thesis), silent(thesis)

    def _from_above(self, flags: np.ndarray) -> np.ndarray:
        """Give each category what those above it have."""
        return np.array([flags[above].any(axis=0) for above in self._above], dtype=bool).reshape(flags.shape)

    def _numbers(self, categories) -> list[int]:
        return [self._category[category] for category in categories]

    # --- What one value of a raise means to theses and institutions -------------------------------------------------

    def wanting(self, categories: tuple[int, ...]) -> np.ndarray:
        """(theses) bool: they name one of these categories or one above it."""
        return self._wants[self._numbers(categories)].any(axis=0)

    def near_by(self, categories: tuple[int, ...]) -> np.ndarray:
        """(theses) bool: they name something under the same root as one of these categories."""
        roots = self._root[self._numbers(categories)]
        return self._names[np.isin(self._root, roots)].any(axis=0)

    def ruled_out(self, categories: tuple[int, ...]) -> np.ndarray:
        """(institutions) bool: a thesis of theirs excludes one of these categories or one above it."""
        return self._excludes[self._numbers(categories)].any(axis=0)

    def at_round(self, code: str) -> np.ndarray:
        """(theses) bool: they name this round, or none."""
        return self._in_round[self._round[code]]

    def around(self, region: int | None) -> np.ndarray:
        """(theses) bool: they name this place or one around it, or none."""
        around = [self._region[pk] for pk in self._around.get(region, [])]
        return self._in_region[around].any(axis=0) | self._anywhere

    def with_room(self, low: float | None, high: float | None) -> np.ndarray:
        """(theses) bool: their tickets suit a round that asks for these sums; what is not known suits."""
        if low is None or high is None:
            return np.ones(len(self.ticket), dtype=bool)
        with np.errstate(invalid="ignore"):
            return ~(high < self.ticket[:, 0]) & ~(low > TICKETS * self.ticket[:, 1])

    def active_in(self, category: int, code: str) -> np.ndarray:
        """(institutions) bool: they have a deal of the last 24 months at a round or next to it, in this category, one
        above or one below it."""
        own = self._category[category]
        found = np.zeros(len(self.investors), dtype=bool)
        for other, above in enumerate(self._above):
            if other in self._above[own] or own in above:
                for near in self.next_to[code]:
                    if (other, near) in self._deals:
                        found[self._deals[other, near]] = True
        return found

    def deals_in(self, categories: list[int]) -> np.ndarray:
        """(institutions) int: how many deals of the last 24 months each has in companies of these categories."""
        numbers = set(self._numbers(categories))
        found = [ids for (category, _), ids in self._deals.items() if category in numbers]
        return np.bincount(np.concatenate([np.empty(0, dtype=np.int64), *found]), minlength=len(self.investors))


def _flags(rows: int, columns: int, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    flags = np.zeros((rows, columns), dtype=bool)
    flags[row, column] = True
    return flags


def _converted(value, currency: str, rates: RateTable, scope: Scope) -> float:
    found = None if value is None else rates.convert(value, currency, scope.day, scope.currency)
    return np.nan if found is None else float(found)


def _around(region: int | None, parents: dict, groups: dict):
    """Yield a place, what it is part of, and the groups of these."""
    while region is not None:
        yield region
        yield from groups.get(region, [])
        region = parents.get(region)
