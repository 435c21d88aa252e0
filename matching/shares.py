"""What part of all investments in the market has a category, a round or a place: whether some of an investor's are many."""

from collections import Counter
from dataclasses import dataclass, field

from django.core.cache import cache
from django.db.models import Count

from deals.models import Deal, Participation
from taxonomy.models import Region

# Shares move slowly, and a page that shows reasons shall not count the whole market.
KEPT_SECONDS = 3600
_KEY = "matching.shares"


@dataclass
class Shares:
    """Participations of standing deals by evidence code, and of how many of them the property is known."""

    counted: dict[str, Counter] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)

    def is_below(self, item: dict) -> bool:
        """Whether the `n` of `of` deals that a piece of evidence names are fewer than the market's share of them."""
        value = _VALUES.get(item["code"])
        if value is None:
            return False
        kind, key = value(item)
        return item["n"] * self.known.get(kind, 0) < item["of"] * self.counted.get(kind, Counter())[key]


_VALUES = {
    "category_deals": lambda item: ("category", item["category"]),
    "round_deals": lambda item: ("round", item["round"]),
    "place_deals": lambda item: (item["level"], (item["country"], item["place"])),
}


def market_shares() -> Shares:
    return cache.get_or_set(_KEY, _count, KEPT_SECONDS)


def _count() -> Shares:
    found = Shares()

    def add(kind: str, keys, n: int) -> None:
        found.known[kind] = found.known.get(kind, 0) + n
        for key in keys:
            found.counted.setdefault(kind, Counter())[key] += n

    parts = Participation.objects.filter(deal__in=Deal.objects.standing(), investor__is_published=True).order_by()
    for code, n in parts.filter(deal__round__isnull=False).values_list("deal__round").annotate(Count("pk")):
        add("round", [code], n)
    company = "deal__company__"
    links = f"{company}category_links__"
    primary = parts.filter(**{f"{links}is_primary": True})
    fields = (f"{links}category__scheme__code", f"{links}category__path")
    for scheme, path, n in primary.values_list(*fields).annotate(Count("pk")):
        # A leaf counts for what lies above it too, as it does for the evidence.
        add("category", {f"{scheme}/{code}" for code in path.split("/")}, n)
    fields = (f"{company}region__kind", f"{company}region__country", f"{company}region__code", f"{company}city")
    for kind, country, region, city, n in parts.values_list(*fields).annotate(Count("pk")):
        if country:
            add("country", [(country, country)], n)
        if region and kind != Region.Kind.COUNTRY:
            add("region", [(country, region)], n)
        if city:
            add("city", [(country or "", city.casefold())], n)
    return found
