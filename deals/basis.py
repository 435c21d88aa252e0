"""What a record rests on, in words: who said it, who confirmed it, who checked it, and how exactly it is known."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from deals.actions import side_of, speaks_for
from deals.models import Deal, Listing, Side
from taxonomy.facts import AmountKind


@dataclass(frozen=True)
class Basis:
    """`headline` says it in a sentence, `recorded_as` for whom the record was made, `exactness` part by part."""

    headline: str
    recorded_as: str
    exactness: list[str]


def of_deal(deal: Deal, amount_shown: bool) -> Basis:
    exactness = [_date(deal.get_announced_precision_display())]
    if amount_shown:
        kind = AmountKind(deal.amount_kind).label
        exactness.append(pgettext("how exact", "Amount: %(kind)s") % {"kind": kind})
    side = side_of(deal.recorded_by, deal) if deal.recorded_by else None
    said = ""
    if deal.is_confirmed_by_both:
        said = _("Start-up and investor say the same. No administrator has checked it yet.")
    elif deal.company_confirmed_at or deal.investor_confirmed_at:
        said = _("One party says so. No administrator has checked it yet.")
    return Basis(_headline(deal, said), _recorded_as(deal, side), exactness)


def of_listing(listing: Listing) -> Basis:
    by = listing.recorded_by
    side = Side.COMPANY if by and speaks_for(by, listing.company) else None
    exactness = [_date(listing.get_listed_precision_display())]
    said = _("The company says so. No administrator has checked it yet.") if listing.company_confirmed_at else ""
    return Basis(_headline(listing, said), _recorded_as(listing, side), exactness)


def _date(precision: str) -> str:
    return pgettext("how exact", "Date: %(precision)s") % {"precision": precision}


def _headline(record: Deal | Listing, said: str) -> str:
    """`said` is what the parties say, as long as no administrator has decided."""
    if not record.is_present:
        return _("It counts nowhere.")
    if record.is_asserted:
        return _("One side says so. It counts nowhere yet.")
    if record.status == Deal.Status.VERIFIED:
        return _("An administrator has checked it.")
    if said:
        return said
    if record.source_id or record.source_url:
        return _("A source says so. Nobody here has checked it yet.")
    return _("Nobody has confirmed it yet.")


def _recorded_as(record: Deal | Listing, side: str | None) -> str:
    if record.recorded_by is None:
        return _("taken over from the source") if record.source_id else ""
    if side:
        return _("for the start-up") if side == Side.COMPANY else _("for an investor")
    return _("as an administrator") if record.recorded_by.is_administrator else ""
