"""What matching listens to in the rooms below it: whoever changed is matched again after the commit."""

from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver

from companies.models import Company, CompanyCategory, Raise
from deals.models import Deal, Participation
from investors.models import Investor, Thesis
from matching import refreshing, tasks
from matching.models import Feedback


def _behind(**key) -> None:
    if refreshing.ask(**key):
        transaction.on_commit(lambda: tasks.enqueue(tasks.refresh))


@receiver(post_save, sender=Company)
def company_changed(instance, raw=False, **kwargs):
    if not raw:
        _behind(company_id=instance.pk)


@receiver([post_save, post_delete], sender=Raise)
@receiver([post_save, post_delete], sender=CompanyCategory)
def part_of_company_changed(instance, raw=False, **kwargs):
    # While a company is deleted its parts go first, and there is nothing left to match.
    if not raw and Company.objects.filter(pk=instance.company_id).exists():
        _behind(company_id=instance.company_id)


@receiver(post_save, sender=Investor)
def investor_changed(instance, raw=False, **kwargs):
    if not raw:
        _behind(investor_id=instance.pk)


@receiver([post_save, post_delete], sender=Thesis)
def thesis_changed(instance, raw=False, **kwargs):
    if not raw and Investor.objects.filter(pk=instance.investor_id).exists():
        _behind(investor_id=instance.investor_id)


@receiver(m2m_changed, sender=Thesis.categories.through)
@receiver(m2m_changed, sender=Thesis.excluded.through)
@receiver(m2m_changed, sender=Thesis.rounds.through)
@receiver(m2m_changed, sender=Thesis.regions.through)
def thesis_tags_changed(instance, action, reverse, **kwargs):
    if action.startswith("post_") and not reverse:
        _behind(investor_id=instance.investor_id)


@receiver([post_save, post_delete], sender=Feedback)
def answered(instance, **kwargs):
    if Company.objects.filter(pk=instance.company_id).exists():
        _behind(company_id=instance.company_id)


@receiver(post_save, sender=Deal)
def deal_changed(instance, raw=False, **kwargs):
    if not raw:
        _behind(company_id=instance.company_id)


@receiver([post_save, post_delete], sender=Participation)
def participation_changed(instance, raw=False, **kwargs):
    if not raw and Investor.objects.filter(pk=instance.investor_id).exists():
        _behind(investor_id=instance.investor_id)
