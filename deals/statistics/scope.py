"""Which deals and listings a figure counts."""

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from companies.models import Company, CompanyCategory, Raise
from deals.models import Deal, Introduction, Listing, Participation
from deals.models.standing import end_of
from taxonomy.dates import last_day, period_start
from taxonomy.facts import DatePrecision
from taxonomy.models import Category, Region


def year_before(day: date) -> date:
    """The same day a year before; for 29 February the 28th."""
    last = calendar.monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, last))


def twelve_months(last: date) -> tuple[date, date]:
    """The twelve months that end with `last`, to the day."""
    return year_before(last) + timedelta(1), last


def _counts_in(chosen: list[Category], links) -> Q:
    """The condition that a company counts in one of these categories or below, by the links of its own.

    It counts once in a scheme: in its primary category, or else in the first one.
    """
    inside = Q(category__in=Category.objects.under(*chosen))
    of_scheme = CompanyCategory.objects.filter(
        company=OuterRef("company"), category__scheme__in={category.scheme_id for category in chosen}
    )
    first = links.filter(
        inside,
        ~Exists(of_scheme.filter(is_primary=True)),
        ~Exists(of_scheme.filter(pk__lt=OuterRef("pk"))),
        is_primary=False,
    )
    return Q(Exists(links.filter(inside, is_primary=True))) | Q(Exists(first))


def _over_by(day: date) -> Q:
    """The condition that a deal's date, as exactly as it is known, lies on or before `day`."""
    over = Q(announced_precision=DatePrecision.DAY)
    for precision in (DatePrecision.MONTH, DatePrecision.QUARTER, DatePrecision.YEAR):
        begun = period_start(day, precision)
        if last_day(begun, precision) > day:
            begun = period_start(begun - timedelta(1), precision)
        over |= Q(announced_precision=precision, announced_on__lte=begun)
    return over & Q(announced_on__lte=day)


# What a scope may name several of.
SEVERAL = ("categories", "regions", "rounds", "investor_types")


