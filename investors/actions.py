"""What changes several records of an institution at once. Forms and API call these."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import MemberRole, User
from investors.models import Investor, Membership, Thesis
from taxonomy.models import Category, Region, Round


@transaction.atomic
def create_investor(investor: Investor, by: User) -> Investor:
    """Store a new institution; `by` becomes its owner."""
    investor.save()
    Membership.objects.create(investor=investor, user=by, role=MemberRole.OWNER)
    investor.refresh_search_text()
    return investor


@transaction.atomic
def update_investor(investor: Investor) -> Investor:
    investor.save()
    investor.refresh_search_text()
    return investor


@transaction.atomic
def save_thesis(
    thesis: Thesis,
    categories: Iterable[Category] = (),
    excluded: Iterable[Category] = (),
    rounds: Iterable[Round] = (),
    regions: Iterable[Region] = (),
) -> Thesis:
    """Store a new or changed thesis with all that it names."""
    thesis.save()
    thesis.categories.set(categories)
    thesis.excluded.set(excluded)
    thesis.rounds.set(rounds)
    thesis.regions.set(regions)
    return thesis
