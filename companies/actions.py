"""What changes several records of a company at once. Forms and API call these."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import MemberRole, User
from companies.models import Company, CompanyCategory, Membership, Raise
from taxonomy.models import Category


def _set_categories(company: Company, primary: Category | None, further: Iterable[Category]) -> None:
    wanted = {category.pk: False for category in further}
    if primary:
        wanted[primary.pk] = True
    have = {link.category_id: link.is_primary for link in company.category_links.all()}
    if wanted == have:
        return
    company.category_links.all().delete()
    CompanyCategory.objects.bulk_create(
        CompanyCategory(company=company, category_id=pk, is_primary=is_primary) for pk, is_primary in wanted.items()
    )


def _write(company: Company, primary: Category | None, further: Iterable[Category]) -> Company:
    company.save()
    _set_categories(company, primary, further)
    # A fresh row: whoever read `company` before may hold its old categories.
    Company.objects.prefetch_related("category_links__category", "aliases").get(pk=company.pk).refresh_search_text()
    return company


@transaction.atomic
def create_company(company: Company, by: User, primary: Category | None, further: Iterable[Category] = ()) -> Company:
    """Store a new company with its categories; `by` becomes its owner."""
    _write(company, primary, further)
    Membership.objects.create(company=company, user=by, role=MemberRole.OWNER)
    return company


@transaction.atomic
def update_company(company: Company, primary: Category | None, further: Iterable[Category] = ()) -> Company:
    return _write(company, primary, further)


def open_raise(asked: Raise) -> Raise:
    """Store a new raise. Raises `IntegrityError` where the company has an open one already."""
    with transaction.atomic():
        asked.save()
    return asked


def update_raise(asked: Raise, fields: Iterable[str]) -> bool:
    """Store the named fields of an open raise. False, and nothing stored, if it ended meanwhile."""
    with transaction.atomic():
        if not Raise.objects.select_for_update().open().filter(pk=asked.pk).exists():
            return False
        asked.save(update_fields=[*fields, "updated_at"])
    return True


def end_raise(asked: Raise, status: str) -> bool:
    """Close or withdraw a raise. False if it had ended already."""
    with transaction.atomic():
        return asked.end(status)
