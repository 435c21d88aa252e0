"""What speaks for two deals being one: dates, rounds, investors, amounts, the source. Points, and words for each."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deals import namesakes
from deals.models import Deal, Participation
from taxonomy.amounts import UNDISCLOSED, Amount
from taxonomy.dates import DAY, PartialDate
from taxonomy.models import Round

# How far apart the reports of one deal are dated, at most.
NEAR_DAYS = 45
WEEK = 7
# One company and one round within the days above is a pair; anything less needs more to speak for it.
OFFERED, LIKELY, VERY_LIKELY = 5, 7, 10


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
            "unordered": _("the rounds cannot be put in order"),
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
            return Reason("unstated" if {one.round, other.round} & {None, Round.UNKNOWN} else "unordered", 1)
        return Reason("neighbour", 2) if abs(steps[0] - steps[1]) == 1 else None

    @cached_property
    def namesakes(self) -> dict[int, frozenset[int]]:
        return namesakes.investors()

    def _investors(self, one: Facts, other: Facts) -> Reason | None:
        """Two institutions that share a spelling count as one: which of them is meant is often the import's guess."""
        ours, theirs = self._known_in(one, other), self._known_in(other, one)
        if ours and ours == len(one.investors) and theirs == len(other.investors):
            return Reason("same_investors", 3)
        return Reason("investors", 2, min(ours, theirs)) if ours else None

    def _known_in(self, one: Facts, other: Facts) -> int:
        """How many institutions of one deal take part in the other, by themselves or by one of the same name."""
        return sum(
            investor in other.investors or not other.investors.isdisjoint(self.namesakes.get(investor, ()))
            for investor in one.investors
        )

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
