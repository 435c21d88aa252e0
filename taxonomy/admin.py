from django.contrib import admin

from taxonomy.models import (
    Board,
    Category,
    Crosswalk,
    Currency,
    ExchangeRate,
    GrossProduct,
    Milestone,
    Region,
    Round,
    Scheme,
    Source,
)


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "licence", "simulated"]
    search_fields = ["name", "code"]


@admin.register(Scheme)
class SchemeAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "is_default", "source"]
    search_fields = ["name_zh", "name_en", "code"]


class CrosswalkInline(admin.TabularInline):
    model = Crosswalk
    fk_name = "origin"
    extra = 0
    autocomplete_fields = ["target"]


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "scheme", "parent", "order"]
    list_filter = ["scheme"]
    list_select_related = ["scheme", "parent"]
    search_fields = ["name_zh", "name_en", "code"]
    autocomplete_fields = ["parent"]
    readonly_fields = ["path"]
    inlines = [CrosswalkInline]


@admin.register(Region)
class RegionAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "kind", "country", "parent"]
    list_filter = ["kind"]
    list_select_related = ["parent"]
    search_fields = ["name_zh", "name_en", "code"]
    autocomplete_fields = ["parent", "members"]


@admin.register(Round)
class RoundAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "order", "position"]
    search_fields = ["name_zh", "name_en", "code"]


@admin.register(Board)
class BoardAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "exchange_zh", "opened_on"]
    search_fields = ["name_zh", "name_en", "code"]


class RateInline(admin.TabularInline):
    model = ExchangeRate
    extra = 0
    ordering = ["-date"]


@admin.register(Currency)
class CurrencyAdmin(admin.ModelAdmin):
    list_display = ["name", "code", "symbol"]
    search_fields = ["name_zh", "name_en", "code"]
    inlines = [RateInline]


@admin.register(GrossProduct)
class GrossProductAdmin(admin.ModelAdmin):
    list_display = ["province", "year", "value", "source"]
    list_filter = ["year"]
    list_select_related = ["province", "source"]
    search_fields = ["province__name_zh", "province__name_en", "province__code"]
    autocomplete_fields = ["province"]


@admin.register(Milestone)
class MilestoneAdmin(admin.ModelAdmin):
    list_display = ["name", "on", "precision", "board", "source"]
    list_select_related = ["board", "source"]
    search_fields = ["name_zh", "name_en", "code"]
