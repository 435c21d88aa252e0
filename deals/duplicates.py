"""Which deals may be one and the same: for one deal, and over the whole market.

Two standing deals of one kind are set side by side where they lie close in time and their rounds do not contradict
each other, in one company or in two that share a name. What speaks for the pair is a list of `Reason`; their points
together decide whether it is offered.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations, islice, product

from django.core.cache import cache
from django.db.models import Case, DateField, F, Func, IntegerField, Q, Value, When
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.models import Company, CompanyAlias
from deals.models import Deal, KeptApart, Participation
from taxonomy.amounts import UNDISCLOSED, Amount
from taxonomy.dates import DAY, PartialDate
from taxonomy.facts import DatePrecision
from taxonomy.models import Round
from taxonomy.names import fold

# How far apart the reports of one deal are dated, at most, and the longest that a period lasts beyond its first day.
NEAR_DAYS = 45
WEEK = 7
LENGTH = {DatePrecision.DAY: 0, DatePrecision.MONTH: 30, DatePrecision.QUARTER: 91, DatePrecision.YEAR: 365}
# Neighbours on the ladder of rounds are at most so far apart in `Round.order`.
STEP = 10

# One company and one round within the days above is a pair; anything less needs more to speak for it.
OFFERED, LIKELY, VERY_LIKELY = 5, 7, 10
OFFERED_AT_ONCE = 5

# Of the market the newest pairs are looked at, and companies of one name up to a number; these are sought again after
# some minutes.
PAIRS = 5_000
NAMESAKES = 500
NAMESAKES_SECONDS = 600
KEPT, KEPT_SECONDS = "suspected-deals:1", 86_400
# So many changed deals are looked at one by one; beyond that the market is read anew.
CHANGED = 500
# A change may be committed so long after its own time.
UNCOMMITTED = timedelta(minutes=2)


@dataclass(frozen=True)
class Reason:
    """What speaks for two deals being one: a code with its points, and the number that its words need."""

    code: str
    points: int
    value: int = 0

    def __str__(self):
        if self.code == "days":
            return ngettext("%(count)d day apart", "%(count)d days apart", self.value) % {"count": self.value}
        if self.code == "investors":
            text = ngettext("%(count)d investor in common", "%(count)d investors in common", self.value)
            return text % {"count": self.value}
        return {
            "company": _("same company"),
            "namesake": _("companies of the same name"),
            "day": _("same day"),
            "period": _("dates overlap"),
            "round": _("same round"),
            "kind": _("same kind"),
            "neighbour": _("neighbouring rounds"),
            "unstated": _("one does not state the round"),
            "same_investors": _("same investors"),
            "amount": _("same amount"),
            "compatible": _("amounts compatible"),
            "source": _("same source address"),
        }[self.code]


@dataclass(frozen=True)
class Facts:
    """What is compared of a deal, recorded (`pk`) or about to be (None)."""

    pk: int | None
    company: int
    kind: str
    round: str | None
    announced: PartialDate
    amount: Amount
    source_url: str = ""
    investors: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Suspicion:
    """A pair of deals, the earlier recorded first, with what speaks for their being one."""

    first: int
    second: int
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> int:
        return sum(reason.points for reason in self.reasons)

    @property
    def strength(self) -> str:
        """`very_likely`, `likely` or `possible`."""
        return "very_likely" if self.score >= VERY_LIKELY else "likely" if self.score >= LIKELY else "possible"

    @property
    def likelihood(self) -> str:
        return {
            "very_likely": _("Very likely the same"),
            "likely": _("Likely the same"),
            "possible": _("Possibly the same"),
        }[self.strength]

    def other(self, pk: int) -> int:
        return self.first if pk == self.second else self.second


class Judge:
    """Compares deals. Reads the ladder of rounds once."""

    @cached_property
    def ladder(self) -> dict[str, int]:
        codes = Round.objects.filter(order__isnull=False).order_by("order").values_list("pk", flat=True)
        return {code: step for step, code in enumerate(codes)}

    def reasons(self, one: Facts, other: Facts) -> list[Reason]:
        """What speaks for the two being one; nothing where kind, round or dates contradict it."""
        days, round_ = self._days(one.announced, other.announced), self._round(one, other)
        if one.kind != other.kind or not days or not round_:
            return []
        company = Reason("company", 1) if one.company == other.company else Reason("namesake", 0)
        found = [company, round_, days, self._investors(one, other), self._amount(one.amount, other.amount)]
        if one.source_url and one.source_url == other.source_url:
            found.append(Reason("source", 3))
        return [reason for reason in found if reason]

    def suspicion(self, one: Facts, other: Facts) -> Suspicion | None:
        """The pair with its reasons, or None where too little speaks for it."""
        first, second = sorted((one.pk or 0, other.pk or 0))
        found = Suspicion(first, second, tuple(self.reasons(one, other)))
        return found if found.score >= OFFERED else None

    def _days(self, one: PartialDate, other: PartialDate) -> Reason | None:
        earlier, later = sorted((one, other), key=lambda announced: announced.first)
        gap = max((later.first - earlier.last).days, 0)
        if one.precision == other.precision == DAY:
            if gap == 0:
                return Reason("day", 3)
        elif gap == 0:
            return Reason("period", 2)
        return Reason("days", 2 if gap <= WEEK else 1, gap) if gap <= NEAR_DAYS else None

    def _round(self, one: Facts, other: Facts) -> Reason | None:
        if one.round == other.round:
            return Reason("round" if one.round else "kind", 3)
        steps = [self.ladder.get(facts.round or "") for facts in (one, other)]
        if None in steps:
            return Reason("unstated", 1)
        return Reason("neighbour", 2) if abs(steps[0] - steps[1]) == 1 else None

    def _investors(self, one: Facts, other: Facts) -> Reason | None:
        common = len(one.investors & other.investors)
        if common and one.investors == other.investors:
            return Reason("same_investors", 3)
        return Reason("investors", 2, common) if common else None

    def _amount(self, one: Amount, other: Amount) -> Reason | None:
        if UNDISCLOSED in (one.kind, other.kind) or one.currency != other.currency:
            return None
        if (one.low, one.high) == (other.low, other.high):
            return Reason("amount", 3)
        overlap = (other.high is None or one.low <= other.high) and (one.high is None or other.low <= one.high)
        return Reason("compatible", 1) if overlap else None


def facts(deals: Iterable[int]) -> dict[int, Facts]:
    """Read what is compared, by number of the deal."""
    pks, investors = list(deals), defaultdict(set)
    for deal, investor in Participation.objects.filter(deal__in=pks).order_by().values_list("deal", "investor"):
        investors[deal].add(investor)
    fields = (
        "pk", "company", "kind", "round", "announced_on", "announced_precision", "amount_kind", "amount_low",
        "amount_high", "currency", "source_url",
    )  # fmt: skip
    return {
        pk: Facts(
            pk,
            company,
            kind,
            round_,
            PartialDate(first, precision),
            Amount(amount_kind, low, high, currency or ""),
            source_url,
            frozenset(investors[pk]),
        )
        for pk, company, kind, round_, first, precision, amount_kind, low, high, currency, source_url in (
            Deal.objects.filter(pk__in=pks).order_by().values_list(*fields)
        )
    }


# --- Of one deal --------------------------------------------------------------------------------------------------


def of(deal: Facts, among=None) -> list[Suspicion]:
    """Pairs of `deal` with standing deals of the queryset `among` (all), the likeliest first; none kept apart."""
    announced = deal.announced
    found = (
        (Deal.objects.all() if among is None else among)
        .standing()
        .filter(
            Q(company=deal.company) | Q(company__in=_namesakes_of(deal.company)),
            kind=deal.kind,
            announced_on__gte=announced.first - timedelta(NEAR_DAYS + max(LENGTH.values())),
            announced_on__lte=announced.last + timedelta(NEAR_DAYS),
        )
    )
    pks = set(found.order_by("-announced_on").values_list("pk", flat=True)[:PAIRS]) - {deal.pk}
    if deal.pk:
        apart = KeptApart.objects.filter(Q(first=deal.pk) | Q(second=deal.pk)).values_list("first", "second")
        pks -= {pk for pair in apart for pk in pair}
    if not pks:
        return []
    judge = Judge()
    return _ranked(judge.suspicion(deal, other) for other in facts(pks).values())


def beside(deal: Deal) -> list[tuple[Deal, Suspicion]]:
    """The recorded deals that `deal` may be, each with the pair."""
    pairs = {pair.other(deal.pk): pair for pair in of(facts([deal.pk])[deal.pk])[:OFFERED_AT_ONCE]}
    others = Deal.objects.for_list().in_bulk(pairs)
    return [(others[pk], pair) for pk, pair in pairs.items() if pk in others]


def like(user, *, company, kind, round, announced, investors=(), source_url="", pk=None, **_more) -> list[Deal]:
    """Recorded deals that `user` reads and that the one being typed (or the deal `pk`) may be, the likeliest first.

    `investors` are pairs as `record_deal` takes them. Amounts are not compared: what a deal keeps to its parties could
    be guessed from the answer.
    """
    typed = Facts(
        pk,
        company.pk,
        kind,
        round.pk if round and kind == Deal.Kind.VENTURE else None,
        announced,
        Amount(UNDISCLOSED),
        source_url or "",
        frozenset(investor.pk for investor, _lead in investors),
    )
    readable = Deal.objects.visible_to(user)
    found = [pair.other(pk or 0) for pair in of(typed, readable)[:OFFERED_AT_ONCE]]
    deals = readable.with_amount_shown(user).for_list().in_bulk(found)
    return [deals[other] for other in found if other in deals]


def _namesakes_of(company: int) -> set[int]:
    """Other companies that share a spelling: by name as it is written, and by what the market's search has folded."""
    one = Company.objects.prefetch_related("aliases").get(pk=company)
    names = [*one.all_names, *(alias.name for alias in one.aliases.all())]
    found = set(Company.objects.spelled_like(names).values_list("pk", flat=True)[:NAMESAKES])
    return found.union(*(group for group in _groups_of_namesakes() if company in group)) - {company}


