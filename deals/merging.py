"""Two records of one deal are made one, or kept apart, by an administrator; both can be taken back.

Nothing is lost: the record that is dropped stays as it was and leads to the one that is kept, which takes over every
investor, what was confirmed, the introduction and the listing. What stood before is stored with the merger.
"""

from collections.abc import Iterable, Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.errors import ActionError, TooLate
from accounts.models import User
from deals import established, notices
from deals.checks import first_complaint
from deals.comparing import GROUPS, differs, leads_contradict, own_amounts_contradict, parts_of, preferred
from deals.models import Deal, KeptApart, Listing, Merge, Participation


def _administrators_only(user: User) -> None:
    if not user.is_administrator:
        raise PermissionDenied(_("Only administrators merge deals and keep them apart."))


def _open(user: User, *deals: Deal) -> list[Deal]:
    """Return the rows, locked in one order for everybody. Raises `PermissionDenied`, and `TooLate` for a missing one."""
    _administrators_only(user)
    pks = [deal.pk for deal in deals]
    # With those that were merged into them: a merger leads them elsewhere.
    touched = Deal.objects.filter(Q(pk__in=pks) | Q(merged_into__in=pks)).order_by("pk")
    # Parties first, as whoever verifies one of them: what is merged may be established by it.
    established.lock_parties(deals)
    rows = {row.pk: row for row in touched.select_for_update(no_key=True)}
    if not rows.keys() >= set(pks):
        raise TooLate(_("One of the deals was deleted meanwhile."))
    return [rows[pk] for pk in pks]


def seen(*deals: Deal) -> str:
    """A word for what a person looks at: `merge` refuses if it is no longer so."""
    return " ".join(f"{deal.pk}-{deal.updated_at.timestamp()}" for deal in sorted(deals, key=lambda deal: deal.pk))


# --- Kept apart ---------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_apart(user: User, one: Deal, other: Deal) -> KeptApart:
    """Say that two deals are not one: they are not offered as duplicates again. Saying it twice changes nothing."""
    rows = sorted(_open(user, one, other), key=lambda row: row.pk)
    if rows[0] == rows[1]:
        raise ActionError(_("A deal is no duplicate of itself."), "same")
    if not all(row.is_present for row in rows):
        raise TooLate(_("One of the two no longer counts. Below is how they stand."))
    return KeptApart.objects.get_or_create(first=rows[0], second=rows[1], defaults={"decided_by": user})[0]


@transaction.atomic
def no_longer_apart(user: User, one: Deal, other: Deal) -> None:
    """Take `keep_apart` back: the pair is offered again if enough speaks for it."""
    rows = sorted(_open(user, one, other), key=lambda row: row.pk)
    # Row by row, for the audit record.
    for pair in KeptApart.objects.filter(first=rows[0], second=rows[-1]):
        pair.delete()


# --- Merged -------------------------------------------------------------------------------------------------------


@transaction.atomic
def merge(user: User, keep: Deal, drop: Deal, choices: Mapping[str, int] | None = None, as_seen: str = "") -> Merge:
    """Make one of two deals that nobody took out; `choices` names for a code of `deals.comparing.Line` whose word is kept.

    A group of fields without a choice takes the preferred word; where an investor's part is told differently, somebody
    must choose. `as_seen` is what `seen` gave for the page. Raises `ActionError` and changes nothing where a part, an
    objection or a listing would be lost, `TooLate` where one of the two was changed or left meanwhile.
    """
    kept, dropped = _open(user, keep, drop)
    choices = dict(choices or {})
    if kept == dropped:
        raise ActionError(_("A deal is no duplicate of itself."), "same")
    if not kept.is_present or not dropped.is_present or (as_seen and as_seen != seen(kept, dropped)):
        raise TooLate(_("One of the two was changed meanwhile. Below is how they stand."))
    if not set(choices.values()) <= {kept.pk, dropped.pk}:
        raise ActionError(_("Choose one of the two deals."), "choice")
    _refuse_loss(kept, dropped)
    before = {"kept": state(kept), "dropped": state(dropped)}
    parts = _united(kept, dropped, choices)
    secret = _keeps_parts_secret(kept) or _keeps_parts_secret(dropped)
    _take_particulars(user, kept, dropped, choices)
    _refuse_misplaced(kept, dropped, secret)
    told = {person.pk: person for person in [*notices.parties(kept), *notices.parties(dropped)]}.values()
    _drop(dropped, kept)
    try:
        kept.full_clean()
    except ValidationError as error:
        raise first_complaint(error) from error
    kept.save()
    for part in parts:
        part.save()
    established.by_confirmation(kept, user)
    merger = Merge.objects.create(
        kept=kept,
        dropped=dropped,
        before=before,
        after={"kept": state(kept), "dropped": state(dropped)},
        decided_by=user,
    )
    notices.deals_merged(merger, user, told)
    return merger


