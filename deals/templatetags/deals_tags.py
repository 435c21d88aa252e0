"""What pages show of introductions and deals."""

from django import template
from django.db.models import F
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts import verification
from accounts.models import EDITING
from companies import counts
from companies.models import Company
from deals import conduct, documents, established, partners, review
from deals.forms import ObjectForm, RejectForm
from deals.models import Deal, Document, Introduction, Listing, Side
from deals.statistics import Money
from deals.statistics.claims import FIGURES
from taxonomy import display
from taxonomy.models import Region

register = template.Library()


@register.inclusion_tag("deals/statistics/_stat.html", takes_context=True)
def stat(context, label: str, value: str, note: str, code: str = "", column: str = "", row=None):
    """`{% stat label value note "V1" "events" row %}`: a tile, which opens the records that it counts."""
    address = context["sheet"].link(code, column, row) if row else None
    return {"label": label, "value": value, "note": note, "address": address}


@register.simple_tag
def join_notes(*notes: str) -> str:
    """`{% join_notes first second as note %}`: what is said below a tile, one thing after the other."""
    return " · ".join(notes)


@register.simple_tag(takes_context=True)
def counted(context, code: str, column: str, row) -> str:
    """`{% counted "V8" "funded" row %}`: a count, which opens its records."""
    count = FIGURES[code].column(column).get(row)
    address = context["sheet"].link(code, column, row)
    said = display.count(count)
    return format_html('<a class="plain" href="{}">{}</a>', address, said) if address else said


SHOWN = 12


@register.inclusion_tag("deals/_timeline.html", takes_context=True)
def company_timeline(context, company):
    """`{% company_timeline company %}`: its deals and listings, newest first."""
    user = context["request"].user
    deals = Deal.objects.visible_to(user).filter(company=company)
    total = deals.count()
    return {
        "deals": deals.with_amount_shown(user).for_list()[:SHOWN],
        "company": company,
        "listings": Listing.objects.visible_to(user)
        .present()
        .filter(company=company)
        .select_related("company", "board"),
        "may_record_listing": company.is_edited_by(user),
        "heading": _("Deals"),
        "side": "company",
        "total": total,
        "more": f"{reverse('deals:list')}?company={company.pk}" if total > SHOWN else "",
    }


@register.inclusion_tag("deals/_partners.html", takes_context=True)
def company_investors(context, company):
    """`{% company_investors company %}`: who invested in it, how often and when last."""
    return {"rows": partners.of_company(company, context["request"].user), "side": "company", "party": company}


@register.inclusion_tag("deals/_partners.html", takes_context=True)
def co_investors(context, investor):
    """`{% co_investors investor %}`: with whom it invests, how often and when last."""
    return {"rows": partners.of_investor(investor, context["request"].user), "side": "investor", "party": investor}


@register.inclusion_tag("deals/_documents.html", takes_context=True)
def raise_documents(context, company):
    """`{% raise_documents company %}`: what its raises show to the reader."""
    reader = documents.Reader(context["request"].user, company)
    kept = Document.objects.kept().filter(raise_shown__company=company).select_related("raise_shown")
    return {
        "shown": reader.shown(kept.order_by("raise_shown", "kind", "pk")),
        "is_own": reader.is_own,
        "may_edit": reader.may_edit,
        "open": company.open_raise if reader.may_edit else None,
    }


@register.inclusion_tag("deals/_report_link.html", takes_context=True)
def report_link(context, party, side: str):
    """`{% report_link company "company" %}`: for everybody but its own members."""
    return {"party": party, "side": side, "may": conduct.may_report(context["request"].user, party)}


@register.inclusion_tag("deals/_timeline.html", takes_context=True)
def investor_timeline(context, investor):
    """`{% investor_timeline investor %}`: the deals in which it took part, newest first."""
    user = context["request"].user
    deals = Deal.objects.visible_to(user).filter(participations__investor=investor)
    total = deals.count()
    return {
        "deals": deals.annotate(led=F("participations__is_lead")).with_amount_shown(user).for_list()[:SHOWN],
        "heading": _("Deals"),
        "side": "investor",
        "total": total,
        "more": f"{reverse('deals:list')}?investor={investor.pk}" if total > SHOWN else "",
    }