def _ranked(found: Iterable[Suspicion | None]) -> list[Suspicion]:
    return sorted(filter(None, found), key=lambda pair: (-pair.score, -pair.second, -pair.first))


# --- Of the market ------------------------------------------------------------------------------------------------


class _Later(Func):
    """A date so many days later."""

    output_field = DateField()
    arg_joiner = " + "
    template = "(%(expressions)s)"

    def as_sqlite(self, compiler, connection, **extra):
        template = "date(%(expressions)s || ' days')"
        return super().as_sql(compiler, connection, template=template, arg_joiner=", ", **extra)


def _of_one_company():
    """Pairs of numbers of standing deals of one company, near in time and in round; the newest first."""
    span = Case(
        *(When(announced_precision=precision, then=Value(days + NEAR_DAYS)) for precision, days in LENGTH.items()),
        output_field=IntegerField(),
    )
    other = "company__deals__"
    is_later = Q(**{f"{other}announced_on__gt": F("announced_on")}) | Q(**{f"{other}pk__gt": F("pk")})
    order = F("round__order")
    fits = (
        Q(**{f"{other}round": F("round")})
        | Q(**{"round": None, f"{other}round": None})
        | Q(round__order=None)
        | Q(**{f"{other}round__order": None})
        | Q(**{f"{other}round__order__gte": order - STEP, f"{other}round__order__lte": order + STEP})
    )
    # All in one `filter`: it is one other deal of which all of it holds.
    pairs = Deal.objects.standing().filter(
        is_later,
        fits,
        **{
            f"{other}status__in": [Deal.Status.REPORTED, Deal.Status.VERIFIED],
            f"{other}kind": F("kind"),
            f"{other}announced_on__gte": F("announced_on"),
            f"{other}announced_on__lte": _Later("announced_on", span),
        },
    )
    return pairs.order_by("-announced_on", "-pk", f"-{other}pk").values_list("pk", f"{other}pk")


