"""What readers see of the published run."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.utils import timezone

from companies.models import Company
from deals.models import Block, Deal, Introduction, Participation, PipelineCard, Side
from investors.models import Investor
from matching import evidence
from matching.models import Feedback, ModelRun, Publication, RecommendationList, Refresh
from matching.training import TO_INVESTORS, TO_RAISES


def published_run() -> ModelRun | None:
    publication = Publication.objects.select_related("run").first()
    return publication.run if publication else None


def readable(queryset, user):
    """The companies or institutions whose recommendations `user` may read: one's own, and all to administrators."""
    return queryset.all() if user.is_administrator else queryset.of(user)


@dataclass
class Entry:
    """One recommendation as a reader sees it: the other party, why, and what the reader answered."""

    target: Company | Investor
    rank: int
    score: float
    factors: dict[str, float]
    feedback: Feedback | None = None
    reasons: list = field(default_factory=list)
    # What stands between the two: a request that waits, or an introduction.
    introduction: Introduction | None = None
    # What it has in common with the party that the list is ordered by (`matching.likeness.Reason`).
    common: list = field(default_factory=list)
    # Whether somebody of the other party is here; else an administrator passes a request on.
    has_joined: bool = True
    # Where the company stands in the institution's pipeline.
    card: PipelineCard | None = None

    @property
    def highlights(self):
        return evidence.highlights(self.reasons)

    @property
    def scale(self) -> float:
        """The largest contribution, by which bars are drawn."""
        return max((abs(reason.contribution) for reason in self.reasons if reason.factor != "base"), default=1) or 1


@dataclass
class Feed:
    """The recommendations of one company or institution.

    `run` is None before the first publication; `is_behind` tells that a change is still being matched.
    """

    subject: Company | Investor
    side: str
    run: ModelRun | None
    entries: list[Entry]
    is_behind: bool
    updated_at: datetime | None
    # The score that a newcomer must pass.
    floor: float = float("-inf")

    @property
    def is_learned(self) -> bool:
        """Whether there were deals enough to learn the order from; else popularity and likeness order by fixed weights."""
        direction = TO_INVESTORS if self.side == Side.COMPANY else TO_RAISES
        return not self.run.figures.get("fallback", {}).get(direction)

    @property
    def is_stuck(self) -> bool:
        """Whether changes wait for the next run, because the model of the one that is shown cannot be opened."""
        return bool(self.run and self.run.error)

    @property
    def is_of_earlier_day(self) -> bool:
        """Whether the run looks at a day on which there was nothing yet to match this reader by."""
        if self.run is None or self.updated_at is not None:
            return False
        if self.side == Side.COMPANY:
            return self.subject.open_raise is not None and self.subject.open_raise.opened_on > self.run.as_of
        deals = Participation.objects.filter(investor=self.subject, deal__in=Deal.objects.standing())
        if self.subject.theses.active().exists():
            return self.run.as_of < timezone.localdate()
        return deals.exists() and not deals.filter(deal__known_on__lte=self.run.as_of).exists()

    def open(self) -> list[Entry]:
        """What the reader has not passed or hidden."""
        settled = (Feedback.Kind.PASSED, Feedback.Kind.HIDDEN)
        return [entry for entry in self.entries if not entry.feedback or entry.feedback.kind not in settled]

    def saved(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.feedback and entry.feedback.kind == Feedback.Kind.SAVED]

    @cached_property
    def _passed(self) -> list[Feedback]:
        key = "company" if self.side == Side.COMPANY else "investor"
        return list(
            Feedback.objects.filter(**{key: self.subject}, side=self.side)
            .exclude(kind=Feedback.Kind.SAVED)
            .select_related("company", "investor")
            .order_by("-created_at")
        )

    def answered(self) -> list[Entry]:
        """What the reader has passed or hidden, newest first. They are no longer recommended, so they have no rank."""
        return [
            Entry(said.investor if self.side == Side.COMPANY else said.company, 0, 0.0, {}, said)
            for said in self._passed
        ]

    def entry(self, target: Company | Investor) -> Entry | None:
        """Return what is said of one party, or None where it is not recommended (any more)."""
        found = next((entry for entry in self.entries if entry.target.pk == target.pk), None)
        return self.shown([found])[0] if found else None

    def shown(self, entries: list[Entry]) -> list[Entry]:
        """Return some entries as a page shows them: with reasons, and with what stands between the two parties."""
        entries = self.with_reasons(entries)
        standing = self.introductions(entries)
        joined = set(self._joined(entries))
        for entry in entries:
            entry.introduction = standing.get(entry.target.pk)
            entry.has_joined = entry.target.pk in joined
        if self.side == Side.INVESTOR:
            cards = PipelineCard.objects.filter(investor=self.subject, company__in=[one.target.pk for one in entries])
            in_pipeline = {card.company_id: card for card in cards}
            for entry in entries:
                entry.card = in_pipeline.get(entry.target.pk)
        return entries

    def _joined(self, entries: list[Entry]):
        """Numbers of the parties for which somebody here can answer."""
        model = Investor if self.side == Side.COMPANY else Company
        found = model.objects.filter(pk__in=[entry.target.pk for entry in entries], memberships__isnull=False)
        return found.order_by().values_list("pk", flat=True)

    def introductions(self, entries: list[Entry]) -> dict[int, Introduction]:
        """What stands between the reader and the parties of some entries, by the number of the party."""
        own, other = ("company", "investor") if self.side == Side.COMPANY else ("investor", "company")
        between = Introduction.objects.filter(
            **{own: self.subject, f"{other}__in": [entry.target.pk for entry in entries]},
            status__in=[Introduction.Status.ASKED, Introduction.Status.ACCEPTED],
        )
        return {getattr(row, f"{other}_id"): row for row in between.order_by("pk")}

    def with_reasons(self, entries: list[Entry]) -> list[Entry]:
        """Fill in the reasons of some entries: one look at the records for all of them."""
        return evidence.attach(self.subject, self.side, [*entries])


