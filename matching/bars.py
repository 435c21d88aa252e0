"""What forbids that a company and an institution are recommended to each other, as far as the reader may know it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from companies.models import Company
from deals.models import Deal, Side
from investors.models import Investor, Thesis
from matching import market as m
from matching.models import Feedback
from matching.theses import wanted_categories
from matching.wording import Names

NO_RUN, NO_MODEL = "no_run", "no_model"
OWN_UNPUBLISHED, UNPUBLISHED = "own_unpublished", "unpublished"
NO_RAISE, NO_RECORD, INVESTED = "no_raise", "no_record", "invested"
EXCLUDED, PASSED, HIDDEN, NOT_NOW = "excluded", "passed", "hidden", "not_now"
# Without these the pair would have a score, and the reader may know it.
LIFTED = frozenset([EXCLUDED, PASSED, HIDDEN])


@dataclass(frozen=True)
class Bar:
    """A code, a sentence for the reader, and where to read or change it (empty if nowhere)."""

    code: str
    text: str
    url: str = ""

    @property
    def is_for_editors(self) -> bool:
        """Whether `url` leads to a form."""
        return self.code in (OWN_UNPUBLISHED, NO_RAISE, NO_RECORD, EXCLUDED)


def no_run() -> Bar:
    return Bar(NO_RUN, _("The market has not been matched yet: there is no score before the first run."))


def no_model() -> Bar:
    return Bar(
        NO_MODEL, _("The model that made the lists cannot be opened at the moment; the next run makes a new one.")
    )


def not_now() -> Bar:
    return Bar(NOT_NOW, _("It is not recommended at present."))


def find(subject: Company | Investor, target: Company | Investor, side: str, market: m.Market, has_record: bool):
    """Return the bars between `subject`, who reads, and `target` that the reader may know.

    `market` holds both as they are now (`datasets.current`); `has_record` says whether the institution has a deal or an
    active thesis. That the other side has passed or hidden is not among them: the model ranks no such pair, and the reader
    is told no more than `not_now`.
    """
    company, investor = (subject, target) if side == Side.COMPANY else (target, subject)
    found = [*_unpublished(subject, target), *_between(company, investor, side, market)]
    if company.is_published and not len(market.raises):
        found.append(_no_raise(company, side))
    if investor.is_published and not has_record:
        found.append(_no_record(investor, side))
    return found


def _unpublished(subject, target):
    if not subject.is_published:
        edit = "companies:edit" if isinstance(subject, Company) else "investors:edit"
        said = _("Your profile is not published: it is recommended to nobody, and nobody to it.")
        yield Bar(OWN_UNPUBLISHED, said, reverse(edit, args=[subject.pk]))
    if not target.is_published:
        yield Bar(UNPUBLISHED, _("The profile of %(name)s is not published.") % {"name": target.name})


def _no_raise(company: Company, side: str) -> Bar:
    if side == Side.COMPANY:
        said = _("You have no open raise: investors are matched to what you ask for.")
        return Bar(NO_RAISE, said, reverse("companies:raise_create", args=[company.pk]))
    return Bar(NO_RAISE, _("%(name)s has no open raise.") % {"name": company.name})


def _no_record(investor: Investor, side: str) -> Bar:
    if side == Side.INVESTOR:
        said = _("You have neither a thesis nor a recorded deal: there is nothing yet to match companies to.")
        return Bar(NO_RECORD, said, reverse("investors:thesis_create", args=[investor.pk]))
    said = _("%(name)s has neither a thesis nor a recorded deal: there is nothing yet to match you to.")
    return Bar(NO_RECORD, said % {"name": investor.name})


def _between(company: Company, investor: Investor, side: str, market: m.Market):
    deal = Deal.objects.standing().filter(company=company, participations__investor=investor).order_by("pk").first()
    if deal is not None:
        said = (
            _("%(name)s has invested in you already.") % {"name": investor.name}
            if side == Side.COMPANY
            else _("You have invested in %(name)s already.") % {"name": company.name}
        )
        yield Bar(INVESTED, said, deal.get_absolute_url())
    yield from _exclusions(company, side, market)
    answer = Feedback.objects.filter(
        company=company, investor=investor, side=side, kind__in=[Feedback.Kind.PASSED, Feedback.Kind.HIDDEN]
    ).first()
    if answer is not None:
        own = (
            reverse("matching:for_company", args=[company.pk])
            if side == Side.COMPANY
            else reverse("matching:for_investor", args=[investor.pk])
        )
        said = (
            _("You have passed it; you can take that back.")
            if answer.kind == Feedback.Kind.PASSED
            else _("You have hidden it; you can take that back.")
        )
        yield Bar(PASSED if answer.kind == Feedback.Kind.PASSED else HIDDEN, said, f"{own}?show=answered")


def _exclusions(company: Company, side: str, market: m.Market):
    """The clause of each thesis that excludes the company to the institution; to the company only that there is one."""
    if company.pk not in market.companies.index:
        return
    have = wanted_categories(market.companies.loc[company.pk])
    met = {pk: [code for code in have if code in wanted] for pk, wanted in market.theses[m.EXCLUDED].items()}
    met = {pk: codes for pk, codes in met.items() if codes}
    if met and side == Side.COMPANY:
        yield Bar(EXCLUDED, _("Its stated exclusions rule this out."))
        return
    names = Names([])
    for pk, thesis in sorted(Thesis.objects.in_bulk(list(met)).items()):
        said = _("Your thesis “%(thesis)s” excludes %(categories)s.")
        values = {"thesis": thesis, "categories": names.categories(met[pk])}
        yield Bar(EXCLUDED, said % values, reverse("investors:thesis_edit", args=[pk]))
