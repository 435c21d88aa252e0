from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin import MembershipFilter, VerifiedAdmin
from companies.models import Company, CompanyAlias, CompanyCategory, Membership, Raise


class CategoryInline(admin.TabularInline):
    model = CompanyCategory
    extra = 0
    autocomplete_fields = ["category"]


class AliasInline(admin.TabularInline):
    model = CompanyAlias
    extra = 0


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["user"]


class RaiseInline(admin.TabularInline):
    model = Raise
    extra = 0
    fields = ["round", "amount_low", "amount_high", "currency", "amount_audience", "opened_on", "status", "ended_on"]
    readonly_fields = ["status", "ended_on"]
    show_change_link = True


@admin.register(Company)
class CompanyAdmin(VerifiedAdmin, admin.ModelAdmin):
    list_display = ["name", "region", "founded_on", "is_published", "verified_at", "created_at"]
    list_filter = ["is_published", ("verified_at", admin.EmptyFieldListFilter), MembershipFilter, "source"]
    list_select_related = ["region"]
    search_fields = ["name_zh", "name_en", "short_zh", "short_en", "credit_code", "source_ref", "aliases__name"]
    date_hierarchy = "created_at"
    autocomplete_fields = ["region", "parent", "source"]
    readonly_fields = ["verified_at", "created_at", "updated_at"]
    inlines = [CategoryInline, RaiseInline, MembershipInline, AliasInline]
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": [("short_zh", "short_en"), ("name_zh", "name_en"), "credit_code", "logo", "website"]}),
        (_("Facts"), {"fields": [("founded_on", "founded_precision"), ("region", "city"), "parent", "business_model"]}),
        (_("Texts"), {"fields": ["summary_zh", "summary_en", "description_zh", "description_en", "keywords"]}),
        (_("Contact"), {"fields": ["contact_name", "contact_email", "contact_phone"]}),
        (_("State"), {"fields": ["is_published", "verified_at", ("source", "source_ref"), "created_at", "updated_at"]}),
    ]

    @admin.display(description=_("name"), ordering="short_zh")
    def name(self, company):
        return company.name

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        # After the inlines: categories and further names are part of what search finds.
        Company.objects.get(pk=form.instance.pk).refresh_search_text()


@admin.register(Raise)
class RaiseAdmin(admin.ModelAdmin):
    list_display = ["company", "round", "amount_low", "amount_high", "currency", "opened_on", "status", "ended_on"]
    list_filter = ["status", "round", "currency"]
    list_select_related = ["company", "round", "currency"]
    search_fields = ["company__name_zh", "company__name_en", "company__short_zh", "company__short_en"]
    autocomplete_fields = ["company", "source"]
    date_hierarchy = "opened_on"
    show_full_result_count = False
    # A raise ends by closing or withdrawing it, which also writes the day.
    readonly_fields = ["status", "ended_on", "created_at"]
    actions = ["close", "withdraw"]

    @admin.action(description=_("Close"))
    def close(self, request, queryset):
        for asked in queryset:
            asked.end(Raise.Status.CLOSED)

    @admin.action(description=_("Withdraw"))
    def withdraw(self, request, queryset):
        for asked in queryset:
            asked.end(Raise.Status.WITHDRAWN)
