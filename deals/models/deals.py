"""Who invested in what."""

from datetime import date

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import EDITING
from companies.models import Company
from deals.models import standing
from deals.models.introductions import Introduction
from deals.models.standing import RejectReasons, ReviewedFields, StandingQuerySet, standing_constraints
from investors.models import Investor
from taxonomy.dates import PartialDate
from taxonomy.facts import AmountFields, DatePrecision, SourcedFields, amount_constraints, source_constraint
from taxonomy.models import Currency, Round

# Sent with the `deal` that counts from now on.
deal_established = Signal()


class DealQuerySet(StandingQuerySet):
    def venture(self):
        return self.filter(kind=Deal.Kind.VENTURE)

    def capital_raises(self):
        """Money raised on a board: IPO, follow-on placement, rights issue."""
        return self.filter(kind__in=Deal.PUBLIC_KINDS)

    def between(self, first: date, last: date):
        return self.filter(announced_on__gte=first, announced_on__lte=last)

    def out_of(self, introduction):
        """Deals that came out of an introduction, or into which one was merged that did; none that was taken out."""
        return self.present().filter(Q(introduction=introduction) | Q(merged__introduction=introduction))

    def with_amount_shown(self, user):
        """Each with `amount_shown`: whether `user` may read the amount, as `Deal.shows_amount_to` says for one."""
        if user.is_administrator:
            return self.annotate(amount_shown=Value(True))
        return self.annotate(
            amount_shown=Case(
                When(amount_audience=Deal.Audience.EVERYONE, then=Value(True)),
                When(company__in=Company.objects.of(user), then=Value(True)),
                When(
                    Exists(Participation.objects.filter(deal=OuterRef("pk"), investor__in=Investor.objects.of(user))),
                    then=Value(True),
                ),
                default=Value(False),
            )
        )

    def correctable_by(self, user):
        """Deals that nobody verified yet: those that `user` recorded, unless they hold another's, and all to administrators."""
        if not user.is_authenticated:
            return self.none()
        open_ = self.unverified()
        return open_ if user.is_administrator else open_.filter(recorded_by=user, merged=None)

    def _with(self, user) -> Q:
        parts = Participation.objects.filter(deal=OuterRef("pk"), investor__in=Investor.objects.of(user))
        return super()._with(user) | Exists(parts)

    def confirmed_by_both(self):
        return self.filter(company_confirmed_at__isnull=False, investor_confirmed_at__isnull=False)

    def to_confirm_by(self, user):
        """Those that wait for the word of a side for which `user` speaks; who speaks for both speaks for the company."""
        mine = Company.objects.filter(memberships__user=user, memberships__role__in=EDITING)
        ours = Investor.objects.filter(memberships__user=user, memberships__role__in=EDITING)
        parts = Participation.objects.filter(deal=OuterRef("pk"), investor__in=ours)
        of_company = Q(company__in=mine)
        return self.unverified().filter(
            of_company & Q(company_confirmed_at=None) | ~of_company & Q(investor_confirmed_at=None) & Exists(parts)
        )

    def for_list(self):
        return self.select_related("company", "round", "currency", "source").prefetch_related(
            "participations__investor"
        )