def _refuse_loss(kept: Deal, dropped: Deal) -> None:
    first, second = sorted((kept.pk, dropped.pk))
    if KeptApart.objects.filter(first=first, second=second).exists():
        raise ActionError(_("These two were kept apart. Take that back first."), "kept_apart")
    for deal in (kept, dropped):
        if deal.is_disputed:
            message = _("A party objects to #%(number)d: verify it or reject it first.")
            raise ActionError(message, "disputed", params={"number": deal.pk})
    if _listing_of(kept) and _listing_of(dropped):
        raise ActionError(_("Each of the two is the offering of a listing: one would be lost."), "two_listings")


def _united(kept: Deal, dropped: Deal, choices: Mapping[str, int]) -> list[Participation]:
    """The parts of `kept` that are new or differ once those of `dropped` are taken in."""
    ours, changed = parts_of(kept), []
    for pk, part in parts_of(dropped).items():
        mine = ours.get(pk)
        if mine is None:
            fields = {name: getattr(part, name) for name in ("is_lead", "own_amount", "own_currency_id")}
            changed.append(Participation(deal=kept, investor_id=pk, recorded_at=part.recorded_at, **fields))
            continue
        stood = (mine.is_lead, mine.own_amount, mine.own_currency_id)
        if _taken(leads_contradict(mine, part), f"lead-{pk}", choices, part, mine.is_lead is None):
            mine.is_lead = part.is_lead
        if _taken(own_amounts_contradict(mine, part), f"own-{pk}", choices, part, mine.own_amount is None):
            mine.own_amount, mine.own_currency_id = part.own_amount, part.own_currency_id
        if stood != (mine.is_lead, mine.own_amount, mine.own_currency_id):
            changed.append(mine)
    return changed


def _taken(contradict: bool, code: str, choices: Mapping[str, int], part: Participation, is_empty: bool) -> bool:
    """Whether the word of the dropped deal is taken over. Raises `ActionError` where nobody has chosen."""
    if not contradict:
        return is_empty
    if code not in choices:
        message = _("%(name)s: the two records contradict each other. Choose which one is right.")
        raise ActionError(message, "choose", code, {"name": part.investor.name})
    return choices[code] == part.deal_id


def _take_particulars(user: User, kept: Deal, dropped: Deal, choices: Mapping[str, int]) -> None:
    chosen = {
        group: choices.get(group, preferred(kept, dropped, group).pk)
        for group in GROUPS
        if differs(kept, dropped, group)
    }
    for group, pk in chosen.items():
        if pk == dropped.pk:
            for name in (*GROUPS[group][0], *GROUPS[group][1]):
                setattr(kept, name, getattr(dropped, name))
    kept.company_confirmed_at = kept.company_confirmed_at or dropped.company_confirmed_at
    if not kept.investor_confirmed_at:
        kept.investor_confirmed_at = dropped.investor_confirmed_at
        kept.confirming_investor = dropped.confirming_investor
    if kept.is_asserted and dropped.is_standing:
        # From today, as with what is verified: for the days before it is the dropped record that counts.
        kept.status, kept.established_at, kept.known_on = Deal.Status.REPORTED, timezone.now(), timezone.localdate()
    if Deal.Status.VERIFIED in (kept.status, dropped.status):
        kept.status = Deal.Status.VERIFIED
    if kept.status == Deal.Status.VERIFIED and not kept.verified_at:
        # Not since the day of the dropped record: for the days before today it is that one that counts as verified.
        kept.verified_at, kept.verified_by = timezone.now(), user


def _keeps_parts_secret(deal: Deal) -> bool:
    known = deal.participations.filter(own_amount__isnull=False)
    return deal.amount_audience == Deal.Audience.PARTIES and known.exists()


def _refuse_misplaced(kept: Deal, dropped: Deal, secret: bool) -> None:
    """What hangs on the deal must still fit it, and no own part that was kept to the parties may become public."""
    if secret and kept.amount_audience == Deal.Audience.EVERYONE:
        raise ActionError(
            _("An investor's own part is kept to the parties: choose the amount that is kept to them."),
            "audience",
            "amount",
        )
    for deal in (kept, dropped):
        listing, introduction = _listing_of(deal), deal.introduction
        if listing and (listing.company_id, Deal.Kind.IPO) != (kept.company_id, kept.kind):
            message = _("#%(number)d is the offering of a listing, which the merged deal would not fit.")
            raise ActionError(message, "listing_of_others", params={"number": deal.pk})
        if introduction and introduction.company_id != kept.company_id:
            message = _("#%(number)d came out of an introduction of another company.")
            raise ActionError(message, "introduction_of_others", params={"number": deal.pk})


