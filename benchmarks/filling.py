"""A generated market into the database, in bulk. Django must be set up before this is imported."""

from itertools import count, islice

import numpy as np
import pandas as pd
from django.db import transaction
from django.utils import timezone

from benchmarks.generator import Places, generate
from companies.models import Company, CompanyCategory, Raise
from deals.models import Deal, Participation
from investors.models import Investor, Thesis
from matching import market as m
from taxonomy.models import Category, Region, Round

BATCH = 5000


def _store(model, rows) -> None:
    rows = iter(rows)
    while some := list(islice(rows, BATCH)):
        model.objects.bulk_create(some)


def places() -> tuple[Places, dict[str, int], dict[str, int]]:
    """The taxonomy's own categories and regions for the generator, and their keys by code."""
    categories = list(Category.objects.offered().order_by("path"))
    regions = list(Region.objects.exclude(kind=Region.Kind.COUNTRY).exclude(country="").order_by("pk"))[:60]
    made = Places(tuple((c.code,) for c in categories), tuple((r.code, r.country) for r in regions))
    return made, {c.code: c.pk for c in categories}, {r.code: r.pk for r in regions}


def _money(value):
    return None if pd.isna(value) else round(float(value))


@transaction.atomic
def fill(raises: int, investors: int, seed: int = 0) -> None:
    """Fill an empty, migrated database with a market as of today. Keys are those of the generator."""
    made, category, region = places()
    market = generate(raises, investors, seed, timezone.localdate(), made)
    rounds = set(Round.objects.values_list("code", flat=True))
    companies = market.companies
    _store(
        Company,
        (
            Company(
                pk=pk,
                short_en=f"Company {pk}",
                region_id=region[row.region],
                city=row.city,
                keywords=list(row.keywords),
                founded_on=row.founded_on.date(),
                search_text=row.text,
            )
            for pk, row in zip(companies.index, companies.itertuples(), strict=True)
        ),
    )
    _store(
        CompanyCategory,
        (
            CompanyCategory(company_id=pk, category_id=category[code], is_primary=True)
            for pk, code in companies[m.CATEGORY].items()
        ),
    )
    _store(Investor, (Investor(pk=pk, name_en=f"Investor {pk}") for pk in market.investors.index))
    deals = market.deals
    _store(
        Deal,
        (
            Deal(
                pk=pk,
                company_id=row.company,
                round_id=row.round if row.round in rounds else None,
                announced_on=row.date.date(),
                known_on=row.date.date(),
                amount_kind="undisclosed" if np.isnan(row.amount) else "exact",
                amount_low=_money(row.amount),
                amount_high=_money(row.amount),
                currency_id=None if np.isnan(row.amount) else "CNY",
            )
            for pk, row in zip(deals.index, deals.itertuples(), strict=True)
        ),
    )
    _store(
        Participation,
        (Participation(deal_id=d, investor_id=i) for d, i in market.participations[[m.DEAL, m.INVESTOR]].to_numpy()),
    )
    _store(
        Raise,
        (
            Raise(
                pk=pk,
                company_id=row.company,
                round_id=row.round,
                opened_on=row.opened_on.date(),
                amount_low=_money(row.amount_low),
                amount_high=_money(row.amount_high),
            )
            for pk, row in zip(market.raises.index, market.raises.itertuples(), strict=True)
        ),
    )
    _theses(market.theses, category, region)


def _theses(theses: pd.DataFrame, category, region) -> None:
    rows = list(zip(count(1), theses.itertuples(), strict=False))
    _store(
        Thesis,
        (
            Thesis(
                pk=pk,
                investor_id=row.investor,
                ticket_low=_money(row.ticket_low),
                ticket_high=_money(row.ticket_high),
                keywords=list(row.keywords),
                text=row.text,
            )
            for pk, row in rows
        ),
    )
    for field, column, keys in (
        ("categories", "category_id", category),
        ("excluded", "category_id", category),
        ("rounds", "round_id", None),
        ("regions", "region_id", region),
    ):
        through = getattr(Thesis, field).through
        _store(
            through,
            (
                through(thesis_id=pk, **{column: keys[code] if keys else code})
                for pk, row in rows
                for code in getattr(row, field)
            ),
        )