class Deal(AmountFields, SourcedFields, ReviewedFields):
    """A venture round, an acquisition, or money raised on a board.

    `amount_*` is the whole round's. `announced_on` is the first day of the period that `announced_precision` names.
    """

    class Kind(models.TextChoices):
        VENTURE = "venture", _("Venture round")
        ACQUISITION = "acquisition", _("Acquisition")
        IPO = "ipo", _("Initial public offering")
        FOLLOW_ON = "follow_on", _("Follow-on placement")
        RIGHTS_ISSUE = "rights_issue", _("Rights issue")

    class Status(models.TextChoices):
        ASSERTED = standing.ASSERTED, _("Said by one side")
        REPORTED = standing.REPORTED, _("Reported")
        VERIFIED = standing.VERIFIED, _("Verified")
        REJECTED = standing.REJECTED, _("Rejected")
        MERGED = "merged", _("Merged into another")

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("Everyone logged in")
        PARTIES = "parties", _("The parties and administrators")

    class RejectReason(RejectReasons):
        DUPLICATE = "duplicate", _("Recorded already")
        UNCONFIRMED = "unconfirmed", _("The other party does not confirm it")
        WRONG = "wrong", _("The particulars are wrong")
        NOT_A_DEAL = "not_a_deal", _("Not a closed deal")
        OTHER = "other", _("Another reason")
        WITHDRAWN = "withdrawn", _("Taken back by who recorded it")

    # Its introduction, so that the right deal can be recorded from it.
    RELEASED = ("introduction",)
    PUBLIC_KINDS = (Kind.IPO, Kind.FOLLOW_ON, Kind.RIGHTS_ISSUE)

    company = models.ForeignKey(Company, verbose_name=_("company"), on_delete=models.PROTECT, related_name="deals")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.VENTURE)
    round = models.ForeignKey(
        Round, verbose_name=_("round"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    round_label = models.CharField(_("round as the source wrote it"), max_length=60, blank=True)
    announced_on = models.DateField(_("date"))
    announced_precision = models.CharField(
        _("date is a"), max_length=7, choices=DatePrecision.choices, default=DatePrecision.DAY
    )
    amount_audience = models.CharField(
        _("amount is shown to"), max_length=8, choices=Audience.choices, default=Audience.EVERYONE
    )
    status = models.CharField(_("status"), max_length=8, choices=Status.choices, default=Status.REPORTED)
    merged_into = models.ForeignKey(
        "self", verbose_name=_("merged into"), on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )
    introduction = models.OneToOneField(
        Introduction,
        verbose_name=_("introduction"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="deal",
    )
    investors = models.ManyToManyField(Investor, through="Participation", related_name="deals")
    investor_confirmed_at = models.DateTimeField(_("confirmed by an investor"), null=True, blank=True)
    # Of several institutions the one that gave its word: another that is only named vouches for nothing.
    confirming_investor = models.ForeignKey(
        Investor,
        verbose_name=_("institution that confirmed"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    reject_reason = models.CharField(_("rejected because"), max_length=11, choices=RejectReason.choices, blank=True)

    objects = DealQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("deal"), _("deals")
        ordering = ["-announced_on", "-pk"]
        constraints = [
            source_constraint("deal"),
            *amount_constraints("deal"),
            models.CheckConstraint(
                name="deal_venture_has_round",
                condition=~Q(kind="venture") | Q(round__isnull=False),
                violation_error_message=_("A venture round needs a round; choose “Unknown round” if none is known."),
            ),
            models.CheckConstraint(
                name="deal_merged_into_another",
                condition=Q(status="merged", merged_into__isnull=False) & ~Q(merged_into=F("id"))
                | ~Q(status="merged") & Q(merged_into__isnull=True),
            ),
            *standing_constraints("deal"),
        ]
        indexes = [
            # Statistics: the standing deals of a kind in a period.
            models.Index(fields=["kind", "status", "announced_on"], name="deal_by_period"),
            # A company's time line.
            models.Index(fields=["company", "-announced_on"], name="deal_of_company"),
            # The verification queue, oldest first.
            models.Index(fields=["status", "recorded_at"], name="deal_queue"),
            # DealQuerySet.known_on.
            models.Index(fields=["known_on"], name="deal_known_on"),
            # What changed last, for duplicates and for the statistics (`deals.statistics.state`).
            models.Index(fields=["-updated_at"], name="deal_changed"),
        ]

    def __str__(self):
        return f"{self.label} · {self.announced_on}"

    def get_absolute_url(self):
        return reverse("deals:detail", args=[self.pk])

    @property
    def label(self) -> str:
        """Company and round, or company and kind where there is no round."""
        return f"{self.company} · {self.round or self.get_kind_display()}"

    @property
    def announced(self) -> PartialDate:
        return PartialDate(self.announced_on, self.announced_precision)

    @property
    def is_shown_to_all(self) -> bool:
        """Whether everybody who may read it at all may read its amount."""
        return self.is_standing and self.amount_audience == self.Audience.EVERYONE

    @property
    def is_confirmed_by_both(self) -> bool:
        return bool(self.company_confirmed_at and self.investor_confirmed_at)

    def shows_amount_to(self, user) -> bool:
        """Whether the amount may be read: by all, or by members of a party and by administrators."""
        return self.amount_audience == self.Audience.EVERYONE or self.is_open_to(user)

    def is_open_to(self, user) -> bool:
        return super().is_open_to(user) or Investor.objects.of(user).filter(participations__deal=self).exists()

    @property
    def awaits_investor(self) -> bool:
        return self.investor_confirmed_at is None

    def is_invested_by(self, user) -> bool:
        return self.institution_of(user) is not None

    def institution_of(self, user) -> Investor | None:
        """The participating institution for which `user` may act: of several a verified one."""
        roles = {"memberships__user": user, "memberships__role__in": EDITING}
        own = Investor.objects.filter(participations__deal=self, **roles)
        return own.order_by(F("verified_at").asc(nulls_last=True), "pk").first()

    def release_merged(self) -> None:
        for row in self.merged.filter(introduction__isnull=False):
            row.introduction = None
            row.save(update_fields=["introduction", "updated_at"])


class Participation(models.Model):
    """An investor's part in a deal."""

    deal = models.ForeignKey(Deal, verbose_name=_("deal"), on_delete=models.CASCADE, related_name="participations")
    investor = models.ForeignKey(
        Investor, verbose_name=_("investor"), on_delete=models.PROTECT, related_name="participations"
    )
    is_lead = models.BooleanField(_("lead investor"), null=True, blank=True)
    own_amount = models.DecimalField(_("own part"), max_digits=20, decimal_places=2, null=True, blank=True)
    own_currency = models.ForeignKey(
        Currency,
        verbose_name=_("currency of the part"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("participation"), _("participations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["deal", "investor"],
                name="participation_once",
                violation_error_message=_("This investor is in this deal already."),
            ),
            models.CheckConstraint(
                name="participation_own_amount",
                condition=Q(own_amount__isnull=True) | Q(own_amount__gte=0, own_currency__isnull=False),
                violation_error_message=_("Give the part with its currency; it cannot be negative."),
            ),
        ]

    def __str__(self):
        return f"{self.investor} → {self.deal}"