@dataclass(frozen=True)
class Scope:
    """A period, both days included, and what narrows it. Codes, not rows: a scope is a cache key and fits a URL.

    `scheme` keeps companies that have a category in it, `categories` those in one of these categories or below; several
    places, rounds or types of investor keep what one of them keeps. `as_of` keeps what a reader could know on that day: deals that counted then, also those rejected or merged since, and as
    verified those that were verified by then. Profiles and categories are those of today.
    """

    first: date
    last: date
    scheme: str = ""
    categories: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    rounds: tuple[str, ...] = ()
    investor_types: tuple[str, ...] = ()
    verified_only: bool = False
    as_of: date | None = None
    currency: str = "CNY"

    def __post_init__(self):
        if self.last < self.first:
            raise ValueError("the period ends before it begins")
        # In one order, so that what is asked in another is the same scope.
        for name in SEVERAL:
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))

    @property
    def period(self) -> tuple[date, date]:
        return self.first, self.last

    def in_period(self, first: date, last: date) -> "Scope":
        return replace(self, first=first, last=last)

    def year_before(self) -> "Scope":
        """The same days of the year before, as far as the period can be known."""
        until = max(self.first, self.known_until)
        first, last = year_before(self.first), year_before(until)
        if until.day == calendar.monthrange(until.year, until.month)[1]:
            last = last.replace(day=calendar.monthrange(last.year, last.month)[1])
        return self.in_period(first, last)

    def everywhere(self) -> "Scope":
        """Without places, for what compares places with each other."""
        return replace(self, regions=())

    def of_all_categories(self) -> "Scope":
        """Without categories, for what compares categories with each other."""
        return replace(self, categories=())

    @property
    def day(self) -> date:
        """The last day of the period, or the day as of which it is known where that lies before."""
        return min(self.last, self.as_of) if self.as_of else self.last

    def places(self):
        """The places chosen and all within them."""
        return Region.objects.within(*Region.objects.filter(code__in=self.regions))

    # --- Rows -----------------------------------------------------------------------------------------------------

    def _of_companies(self, queryset, company: str = "company"):
        """Narrow rows with a `company`, or companies themselves (`company` is then empty), to those of this scope."""
        links = CompanyCategory.objects.filter(company=OuterRef(company or "pk"))
        if self.categories:
            chosen = Category.objects.filter(code__in=self.categories)
            if self.scheme:
                chosen = chosen.filter(scheme__code=self.scheme)
            # Unknown codes leave nothing rather than everything.
            queryset = queryset.filter(_counts_in(list(chosen), links)) if chosen else queryset.none()
        elif self.scheme:
            # By their ids, so that the database need not join the categories for each company.
            inside = list(Category.objects.filter(scheme__code=self.scheme).order_by().values_list("pk", flat=True))
            queryset = queryset.filter(Exists(links.filter(category__in=inside))) if inside else queryset.none()
        if self.regions:
            places = self.places().values("pk")
            queryset = queryset.filter(**{f"{company}__region__in" if company else "region__in": places})
        return queryset

    @property
    def known_until(self) -> date:
        """The last day of which the figure tells: the end of the period, the as-of date or today, whichever is first."""
        today = timezone.localdate()
        return min(self.last, self.as_of or today, today)

    @property
    def has_begun(self) -> bool:
        """Whether anything of the period can be known."""
        return self.first <= self.known_until

    def all_deals(self):
        """Standing deals of every kind and time that the filters leave."""
        deals = Deal.objects.standing_on(self.as_of) if self.as_of else Deal.objects.standing()
        deals = self._of_companies(deals)
        if self.verified_only:
            deals = deals.verified_on(self.as_of) if self.as_of else deals.verified()
        if self.rounds:
            deals = deals.filter(round__in=self.rounds)
        if self.investor_types:
            deals = deals.filter(
                Exists(Participation.objects.filter(deal=OuterRef("pk"), investor__type__in=self.investor_types))
            )
        return deals.order_by()

    def history(self):
        """Venture events up to the end of the period.

        One of which only the month, the quarter or the year is known counts where all of that lies before the end.
        """
        return self.all_deals().venture().filter(_over_by(self.last))

    def deals(self):
        """Venture events of the period."""
        return self.history().filter(announced_on__gte=self.first)

    def capital_raises(self):
        """Money raised on boards in the period. It has no round, and rounds do not narrow it."""
        raises = replace(self, rounds=()).all_deals().capital_raises()
        return raises.filter(_over_by(self.last), announced_on__gte=self.first)

    def listings(self):
        """Standing listings up to the end of the period. Rounds, investors and verification do not narrow them."""
        listings = Listing.objects.standing_on(self.as_of) if self.as_of else Listing.objects.standing()
        return self._of_companies(listings.filter(listed_on__lte=self.last)).order_by()

    def new_listings(self):
        """Listings of the period."""
        return self.listings().filter(listed_on__gte=self.first)

    def listed_companies(self):
        """Companies with a listing up to the end of the period."""
        return Company.objects.filter(pk__in=self.listings().values("company"))

    def profiles(self):
        """Companies of the categories and places, whether they raised or not. Nothing else narrows them."""
        return self._of_companies(Company.objects.all(), company="").order_by()

    def companies(self):
        """Companies with a venture event in the period."""
        return Company.objects.filter(pk__in=self.deals().values("company"))

    def raises(self):
        """Raises of published companies that were open on `day`, whatever became of them later.

        A raise counts from its opening, whenever it was recorded. Investors and verification do not narrow them.
        """
        raises = self._of_companies(Raise.objects.open_on(self.day).filter(company__is_published=True))
        return (raises.filter(round__in=self.rounds) if self.rounds else raises).order_by()

    def introductions(self):
        """Introductions asked for in the period and by the end of `day`; rounds are those of the raise asked about."""
        start = end_of(self.first - timedelta(1))
        asked = self._of_companies(Introduction.objects.filter(asked_at__gte=start, asked_at__lt=end_of(self.day)))
        if self.rounds:
            asked = asked.filter(raise_asked__round__in=self.rounds)
        if self.investor_types:
            asked = asked.filter(investor__type__in=self.investor_types)
        return asked.order_by()
