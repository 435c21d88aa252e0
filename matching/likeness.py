"""Who is like a company or an institution, and why; each reason can be checked in the records.

The running model says who is; without one, or of whom it does not know yet, the records do: those that share fields and
parties of deals.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.models import Company, CompanyCategory
from deals.models import Deal, Participation
from investors.models import Investor, Thesis
from matching import artefacts, neighbours, reading
from matching.wording import comma
from taxonomy.models import Category
from taxonomy.names import fold, has_han, is_chinese

SHOWN = 5
# Some are not shown to every reader, or not any more.
_ASKED = 40
# Of so many of a field the records are looked through, where no model has run.
_LOOKED_THROUGH = 500
NAMED = 3


@dataclass(frozen=True)
class Reason:
    """A sentence; `address` leads to where it can be checked, where that is not the two profiles."""

    text: str
    address: str = ""


@dataclass(frozen=True)
class Alike:
    party: Company | Investor
    reasons: list[Reason]


@lru_cache(maxsize=2)
def _known(name: str, signature: str, side: type) -> neighbours.Neighbours:
    artefact = artefacts.load(name, signature)
    learn = neighbours.companies if side is Company else neighbours.investors
    return learn(artefact.market, artefact.matcher.text_)


def _of_the_model(party) -> neighbours.Neighbours | None:
    run = reading.published_run()
    if run is None:
        return None
    try:
        return _known(run.artefact, run.artefact_hash, type(party))
    except artefacts.ArtefactError:
        return None


def _nearest(party: Company | Investor) -> list[int]:
    known = _of_the_model(party)
    if known is not None:
        try:
            return known.nearest(party.pk, _ASKED)
        except KeyError:
            pass
    return _by_the_records(party, None)[:_ASKED]


def ranked(party: Company | Investor, others: list[int]) -> list[int]:
    """`others`, companies or institutions as `party` is one, the most like it first; itself before all."""
    known, scores = _of_the_model(party), {}
    if known is not None:
        try:
            ids, likeness = known.likeness(party.pk, others)
            scores = dict(zip(ids.tolist(), likeness.tolist(), strict=True))
        except KeyError:
            pass
    if not scores:
        scores = {pk: -place for place, pk in enumerate(_by_the_records(party, others))}
    lowest = min(scores.values(), default=0) - 1
    return sorted(others, key=lambda pk: (pk != party.pk, -scores.get(pk, lowest)))


def _by_the_records(party, among: list[int] | None) -> list[int]:
    """Those that share most fields and parties of deals with one, as far as everybody may know it."""
    shared: Counter = Counter()
    standing = Participation.objects.filter(deal__in=Deal.objects.standing())
    if isinstance(party, Company):
        own = CompanyCategory.objects.filter(company=party).values("category")
        others = CompanyCategory.objects.filter(category__in=own).exclude(company=party)
        links = others.order_by("-company").values_list("company", flat=True)
        met = standing.filter(investor__in=standing.filter(deal__company=party).values("investor"))
        deals = met.exclude(deal__company=party).values_list("deal__company", "investor").distinct()
    else:
        own = Category.objects.filter(wanted_by__in=Thesis.objects.active().filter(investor=party))
        others = Thesis.objects.active().filter(categories__in=own).exclude(investor=party)
        links = others.order_by("-investor").values_list("investor", flat=True)
        met = standing.filter(deal__company__in=standing.filter(investor=party).values("deal__company"))
        deals = met.exclude(investor=party).values_list("investor", "deal__company").distinct()
    if among is not None:
        side = "company" if isinstance(party, Company) else "investor"
        links = links.filter(**{f"{side}__in": among})
        deals = deals.filter(**{"deal__company__in" if side == "company" else "investor__in": among})
    shared.update(links[:_LOOKED_THROUGH])
    shared.update(pk for pk, _other in deals[:_LOOKED_THROUGH])
    return sorted(shared, key=lambda pk: (-shared[pk], -pk))


def alike(party: Company | Investor, user, shown: int = SHOWN) -> list[Alike]:
    """The parties most like one that `user` may see, each with at least one reason."""
    nearest = _nearest(party)
    visible = type(party).objects.visible_to(user).filter(pk__in=nearest).for_list().in_bulk()
    # Some have nothing in common that may be said.
    found = [visible[pk] for pk in nearest if pk in visible][: 3 * shown]
    why = reasons(party, found, user)
    return [Alike(one, why[one.pk]) for one in found if why[one.pk]][:shown]


def reasons(party: Company | Investor, others: list, user) -> dict[int, list[Reason]]:
    """What the two have in common, for each of `others`."""
    if isinstance(party, Company):
        return _of_companies(party, others, user)
    return _of_investors(party, others, user)


def _and(names) -> str:
    return comma([*names][:NAMED])


def _partners(parties: list, user) -> dict[int, dict]:
    """By number of a company the investors of its deals, or by that of an institution its companies; each by number."""
    deals = Deal.objects.visible_to(user).standing()
    of_company = isinstance(parties[0], Company) if parties else True
    own, other = ("deal__company", "investor") if of_company else ("investor", "deal__company")
    rows = Participation.objects.filter(deal__in=deals, **{f"{own}__in": [one.pk for one in parties]})
    found: dict[int, dict] = defaultdict(dict)
    pairs = set(rows.order_by().values_list(own, other))
    model = Investor if of_company else Company
    names = model.objects.visible_to(user).in_bulk({pk for _own, pk in pairs})
    for pk, partner in pairs:
        if partner in names:
            found[pk][partner] = names[partner]
    return found


def _of_companies(company: Company, others: list[Company], user) -> dict[int, list[Reason]]:
    partners = _partners([company, *others], user)
    own = {link.category_id for link in company.category_links.all()}
    words = {fold(word): word for word in company.keywords}
    found = {}
    for other in others:
        said = []
        if met := [link.category for link in other.category_links.all() if link.category_id in own]:
            said.append(
                Reason(
                    _("Both in %(fields)s") % {"fields": _and(category.name for category in met)},
                    f"{reverse('companies:list')}?{urlencode({'category': met[0].code})}",
                )
            )
        if met := sorted(partners[company.pk].keys() & partners[other.pk].keys()):
            said.append(_shared_investors([partners[company.pk][pk] for pk in met], other))
        if met := [word for word in other.keywords if fold(word) in words]:
            # Keywords are of two languages, and a reader wants those of one first.
            met.sort(key=lambda word: has_han(word) != is_chinese())
            said.append(Reason(_("Both speak of %(words)s") % {"words": _and(met)}))
        if other.region_id and other.region_id == company.region_id:
            said.append(Reason(_("Both in %(place)s") % {"place": other.region.name}))
        found[other.pk] = said
    return found


def _shared_investors(met: list[Investor], other: Company) -> Reason:
    text = ngettext("%(n)s investor in common: %(names)s", "%(n)s investors in common: %(names)s", len(met))
    return Reason(
        text % {"n": len(met), "names": _and(one.name for one in met)},
        f"{reverse('deals:list')}?{urlencode({'company': other.pk})}",
    )


def _of_investors(investor: Investor, others: list[Investor], user) -> dict[int, list[Reason]]:
    partners = _partners([investor, *others], user)
    wanted, invested = _wanted([investor, *others]), _invested(partners)
    found = {}
    for other in others:
        said = []
        if met := sorted(partners[investor.pk].keys() & partners[other.pk].keys()):
            text = ngettext("%(n)s company in common: %(names)s", "%(n)s companies in common: %(names)s", len(met))
            names = _and(partners[investor.pk][pk].name for pk in met)
            address = f"{reverse('deals:list')}?{urlencode({'investor': other.pk, 'beside': investor.pk})}"
            said.append(Reason(text % {"n": len(met), "names": names}, address))
        if met := [name for pk, name in wanted[investor.pk].items() if pk in wanted[other.pk]]:
            said.append(Reason(_("Both look for %(fields)s") % {"fields": _and(met)}))
        if not said and (met := invested[investor.pk] & invested[other.pk]):
            said.append(Reason(_("Both invested in %(fields)s") % {"fields": _and(sorted(one.name for one in met))}))
        if other.type == investor.type != Investor.Type.UNKNOWN:
            said.append(Reason(_("Both: %(type)s") % {"type": other.get_type_display()}))
        found[other.pk] = said
    return found


def _invested(partners: dict[int, dict]) -> dict[int, set[Category]]:
    """The primary fields of the companies of each."""
    companies = {pk for own in partners.values() for pk in own}
    links = CompanyCategory.objects.filter(company__in=companies, is_primary=True).values_list("company", "category")
    field, rows = dict(links), Category.objects.in_bulk({category for _company, category in links})
    return defaultdict(set, {one: {rows[field[pk]] for pk in own if pk in field} for one, own in partners.items()})


def _wanted(investors: list[Investor]) -> dict[int, dict[int, str]]:
    found: dict[int, dict[int, str]] = defaultdict(dict)
    rows = Thesis.objects.active().filter(investor__in=[one.pk for one in investors]).prefetch_related("categories")
    for thesis in rows:
        found[thesis.investor_id].update({category.pk: category.name for category in thesis.categories.all()})
    return found
