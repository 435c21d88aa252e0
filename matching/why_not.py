"""How any two parties match under the running model, on the list or not: the score and its reasons, or what forbids it.

The pair alone is scored, on the market as it is now; nothing is trained and no other pair is looked at.
"""

from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from companies.models import Company
from deals.models import Side
from investors.models import Investor
from matching import advice, artefacts, bars, datasets, evidence, lists, reading, wording
from matching import market as m
from matching.advice import Advice
from matching.bars import Bar
from matching.pairs import unbarred

FOUND = 20
# Where a pair stands: on the list; below all that is kept of it; good enough for it, and a change is still being
# matched; or barred, with the score that it would have.
LISTED, OUTSIDE, DUE, BARRED = "listed", "outside", "due", "barred"
# Among more investors a rank would keep a page waiting.
MOST_RANKED = 10_000
# Factors with evidence.
EXPLAINED = [factor for factor in wording.FACTORS if factor not in ("together", "attention", "base")]


@dataclass(frozen=True)
class Difference:
    """By how much a pair is ahead of another (or behind it) in one factor."""

    factor: str
    value: float

    @property
    def name(self):
        return wording.FACTORS[self.factor]


@dataclass(frozen=True)
class Comparison:
    """A pair beside one of the list: `differences` sum to the difference of the scores, the lowest first."""

    other: reading.Entry
    # Whether the other is the last of the list (and not its first).
    is_last: bool
    differences: list[Difference]

    @property
    def short(self) -> Difference | None:
        """Where it falls short most."""
        return next((one for one in self.differences[:1] if one.value < 0), None)

    @property
    def ahead(self) -> Difference | None:
        return next((one for one in self.differences[-1:] if one.value > 0), None)


@dataclass(frozen=True)
class Place:
    """The rank of a pair among all that could be recommended."""

    rank: int
    of: int


@dataclass
class Pair:
    """Two parties as one of them, the subject, reads about them.

    `entry` is None where there is no score to show; `standing` is "" then. `place` is known of institutions outside
    the list of a company, where it is told quickly.
    """

    subject: Company | Investor
    target: Company | Investor
    side: str
    feed: reading.Feed
    bars: list[Bar] = field(default_factory=list)
    standing: str = ""
    entry: reading.Entry | None = None
    place: Place | None = None
    comparison: Comparison | None = None
    advice: list[Advice] = field(default_factory=list)

    @property
    def length(self) -> int:
        return len(self.feed.entries)

    @property
    def told(self) -> dict[str, list[wording.Sentence]]:
        """Sentences by stance: for, against, unknown; the weightiest factor first."""
        return evidence.by_stance(self.entry.reasons) if self.entry else {}


def named(queryset, typed: str) -> list:
    """Return up to `FOUND` of the companies or institutions whose name holds what was typed, exact ones first."""
    typed = typed.strip()[:100]
    if not typed:
        return []
    holds = Q(aliases__name__icontains=typed)
    for name in queryset.name_fields:
        holds |= Q(**{f"{name}__icontains": typed})
    found = queryset.filter(pk__in=queryset.model.objects.filter(holds).values("pk"))
    exact = list(found.spelled_like([typed]).order_by("pk")[:FOUND])
    further = found.exclude(pk__in=[one.pk for one in exact]).order_by("pk")[: FOUND - len(exact)]
    return [*exact, *further]


def look(subject: Company | Investor, target: Company | Investor) -> Pair:
    """Return how `target` stands to `subject`, for a reader on the side of `subject`."""
    side = Side.COMPANY if isinstance(subject, Company) else Side.INVESTOR
    feed = reading.for_company(subject) if side == Side.COMPANY else reading.for_investor(subject)
    pair = Pair(subject, target, side, feed)
    if feed.run is None:
        pair.bars = [bars.no_run()]
        return pair
    try:
        artefact = artefacts.load(feed.run.artefact, feed.run.artefact_hash)
    except artefacts.ArtefactError:
        pair.bars = [bars.no_model()]
        return pair
    company, investor = (subject, target) if side == Side.COMPANY else (target, subject)
    market = datasets.current(artefact.market, feed.run.started_at, timezone.localdate(), [company.pk], [investor.pk])
    has_record = investor.pk in artefact.matcher.state_.candidates(market)
    pair.bars = bars.find(subject, target, side, market, has_record)
    if {bar.code for bar in pair.bars} <= bars.LIFTED:
        _score(pair, artefact, unbarred(market) if pair.bars else market)
    return pair


def _score(pair: Pair, artefact: artefacts.Artefact, market: m.Market) -> None:
    """Fill in what the model says of a pair."""
    own = market.raises.index[0] if pair.side == Side.COMPANY else pair.subject.pk
    (ranked,) = lists.rank(artefacts.Artefact(artefact.matcher, market), pair.side, [int(own)], 1)
    if not ranked.items:
        # What the reader may not know: the other side has answered. Or what only the model knows any more.
        pair.bars = [bars.not_now()]
        return
    (item,) = ranked.items
    listed = next((entry for entry in pair.feed.entries if entry.target.pk == pair.target.pk), None)
    # A factor that says nothing has a reason too: what it does not know.
    factors = {**dict.fromkeys(EXPLAINED, 0.0), **item["factors"]}
    entry = reading.Entry(pair.target, 0, item["score"], factors, listed.feedback if listed else None)
    if pair.bars:
        pair.standing = BARRED
    elif listed:
        pair.standing, entry.rank = LISTED, listed.rank
    else:
        pair.standing = OUTSIDE if entry.score <= pair.feed.floor else DUE
    if pair.standing == OUTSIDE and pair.side == Side.COMPANY:
        pair.place = _place(artefact, pair, int(own))
    (pair.entry,) = pair.feed.shown([entry])
    pair.comparison = _compared(entry, pair.feed.entries)
    if pair.standing != BARRED:
        pair.advice = advice.for_pair(artefact, market, pair.subject, pair.target, pair.side)


def _place(artefact: artefacts.Artefact, pair: Pair, raise_id: int) -> Place | None:
    """Where the institution would stand if the list of the raise had no end; every institution is scored for it."""
    market = datasets.current(artefact.market, pair.feed.run.started_at, timezone.localdate(), [pair.subject.pk])
    candidates = artefact.matcher.state_.candidates(market)
    if len(candidates) > MOST_RANKED:
        return None
    ranking = artefact.matcher.hear(market).rank_investors(market, [raise_id], k=len(candidates))
    listed = ranking.lists()[raise_id].tolist()
    # It may have come to the list meanwhile.
    if pair.target.pk not in listed[pair.length :]:
        return None
    return Place(listed.index(pair.target.pk) + 1, len(listed))


def _compared(entry: reading.Entry, listed: list[reading.Entry]) -> Comparison | None:
    """Beside the last of the list; what is on it, beside the first."""
    if entry.rank == 1 or not listed:
        return None
    other = listed[0] if entry.rank else listed[-1]
    differences = [
        Difference(factor, round(entry.factors.get(factor, 0) - other.factors.get(factor, 0), lists.DIGITS))
        for factor in wording.FACTORS
    ]
    differences = sorted((one for one in differences if one.value), key=lambda one: one.value)
    return Comparison(other, not entry.rank, differences)
