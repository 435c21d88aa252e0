"""When a record counts: not as long as one party alone says so.

A record is established by a source, by an administrator or an analyst who recorded it, by an administrator who verified
it, or by the other party's word, as long as one of the two organisations that stand behind it is verified. Until then
its status is `ASSERTED`, which no list, figure or model reads. It is undone by a correction of one party only.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext

from accounts.audit import log_change
from accounts.models import User
from companies.models import Company
from deals import notices
from deals.models import Deal, Listing, PipelineCard, deal_established
from deals.models.standing import ASSERTED, REPORTED
from investors.models import Investor


def by_recording(user: User) -> dict:
    """The fields that say whether what `user` records, or corrects, counts from now on."""
    now = timezone.now()
    if user.is_analyst:
        return {"status": REPORTED, "established_at": now, "known_on": timezone.localdate()}
    return {"status": ASSERTED, "established_at": None, "known_on": timezone.localdate()}


def lock_parties(deals: Iterable[Deal]) -> None:
    """Whoever verifies a party of these deals at this moment queues here: companies first, each in one order."""
    deals = list(deals)
    for model, theirs in (
        (Company, Q(deals__in=deals)),
        (Investor, Q(participations__deal__in=deals)),
    ):
        parties = model.objects.filter(pk__in=model.objects.filter(theirs).order_by().values("pk")).order_by("pk")
        list(parties.select_for_update(no_key=True).values_list("pk", flat=True))


def by_confirmation(deal: Deal, actor: User | None) -> bool:
    """Establish a deal that both sides have confirmed, if one of them is verified. The caller holds `lock_parties`."""
    verified = Q(company__verified_at__isnull=False) | Q(confirming_investor__verified_at__isnull=False)
    asserted = Deal.objects.asserted().confirmed_by_both().filter(pk=deal.pk)
    # By its number: an update does not join.
    return asserted.filter(verified).exists() and _establish(deal, actor)


def by_verification(party: Company | Investor, actor: User | None) -> int:
    """Establish what waited only for `party` to be verified; return how many. The caller holds the party's row."""
    theirs = {"company": party} if isinstance(party, Company) else {"confirming_investor": party}
    waiting = Deal.objects.asserted().confirmed_by_both().filter(**theirs).order_by("pk")
    return sum(_establish(deal, actor) for deal in waiting.select_related("company", "round"))


def _establish(deal: Deal, actor: User | None) -> bool:
    now, before = timezone.now(), {"status": deal.status}
    fields = {"status": REPORTED, "established_at": now, "known_on": timezone.localdate(), "updated_at": now}
    if not Deal.objects.asserted().confirmed_by_both().filter(pk=deal.pk).update(**fields):
        return False
    log_change(deal, before, {"status": REPORTED}, actor)
    deal.refresh_from_db()
    counts(deal, actor)
    notices.established(deal)
    return True


def counts(deal: Deal, actor: User | None) -> None:
    """What a deal moves once it counts: the pipelines of all who took part, and the matches of both sides."""
    PipelineCard.objects.invested(deal, actor)
    deal_established.send(Deal, deal=deal)


@dataclass(frozen=True)
class Missing:
    """What keeps a record from counting. `side` has not confirmed; `unverified` are those of whom one must be verified.

    Both are empty where an administrator alone can establish it.
    """

    side: str = ""
    names: str = ""
    unverified: tuple[Company | Investor, ...] = ()


def missing(record: Deal | Listing) -> Missing | None:
    """Return what is missing to a record that is only asserted; None for any other."""
    if not record.is_asserted:
        return None
    if isinstance(record, Listing):
        return Missing()
    investors = [part.investor for part in record.participations.all()]
    if not record.company_confirmed_at:
        return Missing("company", record.company.name)
    if not investors:
        return Missing()
    if not record.investor_confirmed_at:
        return Missing("investor", pgettext("between the items of a list", ", ").join(one.name for one in investors))
    return Missing(unverified=tuple(filter(None, (record.company, record.confirming_investor))))