@register.inclusion_tag("deals/_review.html", takes_context=True)
def review_of(context, record):
    """`{% review_of record %}`: what the reader may say or decide about a deal or a listing.

    Of the page it takes `suspicions` and `changes`, and the `reject_form` or `object_form` that was filled in wrongly.
    """
    request = context["request"]
    user, of = request.user, "deals:" if isinstance(record, Deal) else "deals:listing_"
    verbs = ("confirm", "object", "edit", "withdraw", "verify", "reject", "take_up")
    return {
        "record": record,
        "addresses": {verb: reverse(f"{of}{verb}", args=[record.pk]) for verb in verbs},
        "may_confirm": (side := review.may_confirm(user, record)),
        "may_publish": side == Side.COMPANY and review.keeps_amount(record),
        "may_correct": review.may_correct(user, record),
        "may_object": review.may_object(user, record),
        "may_review": user.is_administrator and record.is_present,
        "may_take_up": review.may_take_up(user, record),
        "sees_objection": record.is_disputed and record.is_open_to(user),
        "reject_form": context.get("reject_form") or RejectForm(record=record),
        "object_form": context.get("object_form") or ObjectForm(),
        "suspicions": context.get("suspicions"),
        "changes": context.get("changes"),
        # Who came from the queue is led back to it.
        "from_queue": "queue" in (request.GET.get("next"), request.POST.get("next")),
    }


@register.inclusion_tag("deals/_missing.html", takes_context=True)
def missing_of(context, record):
    """`{% missing_of record %}`: why a record counts nowhere yet, and who can do something about it."""
    user, missing = context["request"].user, established.missing(record)
    return {
        "missing": missing,
        "verifiable": [
            (party, verification.page_of(party))
            for party in (missing.unverified if missing else ())
            if user.is_administrator or party.has_member(user)
        ],
        "may_review": user.is_administrator,
    }


def _ask_button(context, party, side: str):
    """For a reader who speaks for somebody on the other side: ask, or open what stands between them."""
    user = context["request"].user
    others = user.investor_roles if side == Side.COMPANY else user.company_roles
    standing = None
    if others.exists():
        between = party.introductions.filter(status__in=[Introduction.Status.ASKED, Introduction.Status.ACCEPTED])
        standing = between.involving(user).first() if not party.has_member(user) else None
    return {
        "standing": standing,
        "may_ask": others.filter(role__in=EDITING).exists() and not party.has_member(user),
        "query": f"{side}={party.pk}",
    }


@register.inclusion_tag("deals/_ask_button.html", takes_context=True)
def ask_company(context, company):
    """`{% ask_company company %}`: the button of an investor on a company's page."""
    return _ask_button(context, company, Side.COMPANY)


@register.inclusion_tag("deals/_ask_button.html", takes_context=True)
def ask_investor(context, investor):
    """`{% ask_investor investor %}`: the button of a start-up on an institution's page."""
    return _ask_button(context, investor, Side.INVESTOR)


@register.simple_tag(takes_context=True)
def raising_by_region(context) -> dict[str, int]:
    """`{% raising_by_region as counts %}`: by number of a region how many companies raise in it or in a part of it."""
    raising = Company.objects.visible_to(context["request"].user).raising()
    found = counts.by_region(raising)
    return {str(pk): found[code] for pk, code in Region.objects.filter(code__in=found).values_list("pk", "code")}


@register.filter
def percent(share: float | None) -> str:
    """53.5%; a dash where there is no denominator."""
    return display.DASH if share in (None, "") else f"{100 * share:.1f}%"


@register.filter
def signed_percent(change: float | None) -> str:
    """+12.0%, −30.1%; a dash where there is nothing to compare with."""
    if change in (None, ""):
        return display.DASH
    return f"{'−' if change < 0 else '+'}{abs(100 * change):.1f}%"


@register.simple_tag
def bound(money: Money) -> str:
    """A sum, with ≥ where it leaves something out; a dash where nothing is known."""
    if not money.low:
        return display.DASH if money.events else display.money(0, money.currency)
    return f"{'≥ ' if money.is_bound else ''}{display.money(money.low, money.currency)}"


@register.filter
def item(mapping: dict, key):
    """`{{ names|item:code }}`"""
    return mapping.get(key, key)
