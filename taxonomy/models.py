"""What everything else is described with: categories, regions, rounds, boards, currencies."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from taxonomy.facts import AmountKind, DatePrecision, Source
from taxonomy.names import fold, in_language

__all__ = [
    "AmountKind",
    "Board",
    "Category",
    "Crosswalk",
    "Currency",
    "DatePrecision",
    "ExchangeRate",
    "GrossProduct",
    "Milestone",
    "Region",
    "Round",
    "Scheme",
    "Source",
]


class Named(models.Model):
    """A thing with a name in Chinese and in English, and further spellings under which sources know it."""

    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    aliases = models.JSONField(_("further spellings"), default=list, blank=True)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def labels(self) -> set[str]:
        """All spellings, folded. An alias `=label` is left to `literals`."""
        return {fold(label) for label in (self.name_zh, self.name_en, *self.aliases) if label and label[0] != "="}

    @property
    def literals(self) -> set[str]:
        """Spellings that count only to the letter and before all others, such as a source's own code."""
        return {alias[1:] for alias in self.aliases if alias.startswith("=")}


class Scheme(models.Model):
    """One way to cut the world into categories: the study's seven, or the labels of a data source."""

    code = models.SlugField(_("code"), max_length=64, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    description_zh = models.TextField(_("Chinese description"), blank=True)
    description_en = models.TextField(_("English description"), blank=True)
    source = models.ForeignKey(Source, verbose_name=_("source"), on_delete=models.PROTECT, null=True, blank=True)
    is_default = models.BooleanField(_("offered first"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("scheme"), _("schemes")
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="scheme_one_default")
        ]

    def __str__(self):
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)


class CategoryQuerySet(models.QuerySet):
    def roots(self):
        return self.filter(parent=None)

    def offered(self):
        """Categories of the scheme in which new profiles are tagged."""
        return self.filter(scheme__is_default=True)

    def under(self, *categories: "Category"):
        """`categories` and all below them."""
        found = Q(pk__in=[category.pk for category in categories])
        for category in categories:
            found |= Q(scheme=category.scheme_id, path__startswith=category.path + "/")
        return self.filter(found)


