"""Two deals side by side: where they differ, and whose word weighs more.

A word that says nothing gives way; then the verified record, the one that more parties confirmed, the more exact one
and the earlier one go first.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from deals.models import Deal, Participation
from taxonomy import display
from taxonomy.facts import AmountKind, DatePrecision
from taxonomy.models import Round
from taxonomy.templatetags.facts import bare_address

# What is chosen as one: the fields that differ, and those that go along.
GROUPS = {
    "company": (("company_id",), ()),
    "round": (("kind", "round_id"), ("round_label",)),
    "announced": (("announced_on", "announced_precision"), ()),
    "amount": (("amount_kind", "amount_low", "amount_high", "currency_id", "amount_audience"), ("amount_text",)),
    "source_url": (("source_url",), ()),
    "note": (("note",), ()),
}
_EXACTNESS_OF_AMOUNT = {AmountKind.EXACT: 3, AmountKind.RANGE: 2, AmountKind.AT_LEAST: 1, AmountKind.UNDISCLOSED: 0}
_EXACTNESS_OF_DATE = {DatePrecision.DAY: 3, DatePrecision.MONTH: 2, DatePrecision.QUARTER: 1, DatePrecision.YEAR: 0}


@dataclass(frozen=True)
class Line:
    """One row of the comparison. `chosen` is the deal whose word is offered; None where a person has to say."""

    code: str
    label: str
    values: tuple[str, str]
    differs: bool
    chosen: int | None = None


def _says(deal: Deal, group: str) -> bool:
    return {
        "company": True,
        "round": deal.kind != Deal.Kind.VENTURE or deal.round_id != Round.UNKNOWN,
        "announced": True,
        "amount": deal.amount_kind != AmountKind.UNDISCLOSED,
        "source_url": bool(deal.source_url),
        "note": bool(deal.note),
    }[group]


def _exactness(deal: Deal, group: str) -> int:
    if group == "amount":
        return _EXACTNESS_OF_AMOUNT[deal.amount_kind]
    if group == "announced":
        return _EXACTNESS_OF_DATE[deal.announced_precision]
    return int(group == "round" and bool(deal.round and deal.round.order))


def _standing(deal: Deal) -> tuple:
    confirmed = bool(deal.company_confirmed_at) + bool(deal.investor_confirmed_at)
    return deal.status == Deal.Status.VERIFIED, confirmed


def better(one: Deal, other: Deal) -> Deal:
    """Which of the two records is kept unless a person says otherwise."""

    def weight(deal: Deal):
        exactness = sum(_exactness(deal, group) for group in GROUPS)
        return *_standing(deal), bool(deal.introduction_id), exactness, -deal.recorded_at.timestamp(), -deal.pk

    return max(one, other, key=weight)


def preferred(one: Deal, other: Deal, group: str) -> Deal:
    """Whose word in a group of fields goes first."""

    def weight(deal: Deal):
        says, exactness = _says(deal, group), _exactness(deal, group)
        return says, *_standing(deal), exactness, -deal.recorded_at.timestamp(), -deal.pk

    return max(one, other, key=weight)


def differs(one: Deal, other: Deal, group: str) -> bool:
    return any(getattr(one, name) != getattr(other, name) for name in GROUPS[group][0])


def parts_of(deal: Deal) -> dict[int, Participation]:
    return {part.investor_id: part for part in deal.participations.all()}


def leads_contradict(one: Participation | None, other: Participation | None) -> bool:
    """One says that the investor led, the other that it did not. Not known contradicts nothing."""
    return bool(one and other) and {one.is_lead, other.is_lead} == {True, False}


def own_amounts_contradict(one: Participation | None, other: Participation | None) -> bool:
    if not (one and other) or None in (one.own_amount, other.own_amount):
        return False
    return (one.own_amount, one.own_currency_id) != (other.own_amount, other.own_currency_id)


# --- In words -----------------------------------------------------------------------------------------------------


def lines(one: Deal, other: Deal) -> list[Line]:
    """The comparison of two deals as an administrator reads it, particulars first, then each investor's part."""
    particulars = [
        Line(
            group,
            label_of_group(group),
            (word(one, group), word(other, group)),
            differs(one, other, group),
            preferred(one, other, group).pk,
        )
        for group in GROUPS
    ]
    return [*particulars, *_investors(one, other)]


def label_of_group(group: str) -> str:
    """The name of a group of fields."""
    return {
        "company": _("Company"),
        "round": _("Round"),
        "announced": _("Date"),
        "amount": _("Amount"),
        "source_url": _("Address of the source"),
        "note": _("Note"),
    }[group]


def word(deal: Deal, group: str) -> str:
    """What a deal says in a group of fields."""
    if group == "amount":
        kept = deal.amount_audience == Deal.Audience.PARTIES
        said = display.amount(deal.amount)
        return pgettext("amount", "%(amount)s, kept to the parties") % {"amount": said} if kept else said
    return {
        "company": f"{deal.company.name} #{deal.company_id}",
        "round": str(deal.round or deal.get_kind_display()),
        "announced": display.partial_date(deal.announced_on, deal.announced_precision),
        "source_url": bare_address(deal.source_url),
        "note": deal.note,
    }[group]


def _investors(one: Deal, other: Deal) -> list[Line]:
    ours, theirs = parts_of(one), parts_of(other)
    found = []
    for pk in dict.fromkeys([*ours, *theirs]):
        mine, yours = ours.get(pk), theirs.get(pk)
        name = (mine or yours).investor.name
        found.append(Line("", name, (_part(mine), _part(yours)), not (mine and yours)))
        if leads_contradict(mine, yours):
            words = tuple(_("led") if part.is_lead else _("did not lead") for part in (mine, yours))
            found.append(Line(f"lead-{pk}", _("%(name)s: lead") % {"name": name}, words, True))
        if own_amounts_contradict(mine, yours):
            words = tuple(display.money(part.own_amount, part.own_currency_id) for part in (mine, yours))
            found.append(Line(f"own-{pk}", _("%(name)s: own part") % {"name": name}, words, True))
    return found


def _part(part: Participation | None) -> str:
    if part is None:
        return ""
    own = display.money(part.own_amount, part.own_currency_id) if part.own_amount is not None else ""
    role = _("Lead investor") if part.is_lead else _("takes part")
    return f"{role} · {own}" if own else role
