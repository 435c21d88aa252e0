"""What a pass would change in the reader's own list, said before it is made.

The same likeness that an answer teaches by (`matching.answers`), asked of what is on the list. Amounts that the reader may
not read are not compared.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.models import Company
from deals.models import PassReason, Side
from investors.models import Investor
from matching import answers, datasets, evidence, reading
from matching import market as m
from matching import profiles as p
from matching.wording import comma
from taxonomy import display

NAMED = 3


@dataclass
class Consequence:
    """What passing on `target` for one `reason` would do: `lower` are the others of the list that move down by it."""

    target: Company | Investor
    side: str
    reason: str
    lower: list

    @property
    def text(self) -> str:
        if self.reason in answers.SILENT:
            return _("This reason says nothing about others: the rest of your list stays as it is.")
        if not self.lower:
            return _("Nothing else on your list shares it: the rest stays as it is.")
        wording = _of_companies if self.side == Side.INVESTOR else _of_institutions
        said = wording(answers.BLAMED.get(self.reason, answers.WHOLE), len(self.lower)) % {
            "n": len(self.lower),
            "value": self._value,
        }
        names = comma(one.name for one in self.lower[:NAMED])
        if len(self.lower) > NAMED:
            return display.sentences(said, _("Among them: %(names)s.") % {"names": names})
        return display.sentences(said, _("That is: %(names)s.") % {"names": names})

    @cached_property
    def _value(self) -> str:
        """What the reason blames, by its name."""
        target = self.target
        asked = target.open_raise if isinstance(target, Company) else None
        return {
            PassReason.CATEGORY: getattr(getattr(target, "primary_category", None), "name", ""),
            PassReason.ROUND: asked.round.name if asked else "",
            PassReason.PLACE: target.region.name if target.region else "",
        }.get(self.reason, "")


def _of_companies(aspect: str, n: int) -> str:
    return {
        p.CATEGORY: ngettext(
            "%(n)s company of %(value)s on your list would move down.",
            "%(n)s companies of %(value)s on your list would move down.",
            n,
        ),
        p.ROUND: ngettext(
            "%(n)s company that raises at %(value)s on your list would move down.",
            "%(n)s companies that raise at %(value)s on your list would move down.",
            n,
        ),
        p.PLACE: ngettext(
            "%(n)s company in %(value)s on your list would move down.",
            "%(n)s companies in %(value)s on your list would move down.",
            n,
        ),
        p.TICKET: ngettext(
            "%(n)s company that asks for a like amount on your list would move down.",
            "%(n)s companies that ask for a like amount on your list would move down.",
            n,
        ),
    }.get(aspect) or ngettext(
        "%(n)s company of your list that has something in common with this one would move down a little.",
        "%(n)s companies of your list that have something in common with this one would move down a little.",
        n,
    )


def _of_institutions(aspect: str, n: int) -> str:
    return {
        p.CATEGORY: ngettext(
            "%(n)s institution of the same fields on your list would move down.",
            "%(n)s institutions of the same fields on your list would move down.",
            n,
        ),
        p.ROUND: ngettext(
            "%(n)s institution of the same rounds on your list would move down.",
            "%(n)s institutions of the same rounds on your list would move down.",
            n,
        ),
        p.PLACE: ngettext(
            "%(n)s institution of the same places on your list would move down.",
            "%(n)s institutions of the same places on your list would move down.",
            n,
        ),
        p.TICKET: ngettext(
            "%(n)s institution with a like ticket on your list would move down.",
            "%(n)s institutions with a like ticket on your list would move down.",
            n,
        ),
    }.get(aspect) or ngettext(
        "%(n)s institution of your list that has something in common with this one would move down a little.",
        "%(n)s institutions of your list that have something in common with this one would move down a little.",
        n,
    )


def of_passing(feed: reading.Feed, target: Company | Investor) -> dict[str, Consequence]:
    """What a pass on `target` would do to `feed`, by reason."""
    shared = _shared(feed, target)
    return {
        reason: Consequence(target, feed.side, reason, _lower(feed, reason, shared)) for reason in PassReason.values
    }


def _lower(feed: reading.Feed, reason: str, shared: dict[int, tuple[str, ...]]) -> list:
    """The open entries that share what `reason` blames, in the order of the list; all that is shared, where it blames none."""
    if reason in answers.SILENT:
        return []
    blamed = answers.BLAMED.get(reason)
    found = [entry.target for entry in feed.open() if shared.get(entry.target.pk)]
    return [one for one in found if blamed in shared[one.pk]] if blamed else found


def _shared(feed: reading.Feed, target: Company | Investor) -> dict[int, tuple[str, ...]]:
    """Number of another on the list → the aspects in which it agrees with `target`."""
    others = [entry.target.pk for entry in feed.open() if entry.target.pk != target.pk]
    if not others:
        return {}
    everybody, own = [*others, target.pk], [feed.subject.pk]
    companies, investors = (own, everybody) if feed.side == Side.COMPANY else (everybody, own)
    tomorrow = timezone.localdate() + timedelta(days=1)
    market = evidence.as_shown_to(feed.subject, feed.side, datasets.around(companies, investors, tomorrow))
    if feed.side == Side.COMPANY:
        kinds = answers.investor_values(market)
        mine, theirs = (kinds[kinds[answers.ROW].isin(ids)] for ids in ([target.pk], others))
        return answers.shared(theirs, mine, answers.countries(market))
    raises = p.raise_profiles(market)
    values = answers.raise_values(raises.reset_index(drop=True))
    company = raises[m.COMPANY].to_numpy()[values[answers.ROW].to_numpy()]
    found = answers.shared(values[company != target.pk], values[company == target.pk])
    return {int(raises[m.COMPANY].iloc[row]): aspects for row, aspects in found.items()}