class Category(Named):
    """A node of a scheme's tree. `path` holds the codes from the root, so that a subtree is one prefix."""

    scheme = models.ForeignKey(Scheme, verbose_name=_("scheme"), on_delete=models.CASCADE, related_name="categories")
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    code = models.CharField(_("code"), max_length=64)
    path = models.CharField(_("path"), max_length=255, editable=False)
    definition_zh = models.TextField(_("Chinese definition"), blank=True)
    definition_en = models.TextField(_("English definition"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("category"), _("categories")
        ordering = ["scheme", "order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="category_once_per_scheme"),
            models.CheckConstraint(
                name="category_not_own_parent", condition=Q(parent__isnull=True) | ~Q(parent=F("id"))
            ),
        ]
        indexes = [
            # CategoryQuerySet.under: a subtree by its prefix.
            models.Index(fields=["scheme", "path"], name="category_by_path"),
        ]

    def save(self, *args, **kwargs):
        self.path = f"{self.parent.path}/{self.code}" if self.parent else self.code
        super().save(*args, **kwargs)

    @property
    def definition(self) -> str:
        return in_language(self.definition_zh, self.definition_en)

    @property
    def key(self) -> str:
        """The name under which the API knows it, the same on every installation."""
        return f"{self.scheme.code}/{self.code}"

    @property
    def ancestor_paths(self) -> list[str]:
        """The paths of all categories above this one, the root first."""
        codes = self.path.split("/")
        return ["/".join(codes[:depth]) for depth in range(1, len(codes))]

    @property
    def root_code(self) -> str:
        return self.path.split("/", 1)[0]


class Crosswalk(models.Model):
    """A category of one scheme counts, in part or whole, as a category of another."""

    origin = models.ForeignKey(Category, verbose_name=_("from"), on_delete=models.CASCADE, related_name="leads_to")
    target = models.ForeignKey(Category, verbose_name=_("to"), on_delete=models.CASCADE, related_name="fed_by")
    weight = models.DecimalField(_("share"), max_digits=4, decimal_places=3, default=Decimal(1))

    class Meta:
        verbose_name, verbose_name_plural = _("crosswalk"), _("crosswalks")
        constraints = [
            models.UniqueConstraint(fields=["origin", "target"], name="crosswalk_once"),
            models.CheckConstraint(name="crosswalk_not_to_itself", condition=~Q(origin=F("target"))),
            models.CheckConstraint(name="crosswalk_share", condition=Q(weight__gt=0, weight__lte=1)),
        ]

    def __str__(self):
        return f"{self.origin} → {self.target}"


class RegionQuerySet(models.QuerySet):
    def provinces(self):
        return self.filter(kind=Region.Kind.PROVINCE)

    def countries(self):
        return self.filter(kind=Region.Kind.COUNTRY)

    def places(self):
        """Regions in which a company can lie, groups left out."""
        return self.exclude(kind__in=[Region.Kind.MACRO, Region.Kind.CLUSTER])

    def within(self, *regions: "Region"):
        """`regions`, all below them, and the members of groups with all below them."""
        ways = ("pk", "parent", "parent__parent", "groups", "parent__groups")
        ids = [region.pk for region in regions]
        return self.filter(Q(*((f"{way}__in", ids) for way in ways), _connector=Q.OR)).distinct()


class Region(Named):
    """A country, a Chinese province, an area as a source names it, or a group of provinces."""

    class Kind(models.TextChoices):
        COUNTRY = "country", _("Country")
        PROVINCE = "province", _("Province")
        AREA = "area", _("Area")
        MACRO = "macro", _("Statistical region")
        CLUSTER = "cluster", _("Cluster")

    code = models.CharField(_("code"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    country = models.CharField(_("country (ISO 3166 alpha-3)"), max_length=3, blank=True)
    gb_code = models.CharField(_("GB/T 2260 code"), max_length=6, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
    )
    members = models.ManyToManyField(
        "self", verbose_name=_("members"), symmetrical=False, related_name="groups", blank=True
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("region"), _("regions")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(fields=["gb_code"], condition=~Q(gb_code=""), name="region_once_per_gb_code"),
            models.CheckConstraint(name="region_not_own_part", condition=Q(parent__isnull=True) | ~Q(parent=F("id"))),
        ]
        indexes = [
            # The importer and the forms look up places of one country.
            models.Index(fields=["country", "kind"], name="region_by_country"),
        ]


class GrossProductQuerySet(models.QuerySet):
    def latest_before(self, day: date) -> int | None:
        """The last year on file that was over on `day`, or else the first one on file."""
        years = sorted(set(self.values_list("year", flat=True)))
        return next((year for year in reversed(years) if date(year, 12, 31) <= day), years[0] if years else None)


class GrossProduct(models.Model):
    """What a province produced in a year, in CNY at the prices of that year."""

    province = models.ForeignKey(
        Region, verbose_name=_("province"), on_delete=models.CASCADE, related_name="gross_products"
    )
    year = models.PositiveSmallIntegerField(_("year"))
    value = models.DecimalField(_("gross regional product in CNY"), max_digits=20, decimal_places=2)
    source = models.ForeignKey(Source, verbose_name=_("source"), on_delete=models.PROTECT, related_name="+")

    objects = GrossProductQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("gross regional product"), _("gross regional products")
        ordering = ["-year", "province"]
        constraints = [
            models.UniqueConstraint(fields=["province", "year"], name="product_once_a_year"),
            models.CheckConstraint(name="product_positive", condition=Q(value__gt=0)),
        ]

    def __str__(self):
        return f"{self.province} {self.year}: {self.value}"


class RoundQuerySet(models.QuerySet):
    def known(self):
        """All but the one of deals whose round nobody has stated: nobody raises it or looks for it."""
        return self.exclude(pk=Round.UNKNOWN)


class Round(Named):
    """A financing round; `order` sorts rounds from seed to pre-IPO and is empty where a round has no place."""

    UNKNOWN = "unknown"

    code = models.SlugField(_("code"), max_length=20, primary_key=True)
    order = models.PositiveSmallIntegerField(_("order"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position in lists"), default=0)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("round"), _("rounds")
        ordering = ["position"]


class Board(Named):
    """A board on which shares are listed."""

    code = models.SlugField(_("code"), max_length=20, primary_key=True)
    exchange_zh = models.CharField(_("Chinese name of the exchange"), max_length=60, blank=True)
    exchange_en = models.CharField(_("English name of the exchange"), max_length=60, blank=True)
    opened_on = models.DateField(_("first trading day"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("position in lists"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("board"), _("boards")
        ordering = ["position"]


class Milestone(Named):
    """A step of policy that is laid over a time line. `on` is the first day of the period that `precision` names."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    on = models.DateField(_("date"))
    precision = models.CharField(_("date is a"), max_length=7, choices=DatePrecision.choices, default=DatePrecision.DAY)
    board = models.ForeignKey(
        Board, verbose_name=_("board"), on_delete=models.CASCADE, null=True, blank=True, related_name="milestones"
    )
    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name, verbose_name_plural = _("milestone"), _("milestones")
        ordering = ["on", "code"]


class Currency(Named):
    """A currency by its ISO 4217 code."""

    code = models.CharField(_("code"), max_length=3, primary_key=True)
    symbol = models.CharField(_("symbol"), max_length=6, blank=True)
    position = models.PositiveSmallIntegerField(_("position in lists"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("currency"), _("currencies")
        ordering = ["position", "code"]


class ExchangeRateQuerySet(models.QuerySet):
    def table(self) -> "RateTable":
        return RateTable(self.order_by("currency", "date").values_list("currency", "date", "cny"))


class ExchangeRate(models.Model):
    """Units of CNY for one unit of a currency, from `date` until the next."""

    currency = models.ForeignKey(Currency, verbose_name=_("currency"), on_delete=models.CASCADE, related_name="rates")
    date = models.DateField(_("from"))
    cny = models.DecimalField(_("CNY for one unit"), max_digits=16, decimal_places=6)
    note = models.CharField(_("source"), max_length=200, blank=True)

    objects = ExchangeRateQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("exchange rate"), _("exchange rates")
        constraints = [
            models.UniqueConstraint(fields=["currency", "date"], name="rate_once_per_day"),
            models.CheckConstraint(name="rate_positive", condition=Q(cny__gt=0)),
        ]

    def __str__(self):
        return f"{self.currency_id} {self.date}: {self.cny}"


class RateTable:
    """Rates in memory: `rates.convert(amount, "USD", on, "CNY")` at the rate of the day."""

    def __init__(self, rows):
        # By currency its days and rates, oldest first.
        self.steps: dict[str, list[tuple[date, Decimal]]] = {}
        for currency, day, cny in rows:
            self.steps.setdefault(currency, []).append((day, cny))

    def during(self, first: date, last: date) -> "RateTable":
        """The rates that are in force on some day from `first` to `last`: the same answers for these days."""
        kept = []
        for currency, steps in self.steps.items():
            begun = max((day for day, _rate in steps if day <= first), default=date.min)
            in_force = [step for step in steps if begun <= step[0] <= last] or steps[:1]
            kept += [(currency, *step) for step in in_force]
        return RateTable(kept)

    def cny(self, currency: str, on: date) -> Decimal | None:
        """CNY for one unit of `currency` on a day: the last rate known then, else the first ever, else None."""
        if currency == "CNY":
            return Decimal(1)
        rates = self.steps.get(currency)
        if not rates:
            return None
        return next((rate for day, rate in reversed(rates) if day <= on), rates[0][1])

    def convert(self, amount: Decimal, currency: str, on: date, into: str = "CNY") -> Decimal | None:
        """`amount` of `currency` in `into` at the rates of the day `on`, or None where a rate is missing."""
        origin, target = self.cny(currency, on), self.cny(into, on)
        return None if origin is None or target is None else amount * origin / target