def _of_namesakes() -> Iterator[tuple[int, int]]:
    """Pairs of numbers of standing deals of companies that share a name."""
    groups = _groups_of_namesakes()
    deals = defaultdict(list)
    companies = {company for group in groups for company in group}
    rows = Deal.objects.standing().filter(company__in=companies).order_by("-announced_on")
    for pk, company in rows.values_list("pk", "company")[:PAIRS]:
        deals[company].append(pk)
    for group in groups:
        for first, second in combinations(group, 2):
            yield from product(deals[first], deals[second])


def _groups_of_namesakes() -> list[list[int]]:
    return cache.get_or_set("companies-of-one-name", _namesakes, NAMESAKES_SECONDS)


def _namesakes() -> list[list[int]]:
    """Companies with deals, grouped by a spelling that they share, folded."""
    bearers = defaultdict(set)
    invested = Deal.objects.standing().values("company")
    for pk, *names in Company.objects.filter(pk__in=invested).values_list("pk", *Company.objects.all().name_fields):
        for name in names:
            bearers[fold(name)].add(pk)
    aliases = CompanyAlias.objects.filter(company__in=invested)
    for pk, folded in aliases.values_list("company", "folded"):
        bearers[folded].add(pk)
    groups = {tuple(sorted(group)) for name, group in bearers.items() if name and len(group) > 1}
    return [list(group) for group in sorted(groups, reverse=True)[:NAMESAKES]]


