"""Where companies lie: the Chinese province of each place, and the statistical region of each province."""

from dataclasses import dataclass
from functools import cached_property

from taxonomy.models import Region


@dataclass(frozen=True)
class Places:
    """`provinces` by id, in the order of GB/T 2260; `inside` gives the province of every place within one; `macro` are
    the statistical regions with `member`, which gives the one of a province."""

    provinces: dict[int, Region]
    inside: dict[int, int]
    macro: tuple[Region, ...]
    member: dict[int, int]

    @classmethod
    def read(cls) -> "Places":
        provinces = {region.pk: region for region in Region.objects.provinces()}
        within = dict(Region.objects.filter(parent__in=provinces).values_list("pk", "parent"))
        macro = Region.objects.filter(kind=Region.Kind.MACRO)
        member = dict(Region.objects.filter(groups__in=macro).values_list("pk", "groups"))
        member = {pk: group for pk, group in member.items() if pk in provinces}
        return cls(provinces, {pk: pk for pk in provinces} | within, tuple(macro), member)

    @cached_property
    def group(self) -> dict[int, int]:
        """The statistical region of every place within a province that belongs to one."""
        return {pk: self.member[province] for pk, province in self.inside.items() if province in self.member}
