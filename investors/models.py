"""An institution that invests, the people who speak for it, and what it looks for."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ClaimFields, InvitationFields, MembershipFields
from accounts.naming import Names, SortKey
from accounts.parties import Party, PartyQuerySet, Spelling
from accounts.verified import VerificationFields
from taxonomy.facts import SourcedFields, range_constraint, source_constraint
from taxonomy.models import Category, Currency, Region, Round
from taxonomy.names import in_language
from taxonomy.text import segmented


class InvestorQuerySet(PartyQuerySet):
    def seeking_category(self, category: Category):
        """Institutions with an active thesis that wants a category, one above it or one below it."""
        return self.filter(pk__in=Thesis.objects.active().wanting(category).values("investor"))

    def for_list(self):
        """With what a row of a list shows."""
        return self.select_related("region").prefetch_related("theses__categories", "theses__rounds")

    def for_page(self):
        """With what an institution's own page shows, its theses left out."""
        return self.select_related("region", "source").prefetch_related("aliases", "memberships__user")


class Investor(Party, SourcedFields):
    class Type(models.TextChoices):
        LARGE_VENTURE = "large_venture", _("Large venture investor")
        VENTURE = "venture", _("Small or mid venture investor")
        CORPORATE = "corporate", _("Corporate investor")
        GOVERNMENT = "government", _("Government fund")
        ANGEL = "angel", _("Angel group")
        PRIVATE_EQUITY = "private_equity", _("Private equity")
        UNKNOWN = "unknown", _("Type not known")

    name_zh = models.CharField(_("name in Chinese"), max_length=200, blank=True)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    type = models.CharField(_("type"), max_length=14, choices=Type.choices, default=Type.UNKNOWN)
    assets = models.DecimalField(_("assets under management"), max_digits=20, decimal_places=2, null=True, blank=True)
    assets_currency = models.ForeignKey(
        Currency,
        verbose_name=_("currency of the assets"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    founded_year = models.PositiveSmallIntegerField(_("founded in"), null=True, blank=True)
    region = models.ForeignKey(
        Region, verbose_name=_("place"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    city = models.CharField(_("city"), max_length=100, blank=True)
    website = models.URLField(_("website"), blank=True)
    description_zh = models.TextField(_("description in Chinese"), max_length=5000, blank=True)
    description_en = models.TextField(_("description in English"), max_length=8000, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=100, blank=True)
    contact_email = models.EmailField(_("contact email"), blank=True)
    contact_phone = models.CharField(_("contact telephone"), max_length=40, blank=True)
    is_published = models.BooleanField(_("published"), default=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    verified_facts = models.JSONField(_("what was verified"), default=list, blank=True, editable=False)
    # When its team last said that the profile is right, and when it was last asked to.
    confirmed_at = models.DateTimeField(_("confirmed by its team"), null=True, blank=True, editable=False)
    nudged_at = models.DateTimeField(null=True, blank=True, editable=False)
    search_text = models.TextField(editable=False, blank=True)
    sort_zh = SortKey("name_zh", "name_en")
    sort_en = SortKey("name_en", "name_zh")
    created_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = InvestorQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("investor"), _("investors")
        ordering = ["pk"]
        constraints = [
            source_constraint("investor"),
            models.CheckConstraint(
                name="investor_has_a_name",
                condition=~Q(name_zh="", name_en=""),
                violation_error_message=_("Give the institution a name in Chinese or in English."),
            ),
            models.CheckConstraint(
                name="investor_assets",
                condition=Q(assets__isnull=True) | Q(assets__gte=0, assets_currency__isnull=False),
                violation_error_message=_("Give the assets with their currency; they cannot be negative."),
            ),
        ]
        indexes = [
            # The list of investors by type.
            models.Index(fields=["is_published", "type"], name="investor_list"),
            # The list of investors by name, in either language.
            models.Index(fields=["sort_zh"], name="investor_by_chinese_name"),
            models.Index(fields=["sort_en"], name="investor_by_english_name"),
            # What changed last, for the statistics (`deals.statistics.state`).
            models.Index(fields=["-updated_at"], name="investor_changed"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("investors:detail", args=[self.pk])

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def all_names(self) -> list[str]:
        return [name for name in (self.name_zh, self.name_en) if name]

    @property
    def description(self) -> str:
        return in_language(self.description_zh, self.description_en)

    @property
    def active_theses(self) -> list["Thesis"]:
        """What it looks for now. Reads `theses`: prefetch them on lists."""
        return [thesis for thesis in self.theses.all() if thesis.is_active]

    def index_words(self) -> str:
        """Return the segmented text by which search finds this institution."""
        return self.words_with([alias.name for alias in self.aliases.all()])

    def words_with(self, aliases: list[str]) -> str:
        """`index_words` for further names that are not saved yet."""
        return segmented(*self.all_names, *aliases, self.description_zh, self.description_en, self.city)


class InvestorAlias(Spelling):
    """A further spelling under which sources know an institution."""

    investor = models.ForeignKey(Investor, on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name, verbose_name_plural = _("further name"), _("further names")
        constraints = [models.UniqueConstraint(fields=["investor", "name"], name="investor_alias_once")]
        indexes = [
            # Duplicates are offered by spelling.
            models.Index(fields=["folded"], name="investor_by_spelling"),
        ]


class InvestorNames(Names):
    investor = models.OneToOneField(Investor, on_delete=models.CASCADE, primary_key=True, related_name="names")


class Membership(MembershipFields):
    side = "investor"

    investor = models.ForeignKey(Investor, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        related_name="investor_roles",
    )

    class Meta:
        verbose_name, verbose_name_plural = _("member"), _("members")
        constraints = [models.UniqueConstraint(fields=["investor", "user"], name="investor_member_once")]


class Invitation(InvitationFields):
    side = "investor"

    investor = models.ForeignKey(Investor, on_delete=models.CASCADE, related_name="invitations")

    class Meta:
        verbose_name, verbose_name_plural = _("invitation"), _("invitations")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["investor", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="investor_invitation_once",
            )
        ]


class Claim(ClaimFields):
    side = "investor"

    investor = models.ForeignKey(Investor, on_delete=models.CASCADE, related_name="claims")

    class Meta:
        verbose_name, verbose_name_plural = _("claim"), _("claims")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["investor", "user"], condition=Q(status="waiting"), name="investor_claim_once"
            )
        ]


class Verification(VerificationFields):
    side = "investor"

    investor = models.ForeignKey(Investor, on_delete=models.CASCADE, related_name="verifications")

    class Meta:
        verbose_name, verbose_name_plural = _("verification"), _("verifications")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["investor"], condition=Q(status="waiting"), name="investor_verification_once"
            )
        ]


class ThesisQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

    def wanting(self, category: Category):
        """Theses that want a category, one above it or one below it."""
        related = Q(category__in=Category.objects.under(category)) | Q(
            category__scheme=category.scheme_id, category__path__in=category.ancestor_paths
        )
        return self.filter(pk__in=Thesis.categories.through.objects.filter(related).values("thesis"))

    def for_page(self):
        return self.prefetch_related("categories", "excluded", "rounds", "regions")

    def editable_by(self, user):
        return self.filter(investor__in=Investor.objects.editable_by(user))

    def visible_to(self, user):
        """Active theses of visible institutions, one's own, and all to administrators."""
        found = self.filter(investor__in=Investor.objects.visible_to(user))
        if not user.is_authenticated or user.is_administrator:
            return found
        return found.filter(Q(is_active=True) | Q(investor__in=Investor.objects.of(user)))


class Thesis(SourcedFields):
    """What an institution looks for. Exclusions are hard: an excluded category is never recommended."""

    investor = models.ForeignKey(Investor, verbose_name=_("investor"), on_delete=models.CASCADE, related_name="theses")
    title = models.CharField(_("title"), max_length=120, blank=True)
    categories = models.ManyToManyField(
        Category, verbose_name=_("categories wanted"), related_name="wanted_by", blank=True
    )
    excluded = models.ManyToManyField(
        Category, verbose_name=_("categories excluded"), related_name="excluded_by", blank=True
    )
    rounds = models.ManyToManyField(Round, verbose_name=_("rounds"), related_name="+", blank=True)
    regions = models.ManyToManyField(Region, verbose_name=_("regions"), related_name="+", blank=True)
    ticket_low = models.DecimalField(_("ticket, from"), max_digits=20, decimal_places=2, null=True, blank=True)
    ticket_high = models.DecimalField(_("ticket, to"), max_digits=20, decimal_places=2, null=True, blank=True)
    currency = models.ForeignKey(
        Currency, verbose_name=_("currency"), on_delete=models.PROTECT, default="CNY", related_name="+"
    )
    keywords = models.JSONField(_("keywords"), default=list, blank=True)
    text = models.TextField(_("in your own words"), max_length=4000, blank=True)
    unmapped = models.JSONField(_("labels that could not be mapped"), default=list, blank=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = ThesisQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("thesis"), _("theses")
        ordering = ["-is_active", "pk"]
        constraints = [source_constraint("thesis"), range_constraint("thesis", "ticket_low", "ticket_high")]
        indexes = [
            # ThesisQuerySet.active(), for the matching run.
            models.Index(fields=["is_active", "investor"], name="thesis_active"),
            # What changed last, for the statistics (`deals.statistics.state`).
            models.Index(fields=["-updated_at"], name="thesis_changed"),
        ]

    def __str__(self):
        return self.title or str(_("Thesis"))

    @property
    def label(self) -> str:
        """Its title; without one what tells it from the others: its first categories, else its first rounds."""
        named = [[item.name for item in items.all()[:2]] for items in (self.categories, self.rounds)]
        return self.title or " · ".join(named[0] or named[1]) or str(self)

    def get_absolute_url(self):
        return reverse("investors:detail", args=[self.investor_id])
