"""What matching listens to in the rooms below it: whoever changed is matched again after the commit."""

from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import receiver

from companies.models import Company, CompanyCategory, Raise
from deals.models import (
    Block,
    Deal,
    Introduction,
    Participation,
    PipelineCard,
    Side,
    Stage,
    card_moved,
    deal_established,
    introduction_settled,
)
from investors.models import Investor, Thesis
from matching import actions, refreshing, tasks
from matching.models import Feedback


def _behind(**key) -> None:
    if refreshing.ask(**key):
        transaction.on_commit(lambda: tasks.enqueue(tasks.refresh))


def _part_gone(model, **key) -> None:
    """A part was deleted: if its owner outlives this transaction, the owner is behind.

    When an owner is deleted its parts go first, while its own row is still there; only the commit tells.
    """

    def ask():
        if model.objects.filter(pk=next(iter(key.values()))).exists():
            _behind(**key)

    transaction.on_commit(ask)


@receiver(post_save, sender=Company)
def company_changed(instance, raw=False, **kwargs):
    if not raw:
        _behind(company_id=instance.pk)


@receiver(post_save, sender=Raise)
@receiver(post_save, sender=CompanyCategory)
@receiver(post_save, sender=Deal)
def part_of_company_changed(instance, raw=False, **kwargs):
    if not raw:
        _behind(company_id=instance.company_id)


# Until then nobody was matched by it.
@receiver(deal_established, sender=Deal)
def deal_counts(deal, **kwargs):
    _behind(company_id=deal.company_id)
    for part in deal.participations.all():
        _behind(investor_id=part.investor_id)


@receiver(post_delete, sender=Raise)
@receiver(post_delete, sender=CompanyCategory)
@receiver(post_delete, sender=Deal)
def part_of_company_gone(instance, **kwargs):
    _part_gone(Company, company_id=instance.company_id)


# An answer changes the whole list of whoever gave it, and its place in the lists of all others; the pair itself is in
# both.
@receiver(post_save, sender=Feedback)
def answered(instance, raw=False, **kwargs):
    if not raw:
        _behind(**_answerer(instance, instance.side))


@receiver(post_delete, sender=Feedback)
def answer_gone(instance, **kwargs):
    _part_gone(Company if instance.side == Side.COMPANY else Investor, **_answerer(instance, instance.side))


# Whoever is kept away goes out of both lists; the list of the side that is blocked is behind as much.
@receiver(post_save, sender=Block)
def blocked(instance, raw=False, **kwargs):
    if not raw:
        _behind(company_id=instance.company_id)
        _behind(investor_id=instance.investor_id)


@receiver(post_delete, sender=Block)
def block_lifted(instance, **kwargs):
    _part_gone(Company, company_id=instance.company_id)
    _part_gone(Investor, investor_id=instance.investor_id)


@receiver(post_save, sender=Introduction)
def introduction_asked(instance, raw=False, **kwargs):
    if not raw:
        _behind(**_answerer(instance, instance.asked_side))


@receiver(introduction_settled, sender=Introduction)
def introduction_answered(introduction, **kwargs):
    withdrawn = introduction.status == Introduction.Status.WITHDRAWN
    side = introduction.asked_side if withdrawn else introduction.answering_side
    _behind(**_answerer(introduction, side))


# What an institution passes on in its pipeline it passes on here, and takes back here.
@receiver(card_moved, sender=PipelineCard)
def card_passed(card, before, by, **kwargs):
    if card.stage == Stage.PASSED:
        actions.answer(by, card.company, card.investor, Side.INVESTOR, Feedback.Kind.PASSED, card.pass_reason)
    elif before == Stage.PASSED:
        passed = Feedback.objects.filter(side=Side.INVESTOR, kind=Feedback.Kind.PASSED)
        actions.forget(passed.filter(company=card.company, investor=card.investor))


def _answerer(said, side: str) -> dict[str, int]:
    return {"company_id": said.company_id} if side == Side.COMPANY else {"investor_id": said.investor_id}


@receiver(post_save, sender=Investor)
def investor_changed(instance, raw=False, **kwargs):
    if not raw:
        _behind(investor_id=instance.pk)


@receiver(post_save, sender=Thesis)
@receiver(post_save, sender=Participation)
def part_of_investor_changed(instance, raw=False, **kwargs):
    if not raw:
        _behind(investor_id=instance.investor_id)


@receiver(post_delete, sender=Thesis)
@receiver(post_delete, sender=Participation)
def part_of_investor_gone(instance, **kwargs):
    _part_gone(Investor, investor_id=instance.investor_id)


@receiver(m2m_changed, sender=Thesis.categories.through)
@receiver(m2m_changed, sender=Thesis.excluded.through)
@receiver(m2m_changed, sender=Thesis.rounds.through)
@receiver(m2m_changed, sender=Thesis.regions.through)
def thesis_tags_changed(instance, action, reverse, **kwargs):
    if action.startswith("post_") and not reverse:
        _behind(investor_id=instance.investor_id)
