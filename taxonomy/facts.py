"""Fields that several kinds of record share: an amount, a date with its precision, an origin."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from taxonomy import amounts, dates
from taxonomy.names import in_language


class AmountKind(models.TextChoices):
    EXACT = amounts.EXACT, _("Exact")
    AT_LEAST = amounts.AT_LEAST, _("At least")
    RANGE = amounts.RANGE, _("Range")
    UNDISCLOSED = amounts.UNDISCLOSED, _("Undisclosed")


class DatePrecision(models.TextChoices):
    DAY = dates.DAY, _("Day")
    MONTH = dates.MONTH, _("Month")
    QUARTER = dates.QUARTER, _("Quarter")
    YEAR = dates.YEAR, _("Year")


class AmountFields(models.Model):
    """An amount in whole units of a currency, as exactly as it is known."""

    amount_kind = models.CharField(
        _("amount is"), max_length=12, choices=AmountKind.choices, default=AmountKind.UNDISCLOSED
    )
    amount_low = models.DecimalField(_("amount, from"), max_digits=20, decimal_places=2, null=True, blank=True)
    amount_high = models.DecimalField(_("amount, to"), max_digits=20, decimal_places=2, null=True, blank=True)
    currency = models.ForeignKey(
        "taxonomy.Currency",
        verbose_name=_("currency"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    amount_text = models.CharField(_("amount as the source wrote it"), max_length=100, blank=True)

    class Meta:
        abstract = True

    @property
    def amount(self) -> amounts.Amount:
        return amounts.Amount(
            self.amount_kind, self.amount_low, self.amount_high, self.currency_id or "", self.amount_text
        )

    @amount.setter
    def amount(self, value: amounts.Amount) -> None:
        self.amount_kind, self.amount_low, self.amount_high = value.kind, value.low, value.high
        self.currency_id, self.amount_text = value.currency or None, value.text


def amount_constraints(prefix: str) -> list[models.CheckConstraint]:
    """Return the checks that make an amount of `AmountFields` mean what its kind says."""
    known = Q(currency__isnull=False)
    return [
        models.CheckConstraint(
            name=f"{prefix}_amount_fits_kind",
            condition=Q(amount_kind="exact", amount_low__isnull=False, amount_low=F("amount_high")) & known
            | Q(amount_kind="at_least", amount_low__isnull=False, amount_high__isnull=True) & known
            | Q(amount_kind="range", amount_low__isnull=False, amount_low__lt=F("amount_high")) & known
            | Q(amount_kind="undisclosed", amount_low__isnull=True, amount_high__isnull=True),
            violation_error_message=_("Give an amount with its currency, or say that it is undisclosed."),
        ),
        models.CheckConstraint(
            name=f"{prefix}_amount_not_negative",
            condition=Q(amount_low__isnull=True) | Q(amount_low__gte=Decimal(0)),
            violation_error_message=_("An amount cannot be negative."),
        ),
    ]


def range_constraint(prefix: str, low: str, high: str) -> models.CheckConstraint:
    """Return the check of a plain range whose ends may each be open."""
    return models.CheckConstraint(
        name=f"{prefix}_{low}_range",
        condition=(Q(**{f"{low}__isnull": True}) | Q(**{f"{low}__gte": 0}))
        & (Q(**{f"{high}__isnull": True}) | Q(**{f"{high}__gte": 0}))
        & (Q(**{f"{low}__isnull": True}) | Q(**{f"{high}__isnull": True}) | Q(**{f"{low}__lte": F(high)})),
        violation_error_message=_("The range must begin at zero or above and end where it begins or later."),
    )


class Source(models.Model):
    """Where records come from: a data set, a study, this site. Its attribution stands wherever they are shown.

    Readers of English are told `name_en` and `attribution_en`, where the source has them.
    """

    code = models.SlugField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    url = models.URLField(_("address"), blank=True)
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    attribution = models.CharField(_("attribution"), max_length=300, blank=True)
    attribution_en = models.CharField(_("attribution in English"), max_length=300, blank=True)
    simulated = models.BooleanField(_("simulated"), default=False)

    class Meta:
        app_label = "taxonomy"
        verbose_name, verbose_name_plural = _("source"), _("sources")

    def __str__(self):
        return in_language(self.name, self.name_en)

    @property
    def credit(self) -> str:
        """The attribution in the reader's language."""
        return in_language(self.attribution, self.attribution_en)


class SourcedFields(models.Model):
    """The source of a record and its name there."""

    source = models.ForeignKey(
        Source, verbose_name=_("source"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source_ref = models.CharField(_("name in the source"), max_length=64, blank=True)

    class Meta:
        abstract = True


def source_constraint(prefix: str) -> models.UniqueConstraint:
    """One record for each name in a source: an import that runs again finds what it made."""
    return models.UniqueConstraint(
        fields=["source", "source_ref"], condition=~Q(source_ref=""), name=f"{prefix}_once_per_source"
    )


def period(first: date | None, precision: str) -> dates.PartialDate | None:
    return dates.PartialDate(first, precision) if first else None
