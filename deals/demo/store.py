"""Writes a drawn market into the database, all or nothing."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from companies.models import Company, CompanyAlias, CompanyCategory, Raise
from deals.demo.content import Phrase
from deals.demo.market import Build
from deals.demo.spec import DEMONSTRATION, STUDY, Market
from deals.models import Deal, Introduction, Listing, Participation
from investors.models import Investor, InvestorAlias, Thesis
from taxonomy.facts import Source
from taxonomy.models import Category, Region, Round
from taxonomy.names import fold
from taxonomy.text import segmented

SCHEME = "industrial-internet"
ZONE = ZoneInfo("Asia/Shanghai")
BATCH = 500


class AlreadyThere(Exception):
    """The demonstration market has been made before."""


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZONE)


def reference_names() -> tuple[dict[str, Phrase], dict[str, Phrase], dict[str, str]]:
    """Return the names of categories and regions by code, those of rounds, and the provinces' codes of GB/T 2260."""
    labels = {row.code: (row.name_zh, row.name_en) for row in Category.objects.filter(scheme__code=SCHEME)}
    regions = list(Region.objects.filter(country="CHN"))
    labels |= {row.code: (row.name_zh, row.name_en) for row in regions}
    rounds = {row.code: (row.name_zh, row.name_en) for row in Round.objects.all()}
    return labels, rounds, {row.code: row.gb_code for row in regions if row.gb_code}


def draw(seed: int, today: date) -> Market:
    """Return the market of a seed and a day, with the reference rows of this database."""
    return Build(seed, today, *reference_names()).market()


@transaction.atomic
def make(seed: int, today: date) -> tuple[Market, "Store"]:
    """Draw the market and write it. Raises `AlreadyThere`."""
    # The row is also the lock: of two that begin at once, one waits here and then finds it.
    source, fresh = Source.objects.get_or_create(
        code=DEMONSTRATION,
        defaults={
            "name": "模拟市场",
            "name_en": "Simulated market",
            "attribution": f"模拟数据，非真实企业与交易（种子 {seed}）",
            "attribution_en": f"Simulated, no real companies or deals (seed {seed})",
            "simulated": True,
        },
    )
    if not fresh:
        raise AlreadyThere
    market = draw(seed, today)
    store = Store(market, source)
    store.save()
    return market, store


