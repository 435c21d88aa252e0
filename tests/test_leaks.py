"""What a person may not read stands in no page and in no answer that this person can get."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from companies.models import Company, Raise
from deals import actions, listings, pipeline
from deals.models import Deal, Document, Message, Participation
from investors.models import Investor, Thesis
from matching.models import ModelRun, Publication, RecommendationList
from taxonomy.amounts import parse_amount
from taxonomy.dates import parse_date
from taxonomy.models import Board, Round
from tests.permission_table import place, rows, stage

# Each as JSON, as a Chinese and as an English page write it; with its unit where a second of a time could look alike.
AMOUNTS = {
    "amount of a raise": ["76540000", "7,654", "76.54 million", "7,700万", "77 million"],
    "amount of a deal": ["65430000", "6,543", "65.43 million"],
    "part of an investor": ["54320000", "5,432", "54.32 million"],
}
CONTACTS = {
    "contact of a company": ["fang@panshi.example", "025-7654-3210"],
    "contact of an institution": ["ivy@farshore.example"],
}
WORDS = {
    "message of an introduction": ["芝麻开门"],
    "thesis at rest": ["沉睡的策略"],
    "message in a thread": ["山高水长"],
    "document that is shown by name": ["秘密计划"],
}
PIPELINE = {"note in a pipeline": ["不足为外人道"]}
DRAFT = {"draft of a profile": ["未竟之地"]}
UNPUBLISHED = {
    "unpublished company": ["隐山科技", "Hidden Hill"],
    "unpublished institution": ["隐湖基金", "Hidden Lake"],
}
ONE_SIDED = {
    "deal that one side says": ["43210000", "4,321", "43.21 million", "只此一说"],
    "listing that one side says": ["301999"],
}
EVERYTHING = AMOUNTS | CONTACTS | WORDS | PIPELINE | UNPUBLISHED | ONE_SIDED | DRAFT
# Analysts read unpublished records; nobody but those concerned and administrators reads the rest.
KEPT_FROM = {
    "anonymous": EVERYTHING,
    "other_founder": EVERYTHING,
    "other_investor": EVERYTHING,
    "analyst": AMOUNTS | CONTACTS | WORDS | PIPELINE | ONE_SIDED | DRAFT,
    "administrator": PIPELINE | DRAFT,
    "company_viewer": UNPUBLISHED | PIPELINE | DRAFT | {"thesis at rest": WORDS["thesis at rest"]},
    "investor_viewer": UNPUBLISHED
    | DRAFT
    | {"amount of a raise": AMOUNTS["amount of a raise"]}
    | {"listing that one side says": ONE_SIDED["listing that one side says"]},
}
PAGES = [name for method, name in rows() if method == "GET" and not name.startswith(("account_", "outbox", "admin"))]
LANGUAGES = ("zh-hans", "en")
# What a page shows to whom is the same on every database.
pytestmark = pytest.mark.one_database


@pytest.fixture
def scene(cast, charts_in_words):
    scene = stage(cast)
    scene.introduction.message = "芝麻开门"
    scene.introduction.save()
    Message.objects.update(text="山高水长")
    Document.objects.update(title="秘密计划")
    pipeline.write_note(cast.investor, scene.card, "不足为外人道")
    Company.objects.filter(pk=cast.company.pk).update(contact_phone="025-7654-3210")
    Raise.objects.update(amount_low=76_540_000, amount_high=76_540_000, amount_audience=Raise.Audience.INTRODUCED)
    deal = actions.record_deal(
        cast.founder,
        company=cast.company,
        round=Round.objects.get(pk="b"),
        announced=parse_date("2022-07"),
        amount=parse_amount("6543万元"),
        investors=[(cast.investor_firm, True)],
        amount_audience=Deal.Audience.PARTIES,
    )
    # It counts: what is kept is its amount.
    Deal.objects.filter(pk=deal.pk).update(status="reported", established_at=deal.recorded_at)
    said = {"company": cast.company, "source_url": "", "note": "只此一说"}
    actions.record_deal(
        cast.founder,
        **said,
        round=Round.objects.get(pk="angel"),
        announced=parse_date("2022-06"),
        amount=parse_amount("4321万元"),
        investors=[(cast.investor_firm, True)],
    )
    listings.record(
        cast.founder,
        **said,
        board=Board.objects.get(pk="hkex"),
        listed=parse_date("2022-05"),
        ticker="301999",
        raised=parse_amount("4321万元"),
    )
    Participation.objects.filter(deal=deal).update(own_amount=54_320_000, own_currency="CNY")
    hidden = Company.objects.create(short_zh="隐山科技", short_en="Hidden Hill", is_published=False)
    hidden.category_links.create(category=cast.security, is_primary=True)
    Raise.objects.create(company=hidden, round_id="a")
    Investor.objects.create(name_zh="隐湖基金", name_en="Hidden Lake", is_published=False)
    Thesis.objects.create(investor=cast.investor_firm, title="沉睡的策略", is_active=False)
    run = ModelRun.objects.create(as_of="2026-01-01", status=ModelRun.Status.PUBLISHED)
    item = {"id": cast.investor_firm.pk, "score": 1.0, "factors": {"ticket": 0.5, "category": 0.5}}
    RecommendationList.objects.create(run=run, company=cast.company, items=[item])
    RecommendationList.objects.create(run=run, investor=cast.investor_firm, items=[item | {"id": cast.company.pk}])
    Publication.objects.create(run=run)
    return scene


def read(scene, role: str) -> dict[str, str]:
    """Return the text of every address that `role` can get, in both languages."""
    client = Client()
    if role != "anonymous":
        client.force_login(getattr(scene, role))
    found = {}
    addresses = {name: place(scene, name) for name in PAGES} | {"an accepted one": scene.met.get_absolute_url()}
    addresses["the first step"] = reverse("companies:create_step", args=["who"])
    cache.clear()
    for name, address in addresses.items():
        for language in LANGUAGES:
            client.cookies["language"] = language
            answer = client.get(address)
            assert answer.status_code != 429, f"{name} was asked too often"
            if answer.status_code == 200:
                content = b"".join(answer.streaming_content) if answer.streaming else answer.content
                found[f"{name}, {language}"] = content.decode(errors="replace")
    return found


@pytest.mark.parametrize("role", KEPT_FROM)
def test_nothing_leaks(scene, role):
    leaks = [
        f"{name}: {what} ({spelling})"
        for name, text in read(scene, role).items()
        for what, spellings in KEPT_FROM[role].items()
        for spelling in spellings
        if spelling in text
    ]
    assert not leaks


def test_those_concerned_do_read_it(scene):
    """Otherwise the test above would pass for a site that shows nothing."""
    shown = {role: "".join(read(scene, role).values()) for role in ("founder", "investor", "administrator")}
    for what, spellings in EVERYTHING.items():
        assert any(spelling in text for text in shown.values() for spelling in spellings), what