def suspected() -> list[Suspicion]:
    """The pairs of the market that nobody has decided on, the likeliest first.

    They are kept; what is asked again are the companies of deals that changed since. A pair may name a deal that is
    deleted meanwhile.
    """
    moment = timezone.now()
    since, found = cache.get(KEPT) or (None, [])
    changed = (
        list(Deal.objects.filter(updated_at__gte=since).values_list("pk", flat=True)[: CHANGED + 1]) if since else []
    )
    if since is None or len(changed) > CHANGED:
        found = _among()
    elif changed:
        unchanged = [pair for pair in found if pair.first not in changed and pair.second not in changed]
        found = list({(pair.first, pair.second): pair for pair in [*unchanged, *_among(changed)]}.values())
    if changed or since is None:
        cache.set(KEPT, (moment - UNCOMMITTED, found), KEPT_SECONDS)
    apart = set(KeptApart.objects.values_list("first", "second"))
    return _ranked(pair for pair in found if (pair.first, pair.second) not in apart)


def _among(changed: list[int] | None = None) -> list[Suspicion]:
    """Pairs of the whole market, or those with the deals `changed`."""
    pairs = _of_one_company()
    if changed is not None:
        companies = set(Deal.objects.filter(pk__in=changed).values_list("company", flat=True))
        pairs = pairs.filter(company__in=companies)
    chosen = {tuple(sorted(pair)) for pair in [*pairs[:PAIRS], *islice(_of_namesakes(), PAIRS)]}
    if changed is not None:
        chosen = {pair for pair in chosen if not set(changed).isdisjoint(pair)}
    known, judge = facts({pk for pair in chosen for pk in pair}), Judge()
    # A deal that is deleted while this is read is in no pair.
    judged = (judge.suspicion(known[one], known[other]) for one, other in chosen if one in known and other in known)
    return list(filter(None, judged))