class Store:
    """Rows by reference, as they are written: what refers to others comes after them."""

    def __init__(self, market: Market, source: Source):
        self.market = market
        self.sources = {DEMONSTRATION: source, STUDY: Source.objects.get(code=STUDY)}
        self.categories = {row.code: row for row in Category.objects.filter(scheme__code=SCHEME)}
        self.regions = {row.code: row for row in Region.objects.filter(country="CHN")}
        self.companies: dict[str, Company] = {}
        self.investors: dict[str, Investor] = {}
        self.deals: dict[str, Deal] = {}
        self.raises: dict[str, Raise] = {}
        self.introductions: dict[str, Introduction] = {}

    def save(self) -> None:
        self._companies()
        self._investors()
        self._raises()
        self._introductions()
        self._deals()

    def _companies(self) -> None:
        rows = {}
        for spec in self.market.companies:
            category = self.categories[spec.category]
            row = Company(
                source=self.sources[spec.source], source_ref=spec.ref, name_zh=spec.name_zh, name_en=spec.name_en,
                short_zh=spec.short_zh, short_en=spec.short_en, credit_code=spec.credit_code,
                founded_on=spec.founded_on, founded_precision=spec.founded_precision,
                region=self.regions[spec.province], city=spec.city, website=spec.website, summary_zh=spec.summary_zh,
                summary_en=spec.summary_en, description_zh=spec.description_zh, description_en=spec.description_en,
                business_model=spec.business_model, keywords=list(spec.keywords), contact_name=spec.contact_name,
                contact_email=spec.contact_email, contact_phone=spec.contact_phone, verified_at=noon(spec.known_on),
                created_at=noon(spec.known_on),
            )  # fmt: skip
            linked = [category, *(self.categories[code] for code in spec.further)]
            row.search_text = segmented(
                *row.all_names, *spec.aliases, spec.summary_zh, spec.summary_en, spec.description_zh,
                spec.description_en, spec.business_model, spec.city, *spec.keywords,
                *(label for tag in linked for label in (tag.name_zh, tag.name_en)),
            )  # fmt: skip
            rows[spec.ref] = row
        Company.objects.bulk_create(rows.values(), batch_size=BATCH)
        self.companies = rows
        children = []
        for spec in self.market.companies:
            if spec.parent:
                rows[spec.ref].parent = rows[spec.parent]
                children.append(rows[spec.ref])
        Company.objects.bulk_update(children, ["parent"])
        CompanyCategory.objects.bulk_create(
            [
                CompanyCategory(
                    company=rows[spec.ref], category=self.categories[code], is_primary=code == spec.category
                )
                for spec in self.market.companies
                for code in (spec.category, *spec.further)
            ],
            batch_size=BATCH,
        )
        CompanyAlias.objects.bulk_create(
            [
                CompanyAlias(company=rows[spec.ref], name=name, folded=fold(name))
                for spec in self.market.companies
                for name in spec.aliases
            ]
        )
        Company.objects.filter(source__in=self.sources.values()).index_names()

    def _investors(self) -> None:
        rows, theses = {}, []
        for spec in self.market.investors:
            row = Investor(
                source=self.sources[spec.source], source_ref=spec.ref, name_zh=spec.name_zh, name_en=spec.name_en,
                type=spec.type, assets=spec.assets, assets_currency_id="CNY" if spec.assets else None,
                founded_year=spec.founded_year, region=self.regions[spec.province], city=spec.city,
                website=spec.website, description_zh=spec.description_zh, description_en=spec.description_en,
                contact_name=spec.contact_name, contact_email=spec.contact_email, contact_phone=spec.contact_phone,
                verified_at=noon(spec.since), created_at=noon(spec.since),
            )  # fmt: skip
            row.search_text = segmented(
                *row.all_names, *spec.aliases, spec.description_zh, spec.description_en, spec.city
            )
            rows[spec.ref] = row
            theses += [(row, thesis) for thesis in spec.theses]
        Investor.objects.bulk_create(rows.values(), batch_size=BATCH)
        self.investors = rows
        InvestorAlias.objects.bulk_create(
            [
                InvestorAlias(investor=rows[spec.ref], name=name, folded=fold(name))
                for spec in self.market.investors
                for name in spec.aliases
            ]
        )
        Investor.objects.filter(source__in=self.sources.values()).index_names()
        self._theses(theses)

    def _theses(self, theses: list) -> None:
        made = [
            (
                Thesis(
                    source=self.sources[spec.source], source_ref=spec.ref, investor=investor, title=spec.title,
                    ticket_low=spec.ticket and spec.ticket[0], ticket_high=spec.ticket and spec.ticket[1],
                    keywords=list(spec.keywords), text=spec.text, is_active=spec.active,
                    created_at=investor.created_at,
                ),
                spec,
            )
            for investor, spec in theses
        ]  # fmt: skip
        Thesis.objects.bulk_create([row for row, _ in made], batch_size=BATCH)
        for field, keys in (
            (Thesis.categories, lambda spec: [self.categories[code].pk for code in spec.categories]),
            (Thesis.excluded, lambda spec: [self.categories[code].pk for code in spec.excluded]),
            (Thesis.regions, lambda spec: [self.regions[code].pk for code in spec.regions]),
            (Thesis.rounds, lambda spec: list(spec.rounds)),
        ):
            target = f"{field.field.m2m_reverse_field_name()}_id"
            field.through.objects.bulk_create(
                [field.through(thesis_id=row.pk, **{target: key}) for row, spec in made for key in keys(spec)],
                batch_size=BATCH,
            )

    def _raises(self) -> None:
        self.raises = {
            spec.ref: Raise(
                source=self.sources[DEMONSTRATION], source_ref=spec.ref, company=self.companies[spec.company],
                round_id=spec.round, amount_low=spec.low, amount_high=spec.high, amount_audience=spec.audience,
                opened_on=spec.opened_on, closes_on=spec.closes_on, use_of_funds=spec.use_of_funds,
                status=spec.status, ended_on=spec.ended_on, created_at=noon(spec.opened_on),
            )
            for spec in self.market.raises
        }  # fmt: skip
        Raise.objects.bulk_create(self.raises.values(), batch_size=BATCH)

    def _deals(self) -> None:
        for spec in self.market.deals:
            row = Deal(
                source=self.sources[spec.source], source_ref=spec.ref, company=self.companies[spec.company],
                kind=spec.kind, round_id=spec.round or None, announced_on=spec.on, announced_precision=spec.precision,
                status=Deal.Status.VERIFIED if spec.verified else Deal.Status.REPORTED, note=spec.note,
                known_on=spec.known_on, recorded_at=noon(spec.known_on), established_at=noon(spec.known_on),
                verified_at=noon(spec.known_on) + timedelta(hours=5) if spec.verified else None,
                introduction=self.introductions.get(spec.introduction), source_url=spec.source_url,
                company_confirmed_at=noon(spec.known_on) if spec.company_confirmed else None,
                investor_confirmed_at=noon(spec.known_on) + timedelta(hours=3) if spec.investor_confirmed else None,
            )  # fmt: skip
            row.amount = spec.amount
            self.deals[spec.ref] = row
        Deal.objects.bulk_create(self.deals.values(), batch_size=BATCH)
        Participation.objects.bulk_create(
            [
                Participation(
                    deal=self.deals[spec.ref], investor=self.investors[ref], is_lead=leads,
                    recorded_at=self.deals[spec.ref].recorded_at,
                )
                for spec in self.market.deals
                for ref, leads in spec.investors
            ],
            batch_size=BATCH,
        )  # fmt: skip
        Listing.objects.bulk_create(
            [
                Listing(
                    source=self.sources[spec.source], source_ref=spec.ref, company=self.companies[spec.company],
                    board_id=spec.board, ticker=spec.ticker, filed_on=spec.filed_on, cleared_on=spec.cleared_on,
                    listed_on=spec.listed_on, offering=self.deals[spec.offering], market_value=spec.market_value,
                    market_value_currency_id="CNY" if spec.market_value else None,
                    market_value_on=spec.market_value_on, known_on=spec.listed_on,
                    status=self.deals[spec.offering].status, verified_at=self.deals[spec.offering].verified_at,
                    recorded_at=noon(spec.listed_on), established_at=noon(spec.listed_on),
                )
                for spec in self.market.listings
            ],
            batch_size=BATCH,
        )  # fmt: skip

    def _introductions(self) -> None:
        self.introductions = {
            spec.ref: Introduction(
                company=self.companies[spec.company], investor=self.investors[spec.investor],
                raise_asked=self.raises[spec.raised], asked_side=spec.asked_side, message=spec.message,
                status=spec.status, decline_reason=spec.decline_reason, answer_note=spec.answer_note,
                asked_at=spec.asked_at, expires_on=spec.expires_on, answered_at=spec.answered_at,
            )
            for spec in self.market.introductions
        }  # fmt: skip
        Introduction.objects.bulk_create(self.introductions.values(), batch_size=BATCH)
