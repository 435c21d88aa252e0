"""What was listed, where and when."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from deals.models import standing
from deals.models.deals import Deal
from deals.models.standing import RejectReasons, ReviewedFields, StandingQuerySet, standing_constraints
from taxonomy.amounts import Amount, exact
from taxonomy.dates import PartialDate
from taxonomy.facts import DatePrecision, SourcedFields, source_constraint
from taxonomy.models import Board, Currency


class ListingQuerySet(StandingQuerySet):
    def correctable_by(self, user):
        """Listings that nobody verified yet: those recorded here of companies that `user` edits, all to administrators."""
        if not user.is_authenticated:
            return self.none()
        if user.is_administrator:
            return self.unverified()
        return self.unverified().filter(source=None, company__in=Company.objects.editable_by(user))

    def with_offerings(self, user):
        """Each with `offering_shown`: whether `user` may read what the offering raised."""
        shown = Deal.objects.visible_to(user).with_amount_shown(user).filter(amount_shown=True)
        return self.annotate(offering_shown=Exists(shown.filter(pk=OuterRef("offering"))))

    def for_list(self):
        return self.select_related("company", "board", "source", "market_value_currency", "offering__currency")


class Listing(SourcedFields, ReviewedFields):
    """A company's shares on a board. `offering` is the IPO deal that raised money on the way.

    `filed_on` is the application, `cleared_on` the day on which the reviewing committee passed it: how fast a listing
    was is told by either, and sources mix them up. `listed_on` is the first day of the period that `listed_precision`
    names.
    """

    class Status(models.TextChoices):
        ASSERTED = standing.ASSERTED, _("Said by one side")
        REPORTED = standing.REPORTED, _("Reported")
        VERIFIED = standing.VERIFIED, _("Verified")
        REJECTED = standing.REJECTED, _("Rejected")

    class RejectReason(RejectReasons):
        DUPLICATE = "duplicate", _("Recorded already")
        UNCONFIRMED = "unconfirmed", _("No source confirms it")
        WRONG = "wrong", _("The particulars are wrong")
        NOT_LISTED = "not_listed", _("Not listed there")
        OTHER = "other", _("Another reason")
        WITHDRAWN = "withdrawn", _("Taken back by who recorded it")

    company = models.ForeignKey(Company, verbose_name=_("company"), on_delete=models.PROTECT, related_name="listings")
    board = models.ForeignKey(Board, verbose_name=_("board"), on_delete=models.PROTECT, related_name="listings")
    ticker = models.CharField(_("ticker"), max_length=20, blank=True)
    filed_on = models.DateField(_("filed"), null=True, blank=True)
    cleared_on = models.DateField(_("cleared by review"), null=True, blank=True)
    listed_on = models.DateField(_("listed"))
    listed_precision = models.CharField(
        _("date is a"), max_length=7, choices=DatePrecision.choices, default=DatePrecision.DAY
    )
    # A rejected listing keeps what it said; the offering is free for another.
    offering = models.ForeignKey(
        Deal,
        verbose_name=_("offering"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="listings",
        related_query_name="listing",
    )
    market_value = models.DecimalField(_("market value"), max_digits=20, decimal_places=2, null=True, blank=True)
    market_value_currency = models.ForeignKey(
        Currency,
        verbose_name=_("currency of the market value"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    market_value_on = models.DateField(_("market value of"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.REPORTED)
    reject_reason = models.CharField(_("rejected because"), max_length=11, choices=RejectReason.choices, blank=True)

    objects = ListingQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("listing"), _("listings")
        ordering = ["-listed_on", "-pk"]
        constraints = [
            source_constraint("listing"),
            models.UniqueConstraint(
                fields=["company", "board"],
                condition=~Q(board="unknown") & ~Q(status="rejected"),
                name="listing_once_per_board",
                violation_error_message=_("This company is listed on this board already."),
            ),
            models.UniqueConstraint(
                fields=["offering"],
                condition=~Q(status="rejected"),
                name="listing_once_per_offering",
                violation_error_message=_("This deal is the offering of another listing already."),
            ),
            # Of a month, a quarter or a year the first day says nothing about what came before.
            models.CheckConstraint(
                name="listing_filed_before_listed",
                condition=Q(filed_on__isnull=True) | ~Q(listed_precision="day") | Q(filed_on__lte=F("listed_on")),
                violation_error_message=_("The filing lies after the listing."),
            ),
            models.CheckConstraint(
                name="listing_cleared_between",
                condition=Q(cleared_on__isnull=True)
                | (~Q(listed_precision="day") | Q(cleared_on__lte=F("listed_on")))
                & (Q(filed_on__isnull=True) | Q(cleared_on__gte=F("filed_on"))),
                violation_error_message=_("The clearance lies before the filing or after the listing."),
            ),
            models.CheckConstraint(
                name="listing_market_value",
                condition=Q(market_value__isnull=True)
                | Q(market_value__gte=0, market_value_currency__isnull=False, market_value_on__isnull=False),
                violation_error_message=_("Give the market value with its currency and its day."),
            ),
            *standing_constraints("listing"),
        ]
        indexes = [
            # Listings per year and board.
            models.Index(fields=["listed_on", "board"], name="listing_by_date"),
            # The verification queue, oldest first.
            models.Index(fields=["status", "recorded_at"], name="listing_queue"),
            # What changed last, for the statistics (`deals.statistics.state`).
            models.Index(fields=["-updated_at"], name="listing_changed"),
        ]

    def __str__(self):
        return self.label

    def get_absolute_url(self):
        return reverse("deals:listing", args=[self.pk])

    @property
    def label(self) -> str:
        return f"{self.company} · {self.board}"

    @property
    def listed(self) -> PartialDate:
        return PartialDate(self.listed_on, self.listed_precision)

    @property
    def worth(self) -> Amount | None:
        """The market value with its currency."""
        if self.market_value is None:
            return None
        return exact(self.market_value, self.market_value_currency_id)
