"""The scope of a statistics page as it stands in the URL."""

from datetime import date

import django_filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deals.filters import day_input
from deals.models import Deal
from deals.statistics.scope import Scope, twelve_months
from investors.models import Investor
from taxonomy.filters import AtRounds, OneOf, UnderCategories, WithinRegions
from taxonomy.models import Currency, Scheme

FIRST_YEAR = 1900


class ScopeForm(forms.Form):
    def clean(self):
        data = super().clean()
        since, until = data.get("since"), data.get("until")
        for name in ("since", "until"):
            if data.get(name) and not FIRST_YEAR < data[name].year <= 2100:
                self.add_error(name, _("Choose a year after %(year)d.") % {"year": FIRST_YEAR})
        if data.get("as_of") and data["as_of"] > timezone.localdate():
            self.add_error("as_of", _("This day has not come yet. Leave it empty for what is known today."))
        if since and until and until < since:
            self.add_error("until", _("The period ends before it begins: choose a later end or an earlier beginning."))
        return data


class ScopeFilter(django_filters.FilterSet):
    since = django_filters.DateFilter(label=_("Since"), widget=day_input())
    until = django_filters.DateFilter(label=_("Until"), widget=day_input())
    scheme = django_filters.ModelChoiceFilter(
        label=_("Sector"), queryset=Scheme.objects.all(), to_field_name="code", empty_label=_("All companies")
    )
    category = UnderCategories()
    region = WithinRegions()
    round = AtRounds()
    investor_type = OneOf(label=_("Type of investor"), choices=Investor.Type.choices, empty_label=_("Any type"))
    verified = django_filters.BooleanFilter(
        label=_("Verified deals only"), widget=forms.CheckboxInput(attrs={"value": "true"})
    )
    as_of = django_filters.DateFilter(label=_("As known on"), widget=day_input())
    currency = django_filters.ModelChoiceFilter(
        label=_("Currency"), queryset=Currency.objects.all(), empty_label=None, required=False
    )

    class Meta:
        model = Deal
        fields: list[str] = []
        form = ScopeForm

    def filter_queryset(self, queryset):
        """The venture events of the scope that `queryset` has too."""
        return queryset.filter(pk__in=self.scope().deals().values("pk"))

    def scope(self) -> Scope:
        """Return the scope that the form asks for; the last twelve months where it names no period."""
        data = self.form.cleaned_data
        today = timezone.localdate()
        last = data.get("until") or max(today, data.get("since") or today)
        first = data.get("since") or twelve_months(last)[0]
        categories, scheme = data["category"], data.get("scheme")
        return Scope(
            first=first,
            last=last,
            # All categories that are offered are of one scheme.
            scheme=categories[0].scheme.code if categories else scheme.code if scheme else "",
            categories=_codes(categories),
            regions=_codes(data["region"]),
            rounds=_codes(data["round"]),
            investor_types=tuple(data["investor_type"]),
            verified_only=bool(data.get("verified")),
            as_of=data.get("as_of"),
            currency=data["currency"].code if data.get("currency") else "CNY",
        )


def _codes(rows) -> tuple[str, ...]:
    return tuple(row.code for row in rows)


def periods(today: date, latest: date | None) -> list[tuple[str, date, date]]:
    """Return the periods that are offered: a code, the first and the last day."""
    offered = [
        ("last_12_months", *twelve_months(today)),
        ("this_year", date(today.year, 1, 1), today),
        ("last_year", date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    ]
    if latest and latest < offered[0][1]:
        # Nothing is recorded of late, as in an imported market: the last months of its records.
        offered.append(("latest_records", *twelve_months(latest)))
    return offered
