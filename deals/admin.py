"""Introductions, deals and listings in the administration."""

from django.contrib import admin

from deals.models import Deal, Introduction, Listing, Participation


class ParticipationInline(admin.TabularInline):
    model = Participation
    autocomplete_fields = ["investor"]
    extra = 0


@admin.register(Deal)
class DealAdmin(admin.ModelAdmin):
    list_display = ["company", "kind", "round", "announced_on", "amount_text", "status", "source", "recorded_at"]
    list_filter = ["status", "kind", "round", "source"]
    list_select_related = ["company", "round", "source"]
    search_fields = ["company__short_zh", "company__short_en", "company__name_zh", "company__name_en", "source_ref"]
    date_hierarchy = "announced_on"
    autocomplete_fields = ["company"]
    raw_id_fields = ["introduction", "merged_into", "recorded_by", "verified_by"]
    # What the site's own actions decide, with their notices and their record, is not edited behind their back.
    readonly_fields = ["status", "verified_at", "verified_by", "merged_into", "reject_reason", "recorded_at"]
    inlines = [ParticipationInline]
    show_full_result_count = False


@admin.register(Introduction)
class IntroductionAdmin(admin.ModelAdmin):
    list_display = ["company", "investor", "asked_side", "status", "asked_at", "expires_on", "answered_at"]
    list_filter = ["status", "asked_side", "decline_reason"]
    list_select_related = ["company", "investor"]
    search_fields = ["company__short_zh", "company__short_en", "investor__name_zh", "investor__name_en"]
    date_hierarchy = "asked_at"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Listing)
class ListingAdmin(admin.ModelAdmin):
    list_display = ["company", "board", "ticker", "filed_on", "listed_on", "status", "source", "recorded_at"]
    list_filter = ["status", "board", "source"]
    list_select_related = ["company", "board", "source"]
    search_fields = ["company__short_zh", "company__short_en", "ticker"]
    date_hierarchy = "listed_on"
    autocomplete_fields = ["company"]
    raw_id_fields = ["offering", "recorded_by"]
    readonly_fields = ["status", "verified_at", "verified_by", "reject_reason", "review_note", "recorded_at"]
