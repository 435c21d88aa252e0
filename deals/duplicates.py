"""Which deals may be one and the same: for one deal, and over the whole market.

Two deals of one kind that nobody took out are set side by side where they lie close in time and their rounds do not
contradict each other, in one company or in two that share a name; `deals.likeness` says what speaks for it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import combinations, islice, product

from django.core.cache import cache
from django.db.models import Case, Count, DateField, F, Func, IntegerField, Max, Q, Value, When
from django.utils import timezone

from companies.models import Company
from deals import namesakes
from deals.likeness import NEAR_DAYS, Facts, Judge, Suspicion, facts
from deals.models import Deal, KeptApart
from deals.models.standing import PRESENT
from taxonomy.amounts import UNDISCLOSED, Amount
from taxonomy.facts import DatePrecision

# The longest that a period lasts beyond its first day.
LENGTH = {DatePrecision.DAY: 0, DatePrecision.MONTH: 30, DatePrecision.QUARTER: 91, DatePrecision.YEAR: 365}
# Neighbours on the ladder of rounds are at most so far apart in `Round.order`.
STEP = 10
OFFERED_AT_ONCE = 5

# Of the market the newest pairs are looked at, and of one company so many that share its name.
PAIRS = 5_000
NAMESAKES = 500
KEPT, KEPT_AT, KEPT_SECONDS = "suspected-deals:1", "suspected-deals-at:1", 86_400
# So many changed deals are looked at one by one; beyond that the market is read anew.
CHANGED = 500
# A change may be committed so long after its own time.
UNCOMMITTED = timedelta(minutes=2)


# --- Of one deal --------------------------------------------------------------------------------------------------


def of(deal: Facts, among=None) -> list[Suspicion]:
    """Pairs of `deal` with present deals of the queryset `among` (all), the likeliest first; none kept apart."""
    announced = deal.announced
    found = (
        (Deal.objects.all() if among is None else among)
        .present()
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
    return found.union(*(group for group in namesakes.companies() if company in group)) - {company}


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
    """Pairs of numbers of present deals of one company, near in time and in round; the newest first."""
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
    pairs = Deal.objects.present().filter(
        is_later,
        fits,
        **{
            f"{other}status__in": PRESENT,
            f"{other}kind": F("kind"),
            f"{other}announced_on__gte": F("announced_on"),
            f"{other}announced_on__lte": _Later("announced_on", span),
        },
    )
    return pairs.order_by("-announced_on", "-pk", f"-{other}pk").values_list("pk", f"{other}pk")


def _of_namesakes() -> Iterator[tuple[int, int]]:
    """Pairs of numbers of present deals of companies that share a name."""
    groups = namesakes.companies()
    deals = defaultdict(list)
    companies = {company for group in groups for company in group}
    rows = Deal.objects.present().filter(company__in=companies).order_by("-announced_on")
    for pk, company in rows.values_list("pk", "company")[:PAIRS]:
        deals[company].append(pk)
    for group in groups:
        for first, second in combinations(group, 2):
            yield from product(deals[first], deals[second])


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
        _keep(moment, found)
    return _ranked(_undecided(found))


def sought() -> list[Suspicion]:
    """The pairs of the market found of late that nobody has kept apart, in no order; none where none were sought yet.

    Nothing is compared for this: of a pair one may be rejected or merged meanwhile.
    """
    return list(_undecided((cache.get(KEPT) or (None, []))[1]))


def _undecided(pairs: Iterable[Suspicion]) -> Iterator[Suspicion]:
    apart = set(KeptApart.objects.values_list("first", "second"))
    return (pair for pair in pairs if (pair.first, pair.second) not in apart)


def refresh() -> int:
    """Seek companies of one name and pairs of deals anew, ahead of whoever asks next; return how many pairs."""
    moment = timezone.now()
    namesakes.refresh()
    found = _among()
    _keep(moment, found)
    return len(found)


def _keep(moment: datetime, found: list[Suspicion]) -> None:
    cache.set(KEPT, (moment - UNCOMMITTED, found), KEPT_SECONDS)
    cache.set(KEPT_AT, moment.isoformat(), KEPT_SECONDS)


def version() -> str:
    """A word that changes whenever `sought` may answer otherwise: pairs were sought, or somebody judged one."""
    apart = KeptApart.objects.aggregate(Count("pk"), Max("pk"))
    return f"{cache.get(KEPT_AT)}:{apart['pk__count']}:{apart['pk__max']}"


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
