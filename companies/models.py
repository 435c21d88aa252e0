"""A company, the people who speak for it, and what it is raising."""

from django.conf import settings
from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ClaimFields, InvitationFields, MembershipFields
from accounts.naming import Names, SortKey
from accounts.parties import Party, PartyQuerySet, Spelling
from accounts.verified import VerificationFields
from companies.validators import validate_credit_code, validate_logo
from taxonomy.facts import DatePrecision, SourcedFields, range_constraint, source_constraint
from taxonomy.models import Category, Currency, Region, Round
from taxonomy.names import fold, in_language
from taxonomy.text import segmented


class CompanyQuerySet(PartyQuerySet):
    name_fields = ("name_zh", "name_en", "short_zh", "short_en")

    def raising(self):
        return self.filter(raises__status=Raise.Status.OPEN)

    def in_category(self, *categories: Category):
        """Companies of one of the categories or of any below them."""
        links = CompanyCategory.objects.filter(category__in=Category.objects.under(*categories))
        return self.filter(pk__in=links.values("company"))

    def for_list(self):
        """With what a row of a list shows."""
        return self.select_related("region").prefetch_related("category_links__category", "raises__round")

    def for_page(self):
        """With what a company's own page shows."""
        return self.for_list().select_related("parent", "source").prefetch_related("aliases", "memberships__user")


