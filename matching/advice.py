"""What a company or an institution could state that it leaves open, in words and with the way to the form."""

import math
from dataclasses import dataclass

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from deals.models import Side
from investors.models import Investor
from matching import artefacts, datasets, edits
from matching import market as m
from matching.reading import Feed

# The part of a list that an edit is measured on.
FIRST = 10
KEPT_SECONDS = 3600
COMPANY_FIELDS = {
    edits.AMOUNT: (_("the amount that you raise"), "amount_low"),
    edits.ROUND: (_("the round"), "round"),
    edits.CATEGORY: (_("your main category"), "primary"),
    edits.CATEGORIES: (_("further categories"), "further"),
    edits.KEYWORDS: (_("keywords"), "keywords"),
    edits.REGION: (_("your place"), "region"),
    edits.CITY: (_("your city"), "city"),
    edits.FOUNDED_ON: (_("the founding date"), "founded"),
    edits.TEXT: (_("a description"), "description_zh"),
}
OF_THE_RAISE = (edits.AMOUNT, edits.ROUND)
THESIS_FIELDS = {
    edits.ROUNDS: (_("the rounds that you want"), "rounds"),
    edits.TICKET: (_("your ticket"), "ticket_low"),
    edits.REGIONS: (_("the regions that you want"), "regions"),
    edits.KEYWORDS: (_("keywords"), "keywords"),
    edits.TEXT: (_("what you look for, in your own words"), "text"),
    edits.THESIS: (_("a first thesis"), "categories"),
}


@dataclass(frozen=True)
class Advice:
    """A field left open. `gain`: what stating it adds to the score, on average over plausible values (and over the
    pairs, where there are several); `rise`: the share of these values by which the score rises. Both are None where
    nobody like the reader states a value to try.
    """

    field: str
    name: str
    gain: float | None
    rise: float | None
    url: str
    # Which of several theses leaves it open; empty where there is only one.
    thesis: str = ""

    @property
    def helps(self) -> bool:
        """Whether it raises the score on average, by as much as is shown."""
        return self.gain is not None and round(self.gain, 2) > 0


def sorted_out(found: list[Advice]) -> dict[str, list[Advice]]:
    """Return what helps, what does not, and that of which nothing can be said."""
    return {
        "helpful": [one for one in found if one.helps],
        "useless": [one for one in found if one.gain is not None and not one.helps],
        "untold": [one for one in found if one.gain is None],
    }


def for_pair(artefact: artefacts.Artefact, market: m.Market, subject, target, side: str) -> list[Advice]:
    """What would move one match, most first. `market` holds both as they are now; the pair must have a score."""
    others = [target.pk] if side == Side.COMPANY else market.raises.index.tolist()
    return _worded(_edits(artefact, market, subject, side, others), subject, side)


def for_list(feed: Feed) -> list[Advice] | None:
    """What would raise the first ten of a list, most first; None where there is no list to measure it on.

    Raises `artefacts.ArtefactError`. The answer is kept while the list stays as it is.
    """
    entries = feed.open()[:FIRST]
    if feed.run is None or not entries:
        return None
    key = f"matching.advice.{feed.side}.{feed.subject.pk}.{feed.run.pk}.{feed.updated_at.timestamp()}"
    found = cache.get(key)
    if found is None or feed.is_behind:
        found = _for_entries(feed, [entry.target.pk for entry in entries])
        cache.set(key, found, KEPT_SECONDS)
    return _worded(found, feed.subject, feed.side)


def _for_entries(feed: Feed, targets: list[int]) -> list[edits.Edit]:
    artefact = artefacts.load(feed.run.artefact, feed.run.artefact_hash)
    of_company = feed.side == Side.COMPANY
    companies, investors = ([feed.subject.pk], targets) if of_company else (targets, [feed.subject.pk])
    market = datasets.current(artefact.market, feed.run.started_at, timezone.localdate(), companies, investors)
    others = targets if of_company else market.raises.index.tolist()
    return _edits(artefact, market, feed.subject, feed.side, others)


def _edits(artefact, market: m.Market, subject, side: str, others: list[int]) -> list[edits.Edit]:
    if side == Side.COMPANY:
        if not len(market.raises):
            return []
        asked = int(market.raises.index[0])
        fields = dict.fromkeys([*edits.open_fields(market, asked), *_unsaid(subject)])
        found = edits.company_edits(artefact.matcher, market, artefact.market, asked, others, fields)
    else:
        fields = {pk: edits.open_thesis_fields(row) for pk, row in market.theses.iterrows()}
        for thesis in subject.theses.active().filter(text=""):
            # The words of a thesis are those of its title and keywords too.
            fields[thesis.pk] = tuple(dict.fromkeys([*fields.get(thesis.pk, ()), edits.TEXT]))
        found = edits.investor_edits(artefact.matcher, market, artefact.market, subject.pk, others, fields)
    return edits.best_first(found)


def _unsaid(company: Company) -> list[str]:
    """What the frames of the market cannot tell: they know words and categories, not whence."""
    fields = []
    if not (company.description_zh or company.description_en):
        fields.append(edits.TEXT)
    if company.primary_category and not company.further_categories:
        fields.append(edits.CATEGORIES)
    return fields


def _worded(found: list[edits.Edit], subject: Company | Investor, side: str) -> list[Advice]:
    if side == Side.COMPANY:
        return [_of_company(edit, subject) for edit in found]
    theses = {thesis.pk: thesis for thesis in subject.theses.active()}
    return [_of_thesis(edit, subject, theses) for edit in found if edit.thesis is None or edit.thesis in theses]


def _told(edit: edits.Edit) -> tuple[float | None, float | None]:
    return (None, None) if math.isnan(edit.gain) else (edit.gain, edit.rise)


def _of_company(edit: edits.Edit, company: Company) -> Advice:
    name, field = COMPANY_FIELDS[edit.field]
    asked = company.open_raise
    form = (
        reverse("companies:raise_edit", args=[asked.pk])
        if asked and edit.field in OF_THE_RAISE
        else reverse("companies:edit", args=[company.pk])
    )
    return Advice(edit.field, name, *_told(edit), f"{form}#id_{field}")


def _of_thesis(edit: edits.Edit, investor: Investor, theses: dict) -> Advice:
    name, field = THESIS_FIELDS[edit.field]
    form = (
        reverse("investors:thesis_create", args=[investor.pk])
        if edit.thesis is None
        else reverse("investors:thesis_edit", args=[edit.thesis])
    )
    title = theses[edit.thesis].label if edit.thesis is not None and len(theses) > 1 else ""
    return Advice(edit.field, name, *_told(edit), f"{form}#id_{field}", title)
