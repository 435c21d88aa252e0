"""Small markets in the database, in which the taste of investors is plain to see."""

import random
from datetime import date, timedelta

from django.utils import timezone

from companies.models import Company, CompanyCategory, Raise
from deals.models import Deal, Participation
from investors.models import Investor, Thesis
from taxonomy.models import Category, Region


def build(
    companies: int = 60,
    investors: int = 16,
    raising: int = 20,
    seed: int = 0,
    today: date | None = None,
    local: bool = False,
):
    """Each institution keeps to one of the seven categories (to one of the four provinces where they are `local`); the
    first few have a thesis. Raising companies come first and have no deal yet."""
    rng = random.Random(seed)
    today = today or timezone.localdate()
    categories = list(Category.objects.offered().roots())
    provinces = list(Region.objects.filter(code__in=["CN-BJ", "CN-SH", "CN-GD", "CN-JS"]))
    firms = Investor.objects.bulk_create(
        Investor(name_en=f"Fund {number}", name_zh=f"基金{number}") for number in range(investors)
    )
    theses = Thesis.objects.bulk_create(
        Thesis(investor=firm, ticket_low=1_000_000, ticket_high=50_000_000) for firm in firms[: investors // 4]
    )
    for number, thesis in enumerate(theses):
        Thesis.categories.through.objects.create(thesis=thesis, category=categories[number % len(categories)])
    rows = Company.objects.bulk_create(
        Company(short_en=f"Company {number}", short_zh=f"公司{number}", region=provinces[number % 4])
        for number in range(companies)
    )
    CompanyCategory.objects.bulk_create(
        CompanyCategory(company=row, category=categories[number % 7], is_primary=True)
        for number, row in enumerate(rows)
    )
    deals, parts = [], []
    for number, row in list(enumerate(rows))[raising:]:
        for nth in range(rng.randint(1, 3)):
            day = today - timedelta(days=rng.randint(30, 2000))
            deal = Deal(company=row, round_id=("angel", "a", "b")[nth], announced_on=day, known_on=day)
            deals.append(deal)
            kinds = len(provinces) if local else len(categories)
            fitting = [firm for index, firm in enumerate(firms) if index % kinds == number % kinds] or firms
            parts += [Participation(deal=deal, investor=firm) for firm in rng.sample(fitting, min(2, len(fitting)))]
    Deal.objects.bulk_create(deals)
    Participation.objects.bulk_create(parts)
    Raise.objects.bulk_create(
        Raise(company=row, round_id="b", amount_low=5_000_000, amount_high=20_000_000) for row in rows[:raising]
    )
    return rows, firms