def for_company(company: Company) -> Feed:
    """Return what the published run recommends to a company."""
    return _feed(company, Side.COMPANY, Investor.objects.published().for_list())


def for_investor(investor: Investor) -> Feed:
    """Return what the published run recommends to an institution."""
    return _feed(investor, Side.INVESTOR, Company.objects.published().for_list())


def _feed(subject, side: str, targets) -> Feed:
    key = "company" if side == Side.COMPANY else "investor"
    run = published_run()
    stored = RecommendationList.objects.filter(run=run, **{key: subject}).first() if run else None
    items = stored.items if stored else []
    found = targets.in_bulk([item["id"] for item in items])
    other = "investor_id" if side == Side.COMPANY else "company_id"
    said = {getattr(row, other): row for row in Feedback.objects.filter(**{key: subject}, side=side)}
    known = set(
        Participation.objects.filter(deal__in=Deal.objects.standing(), investor=subject).values_list(
            "deal__company", flat=True
        )
        if side == Side.INVESTOR
        else Participation.objects.filter(deal__in=Deal.objects.standing(), deal__company=subject).values_list(
            "investor", flat=True
        )
    )
    # Whoever keeps the other away goes at once, and not with the next refresh.
    known |= set(Block.objects.filter(**{key: subject}).values_list(other, flat=True))
    kept = [item for item in items if item["id"] in found and item["id"] not in known]
    entries = [
        Entry(found[item["id"]], rank, item["score"], item["factors"], said.get(item["id"]))
        for rank, item in enumerate(kept, start=1)
    ]
    return Feed(
        subject=subject,
        side=side,
        run=run,
        entries=entries,
        is_behind=Refresh.objects.filter(**{key: subject}).exists(),
        updated_at=stored.updated_at if stored else None,
        floor=stored.floor if stored else float("-inf"),
    )


def _source_ids(model) -> dict[int, str]:
    return {pk: ref or str(pk) for pk, ref in model.objects.values_list("pk", "source_ref")}


def _invested() -> set[tuple[int, int]]:
    rows = Participation.objects.filter(deal__in=Deal.objects.standing()).values_list("deal__company", "investor")
    return set(rows)


def pairs_for_companies(run: ModelRun, top: int) -> Iterator[tuple[str, str, int, float]]:
    """Yield (company id, investor id, rank from 1, score) under the source's ids, best first in each company."""
    return _pairs(run, "company", top, _source_ids(Company), _source_ids(Investor))


def pairs_for_investors(run: ModelRun, top: int) -> Iterator[tuple[str, str, int, float]]:
    """Yield (investor id, company id, rank from 1, score) under the source's ids, best first in each investor."""
    return _pairs(run, "investor", top, _source_ids(Investor), _source_ids(Company))


def _pairs(run, column: str, top: int, subjects: dict[int, str], targets: dict[int, str]):
    known = _invested()
    lists = RecommendationList.objects.filter(run=run, **{f"{column}__isnull": False})
    for subject, items in lists.order_by(column).values_list(column, "items").iterator(chunk_size=500):
        rank = 0
        for target, score in zip(items.ids.tolist(), items.scores.tolist(), strict=True):
            pair = (subject, target) if column == "company" else (target, subject)
            # A deal may have been recorded since the run was made.
            if pair in known or target not in targets:
                continue
            rank += 1
            if rank > top:
                break
            yield subjects[subject], targets[target], rank, score