def _drop(dropped: Deal, kept: Deal) -> None:
    """Let `dropped` lead to `kept`, with what led to it before, and hand over its introduction and listing."""
    # Of two introductions each stays with its record; both lead to the deal that is kept.
    if dropped.introduction_id and not kept.introduction_id:
        kept.introduction_id, dropped.introduction_id = dropped.introduction_id, None
    left_at = timezone.now() if dropped.is_standing else None
    dropped.status, dropped.merged_into, dropped.left_at = Deal.Status.MERGED, kept, left_at
    dropped.save()
    if listing := _listing_of(dropped):
        listing.offering = kept
        listing.save(update_fields=["offering", "updated_at"])
    _lead(dropped.merged.values_list("pk", flat=True), kept)


def _lead(pks: Iterable[int], target: Deal) -> None:
    for row in Deal.objects.filter(pk__in=list(pks)):
        row.merged_into = target
        row.save(update_fields=["merged_into", "updated_at"])


def _listing_of(deal: Deal) -> Listing | None:
    return Listing.objects.present().filter(offering=deal).first()


def of_dropped(user: User, deal: Deal) -> Merge:
    """Return the merger by which `deal` was dropped. Raises `PermissionDenied`, or `TooLate` where none stands."""
    _administrators_only(user)
    merger = Merge.objects.standing().filter(dropped=deal).select_related("kept", "dropped").first()
    if not merger:
        raise TooLate(_("This merger was undone meanwhile. Below is how the deals stand."))
    return merger


# --- Undone -------------------------------------------------------------------------------------------------------


def state(deal: Deal) -> dict:
    """All that a merger touches of a deal, as text that JSON holds and `_restore` reads."""
    fields = [field for field in deal._meta.concrete_fields if field.name not in ("id", "updated_at")]
    parts = Participation.objects.filter(deal=deal).order_by("pk")
    own = parts.values_list("pk", "investor", "is_lead", "own_amount", "own_currency")
    return {
        "deal": {
            field.attname: None if getattr(deal, field.attname) is None else field.value_to_string(deal)
            for field in fields
        },
        "parts": [[pk, investor, lead, None if own is None else str(own), cur] for pk, investor, lead, own, cur in own],
        "listing": Listing.objects.present().filter(offering=deal).values_list("pk", flat=True).first(),
        "merged": list(deal.merged.order_by("pk").values_list("pk", flat=True)),
    }


def changed_since(merger: Merge) -> list[str]:
    """What was changed since the merger, by name; it is undone only if nothing was."""
    changed = []
    for side, deal in (("kept", merger.kept), ("dropped", merger.dropped)):
        then, now = merger.after[side], state(deal)
        changed += [name for name, value in now["deal"].items() if then["deal"].get(name) != value]
        changed += [part for part in ("parts", "listing", "merged") if then[part] != now[part]]
    return [_name_of(name) for name in dict.fromkeys(changed)]


def _name_of(name: str) -> str:
    known = {"parts": _("Investors"), "listing": _("Listing"), "merged": _("merged records")}
    if name in known:
        return known[name]
    field = next(field for field in Deal._meta.concrete_fields if field.attname == name)
    return str(field.verbose_name)


@transaction.atomic
def undo(user: User, merger: Merge) -> Merge:
    """Make two deals of one again, each as it was.

    Raises `TooLate` where it was undone before, `ActionError` where one of the two was changed since.
    """
    kept, dropped = _open(user, merger.kept, merger.dropped)
    row = Merge.objects.select_for_update(no_key=True).get(pk=merger.pk)
    if row.undone_at:
        raise TooLate(_("This merger was undone meanwhile. Below is how the deals stand."))
    row.kept, row.dropped = kept, dropped
    if changed := changed_since(row):
        message = _("The merger cannot be undone: since then was changed %(what)s.")
        raise ActionError(
            message, "changed_since", params={"what": pgettext("between the items of a list", ", ").join(changed)}
        )
    # First the deal that gives back what it took over: an introduction belongs to one at a time.
    _restore(kept, row.before["kept"])
    _restore(dropped, row.before["dropped"])
    if offering := row.before["dropped"]["listing"]:
        listing = Listing.objects.get(pk=offering)
        listing.offering = dropped
        listing.save(update_fields=["offering", "updated_at"])
    _lead(row.before["dropped"]["merged"], dropped)
    row.undone_at, row.undone_by = timezone.now(), user
    row.save(update_fields=["undone_at", "undone_by"])
    notices.merger_undone(row, user)
    return row


def _restore(deal: Deal, before: dict) -> None:
    for field in deal._meta.concrete_fields:
        if field.attname in before["deal"]:
            setattr(deal, field.attname, field.to_python(before["deal"][field.attname]))
    deal.save()
    parts = {pk: own for pk, *own in before["parts"]}
    for part in deal.participations.all():
        if part.pk not in parts:
            part.delete()
            continue
        _investor, lead, own, currency = parts[part.pk]
        own = part._meta.get_field("own_amount").to_python(own)
        if (part.is_lead, part.own_amount, part.own_currency_id) != (lead, own, currency):
            part.is_lead, part.own_amount, part.own_currency_id = lead, own, currency
            part.save()
