"""How many companies stand behind each choice of a filter, the other filters as they are."""

from collections import Counter

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When
from django.utils.translation import ngettext

from companies.filters import CompanyFilter
from companies.models import Company, CompanyCategory, Raise
from taxonomy import display
from taxonomy.models import Category, Region

CHOICES = ("category", "region", "round")
MARKS = ("raising", "verified")
# Up to so many companies that words and ranges leave are looked up once, and counted by their numbers.
FEW = 2000


def counts(filters: CompanyFilter) -> dict[str, Counter]:
    """Return, by the name of a filter, the number of companies behind each of its values; of a mark, behind its set.

    A company counts in its categories and in those above, in its place and in what that is part of.
    """
    chosen, everything = filters.form.cleaned_data, _few(filters.without(""))
    return {
        # A filter that is not set leaves what all together leave.
        name: count(_few(filters.without(name)) if chosen[name] else everything)
        for name, count in COUNTERS.items()
    }


def _few(found: QuerySet[Company]) -> QuerySet[Company]:
    pks = list(found.values_list("pk", flat=True)[: FEW + 1])
    return Company.objects.filter(pk__in=pks).order_by() if len(pks) <= FEW else found


def _by_category(found: QuerySet[Company]) -> Counter:
    categories = list(Category.objects.offered())
    links = CompanyCategory.objects.filter(company__in=found.values("pk")).order_by()
    names = {category.path: category.code for category in categories}
    result: Counter = Counter()
    # One question for each depth of the tree: a company in two categories counts once in what lies above both.
    for depth in range(max((category.path.count("/") + 1 for category in categories), default=0)):
        above: dict[str, list[int]] = {}
        for category in categories:
            way = category.path.split("/")
            if depth < len(way):
                above.setdefault("/".join(way[: depth + 1]), []).append(category.pk)
        paths = list(above)
        place = Case(
            *(When(category__in=above[path], then=Value(at)) for at, path in enumerate(paths)),
            output_field=IntegerField(),
        )
        rows = links.annotate(place=place).filter(place__isnull=False)
        for at, number in rows.values_list("place").annotate(Count("company", distinct=True)):
            result[names[paths[at]]] = number
    return result


def by_region(found: QuerySet[Company]) -> Counter:
    """By code of a region how many of some companies lie in it, in a part of it, or in a member of it."""
    regions = {region.pk: region for region in Region.objects.all()}
    groups: dict[int, list[int]] = {}
    for group, member in Region.members.through.objects.values_list("from_region", "to_region"):
        groups.setdefault(member, []).append(group)
    result: Counter = Counter()
    for pk, number in found.filter(region__isnull=False).values_list("region").annotate(Count("pk")):
        way, at = [], regions[pk]
        # As far up as `RegionQuerySet.within` looks.
        while at and len(way) < 3:
            way.append(at.pk)
            at = regions.get(at.parent_id)
        inside = {*way, *(group for one in way[:2] for group in groups.get(one, []))}
        result.update({regions[one].code: number for one in inside})
    return result


def _by_round(found: QuerySet[Company]) -> Counter:
    raises = Raise.objects.open().filter(company__in=found.values("pk")).order_by()
    return Counter(dict(raises.values_list("round").annotate(Count("pk"))))


def _raising(found: QuerySet[Company]) -> Counter:
    return Counter({"true": found.filter(pk__in=Raise.objects.open().values("company")).count()})


def _verified(found: QuerySet[Company]) -> Counter:
    return Counter({"true": found.filter(verified_at__isnull=False).count()})


COUNTERS = {
    "category": _by_category,
    "region": by_region,
    "round": _by_round,
    "raising": _raising,
    "verified": _verified,
}


def write_into(filters: CompanyFilter) -> None:
    """Write the counts beside the choices of the form."""
    form, found = filters.form, counts(filters)
    for name in CHOICES:
        field = form.fields[name]
        field.widget.choices = [_with_count(choice, found[name]) for choice in field.choices]
    for name in MARKS:
        form[name].help_text = _companies(found[name]["true"])


def swapped(filters: CompanyFilter) -> list[str]:
    """Return the lists of choices with their counts, for a script to put in the place of those that a page has."""
    attrs = {"class": "select form-select", "hx-swap-oob": "true"}
    return [filters.form[name].as_widget(attrs=attrs) for name in CHOICES]


def _with_count(choice: tuple, numbers: Counter) -> tuple:
    value, label = choice
    if isinstance(label, list | tuple):
        return value, [_with_count(one, numbers) for one in label]
    # The empty choice stands for all.
    return (value, f"{label} ({display.count(numbers[str(value)])})") if str(value) else (value, label)


def _companies(number: int) -> str:
    return ngettext("%(shown)s company", "%(shown)s companies", number) % {"shown": display.count(number)}
