"""What is listened to, here and in the rooms below: changes that no record's own stamp tells, for the statistics, and who
is verified, for the deals that waited for it."""

from django.db.models.signals import m2m_changed, post_delete, post_save

from accounts.parties import party_verified
from companies.models import Company, Raise
from deals import established
from deals.models import Deal, Introduction, Listing, UnstampedChange
from investors.models import Investor, Thesis
from taxonomy.models import (
    Board,
    Category,
    Currency,
    ExchangeRate,
    GrossProduct,
    Milestone,
    Region,
    Round,
    Scheme,
    Source,
)

# What records are described with, and what stands beside them.
DESCRIBING = (Board, Category, Currency, ExchangeRate, GrossProduct, Milestone, Region, Round, Scheme, Source)
# These tell by themselves when they or their parts change, and not when they go.
RECORDED = (Company, Raise, Investor, Thesis, Deal, Listing, Introduction)


def _changed(**kwargs) -> None:
    UnstampedChange.objects.create()


for _model in DESCRIBING:
    post_save.connect(_changed, _model, dispatch_uid=f"statistics-saved-{_model.__name__}")
for _model in (*DESCRIBING, *RECORDED):
    post_delete.connect(_changed, _model, dispatch_uid=f"statistics-deleted-{_model.__name__}")
m2m_changed.connect(_changed, Region.members.through, dispatch_uid="statistics-members")


def _vouches(party, actor, **kwargs) -> None:
    established.by_verification(party, actor)


party_verified.connect(_vouches, dispatch_uid="deals-of-verified")