class Company(Party, SourcedFields):
    identity = (*CompanyQuerySet.name_fields, "credit_code")

    name_zh = models.CharField(_("legal name in Chinese"), max_length=200, blank=True)
    name_en = models.CharField(_("legal name in English"), max_length=200, blank=True)
    short_zh = models.CharField(_("short name in Chinese"), max_length=100, blank=True)
    short_en = models.CharField(_("short name in English"), max_length=100, blank=True)
    credit_code = models.CharField(
        _("unified social credit code"), max_length=18, blank=True, validators=[validate_credit_code]
    )
    founded_on = models.DateField(_("founded"), null=True, blank=True)
    founded_precision = models.CharField(
        _("founding date is a"), max_length=7, choices=DatePrecision.choices, default=DatePrecision.DAY
    )
    region = models.ForeignKey(
        Region, verbose_name=_("place"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    city = models.CharField(_("city"), max_length=100, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("incubated by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="incubated",
    )
    website = models.URLField(_("website"), blank=True)
    summary_zh = models.CharField(_("one line in Chinese"), max_length=160, blank=True)
    summary_en = models.CharField(_("one line in English"), max_length=200, blank=True)
    description_zh = models.TextField(_("description in Chinese"), max_length=5000, blank=True)
    description_en = models.TextField(_("description in English"), max_length=8000, blank=True)
    business_model = models.CharField(_("business model"), max_length=200, blank=True)
    keywords = models.JSONField(_("keywords"), default=list, blank=True)
    logo = models.ImageField(
        _("logo"),
        upload_to="logos/",
        blank=True,
        validators=[FileExtensionValidator(["png", "jpg", "jpeg", "webp"]), validate_logo],
    )
    categories = models.ManyToManyField(Category, through="CompanyCategory", related_name="companies")
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
    sort_zh = SortKey("short_zh", "name_zh", "short_en", "name_en")
    sort_en = SortKey("short_en", "name_en", "short_zh", "name_zh")
    created_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("company"), _("companies")
        ordering = ["pk"]
        constraints = [
            source_constraint("company"),
            models.CheckConstraint(
                name="company_has_a_name",
                condition=~Q(name_zh="", name_en="", short_zh="", short_en=""),
                violation_error_message=_("Give the company a name in Chinese or in English."),
            ),
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code=""),
                name="company_once_per_credit_code",
                violation_error_message=_("A company with this unified social credit code is registered already."),
            ),
            models.CheckConstraint(
                name="company_not_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                violation_error_message=_("A company cannot be incubated by itself."),
            ),
        ]
        indexes = [
            # The list of companies, newest first; it also holds by what `visible_to` chooses.
            models.Index(fields=["-created_at", "-id", "is_published"], name="company_newest"),
            # The list of companies by name, in either language.
            models.Index(fields=["sort_zh"], name="company_by_chinese_name"),
            models.Index(fields=["sort_en"], name="company_by_english_name"),
            # Companies of a region in lists and statistics.
            models.Index(fields=["region", "is_published"], name="company_by_region"),
            # What changed last, for the statistics (`deals.statistics.state`).
            models.Index(fields=["-updated_at"], name="company_changed"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("companies:detail", args=[self.pk])

    @property
    def name(self) -> str:
        return in_language(self.short_zh or self.name_zh, self.short_en or self.name_en)

    @property
    def legal_name(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def summary(self) -> str:
        return in_language(self.summary_zh, self.summary_en)

    @property
    def description(self) -> str:
        return in_language(self.description_zh, self.description_en)

    @property
    def all_names(self) -> list[str]:
        return [name for name in (self.short_zh, self.name_zh, self.short_en, self.name_en) if name]

    @property
    def primary_category(self) -> Category | None:
        return next((link.category for link in self.category_links.all() if link.is_primary), None)

    @property
    def further_categories(self) -> list[Category]:
        return [link.category for link in self.category_links.all() if not link.is_primary]

    @property
    def open_raise(self) -> "Raise | None":
        """What it raises now. Reads `raises`: prefetch them on lists."""
        return next((item for item in self.raises.all() if item.status == Raise.Status.OPEN), None)

    @property
    def further_keywords(self) -> list[str]:
        """The keywords that say more than the categories do."""
        said = {
            fold(name) for link in self.category_links.all() for name in (link.category.name_zh, link.category.name_en)
        }
        return [word for word in self.keywords if fold(word) not in said]

    def index_words(self) -> str:
        """Return the segmented text by which search finds this company."""
        return self.words_with(
            [alias.name for alias in self.aliases.all()], [link.category for link in self.category_links.all()]
        )

    def words_with(self, aliases: list[str], categories: list[Category]) -> str:
        """`index_words` for further names and categories that are not saved yet."""
        return segmented(
            *self.all_names,
            *aliases,
            self.summary_zh,
            self.summary_en,
            self.description_zh,
            self.description_en,
            self.business_model,
            self.city,
            *self.keywords,
            *(label for category in categories for label in (category.name_zh, category.name_en)),
        )


class CompanyAlias(Spelling):
    """A further spelling; different companies may share one."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name, verbose_name_plural = _("further name"), _("further names")
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="company_alias_once")]
        indexes = [
            # Duplicates are offered by spelling when a company registers.
            models.Index(fields=["folded"], name="company_by_spelling"),
        ]


class CompanyNames(Names):
    company = models.OneToOneField(Company, on_delete=models.CASCADE, primary_key=True, related_name="names")


class CompanyCategory(models.Model):
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="category_links")
    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.PROTECT, related_name="company_links"
    )
    is_primary = models.BooleanField(_("primary"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("category"), _("categories")
        ordering = ["-is_primary", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "category"], name="company_category_once"),
            models.UniqueConstraint(
                fields=["company"], condition=Q(is_primary=True), name="company_one_primary_category"
            ),
        ]

    def __str__(self):
        return str(self.category)


class Membership(MembershipFields):
    side = "company"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        related_name="company_roles",
    )

    class Meta:
        verbose_name, verbose_name_plural = _("member"), _("members")
        constraints = [models.UniqueConstraint(fields=["company", "user"], name="company_member_once")]


class Invitation(InvitationFields):
    side = "company"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="invitations")

    class Meta:
        verbose_name, verbose_name_plural = _("invitation"), _("invitations")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="company_invitation_once",
            )
        ]


class Claim(ClaimFields):
    side = "company"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="claims")

    class Meta:
        verbose_name, verbose_name_plural = _("claim"), _("claims")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "user"], condition=Q(status="waiting"), name="company_claim_once"
            )
        ]


class Verification(VerificationFields):
    side = "company"

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="verifications")

    class Meta:
        verbose_name, verbose_name_plural = _("verification"), _("verifications")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["company"], condition=Q(status="waiting"), name="company_verification_once")
        ]


class RaiseQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status=Raise.Status.OPEN)

    def open_on(self, day):
        """Raises that were open on `day`, whatever became of them later."""
        return self.filter(opened_on__lte=day).filter(
            Q(status=Raise.Status.OPEN) | Q(ended_on__gt=day),
            Q(closes_on__isnull=True) | Q(closes_on__gte=day),
        )

    def visible_to(self, user):
        return self.filter(company__in=Company.objects.visible_to(user))

    def editable_by(self, user):
        return self.filter(company__in=Company.objects.editable_by(user))


class Raise(SourcedFields):
    """What a company asks for now: a round, a range of money, a use."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Audience(models.TextChoices):
        MEMBERS = "members", _("Everyone logged in")
        INVESTORS = "investors", _("Investors")
        INTRODUCED = "introduced", _("Investors after an introduction")

    company = models.ForeignKey(Company, verbose_name=_("company"), on_delete=models.CASCADE, related_name="raises")
    round = models.ForeignKey(Round, verbose_name=_("round"), on_delete=models.PROTECT, related_name="+")
    amount_low = models.DecimalField(_("amount, from"), max_digits=20, decimal_places=2, null=True, blank=True)
    amount_high = models.DecimalField(_("amount, to"), max_digits=20, decimal_places=2, null=True, blank=True)
    currency = models.ForeignKey(
        Currency, verbose_name=_("currency"), on_delete=models.PROTECT, default="CNY", related_name="+"
    )
    amount_text = models.CharField(_("amount as the source wrote it"), max_length=100, blank=True)
    amount_audience = models.CharField(
        _("amount is shown to"), max_length=10, choices=Audience.choices, default=Audience.INVESTORS
    )
    opened_on = models.DateField(_("opened"), default=timezone.localdate)
    closes_on = models.DateField(_("closes"), null=True, blank=True)
    ended_on = models.DateField(_("ended"), null=True, blank=True, editable=False)
    use_of_funds = models.TextField(_("use of funds"), max_length=2000, blank=True)
    status = models.CharField(_("status"), max_length=9, choices=Status.choices, default=Status.OPEN)
    created_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = RaiseQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("raise"), _("raises")
        ordering = ["-opened_on", "-pk"]
        constraints = [
            source_constraint("raise"),
            range_constraint("raise", "amount_low", "amount_high"),
            models.UniqueConstraint(
                fields=["company"],
                condition=Q(status="open"),
                name="company_one_open_raise",
                violation_error_message=_("This company has an open raise already: edit or close that one."),
            ),
            models.CheckConstraint(
                name="raise_closes_after_opening",
                condition=Q(closes_on__isnull=True) | Q(closes_on__gte=F("opened_on")),
                violation_error_message=_("The closing date lies before the opening date."),
            ),
            models.CheckConstraint(
                name="raise_ended_when_not_open",
                condition=Q(status="open", ended_on__isnull=True) | ~Q(status="open") & Q(ended_on__isnull=False),
            ),
        ]
        indexes = [
            # RaiseQuerySet.open(), for the matching run and the lists.
            models.Index(fields=["status", "-opened_on"], name="raise_open"),
            # What changed last, for the statistics (`deals.statistics.state`).
            models.Index(fields=["-updated_at"], name="raise_changed"),
        ]

    def __str__(self):
        return f"{self.company} · {self.round}"

    def get_absolute_url(self):
        return reverse("companies:detail", args=[self.company_id])

    def end(self, status: str) -> bool:
        """Close or withdraw. False if another was faster."""
        done = Raise.objects.filter(pk=self.pk, status=Raise.Status.OPEN).update(
            status=status, ended_on=timezone.localdate(), updated_at=timezone.now()
        )
        if done:
            self.refresh_from_db(fields=["status", "ended_on"])
            # An update sends no signal, and those who match must hear that this raise has ended.
            self.save(update_fields=["updated_at"])
        return bool(done)
