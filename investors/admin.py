from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin import MembershipFilter, VerifiedAdmin
from investors.models import Investor, InvestorAlias, Membership, Thesis


class AliasInline(admin.TabularInline):
    model = InvestorAlias
    extra = 0


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["user"]


class ThesisInline(admin.TabularInline):
    model = Thesis
    extra = 0
    fields = ["title", "ticket_low", "ticket_high", "currency", "is_active"]
    show_change_link = True


@admin.register(Investor)
class InvestorAdmin(VerifiedAdmin, admin.ModelAdmin):
    list_display = ["name", "type", "region", "is_published", "verified_at", "created_at"]
    list_filter = ["type", "is_published", ("verified_at", admin.EmptyFieldListFilter), MembershipFilter, "source"]
    list_select_related = ["region"]
    search_fields = ["name_zh", "name_en", "source_ref", "aliases__name"]
    date_hierarchy = "created_at"
    autocomplete_fields = ["region", "source"]
    readonly_fields = ["verified_at", "created_at", "updated_at"]
    inlines = [ThesisInline, MembershipInline, AliasInline]
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": [("name_zh", "name_en"), "type", "website"]}),
        (_("Facts"), {"fields": [("region", "city"), "founded_year", ("assets", "assets_currency")]}),
        (_("Texts"), {"fields": ["description_zh", "description_en"]}),
        (_("Contact"), {"fields": ["contact_name", "contact_email", "contact_phone"]}),
        (_("State"), {"fields": ["is_published", "verified_at", ("source", "source_ref"), "created_at", "updated_at"]}),
    ]

    @admin.display(description=_("name"), ordering="name_zh")
    def name(self, investor):
        return investor.name

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        Investor.objects.get(pk=form.instance.pk).refresh_search_text()


@admin.register(Thesis)
class ThesisAdmin(admin.ModelAdmin):
    list_display = ["__str__", "investor", "ticket_low", "ticket_high", "currency", "is_active", "updated_at"]
    list_filter = ["is_active", "currency"]
    list_select_related = ["investor", "currency"]
    search_fields = ["title", "investor__name_zh", "investor__name_en"]
    autocomplete_fields = ["investor", "categories", "excluded", "regions", "source"]
    filter_horizontal = ["rounds"]
    readonly_fields = ["unmapped", "created_at", "updated_at"]
