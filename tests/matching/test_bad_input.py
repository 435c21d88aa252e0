"""Markets and models that no estimator likes, through the product: the command runs, every page answers and says in
both languages how things stand, and nothing is lost."""

import hashlib
import hmac
import io
import json
from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone, translation

from companies.models import Company, Raise
from deals.models import Deal, Participation
from investors.models import Investor, Thesis
from matching import artefacts, refreshing, runs, tasks
from matching.matcher import Matcher
from matching.models import ModelRun, Publication, RecommendationList, Refresh
from taxonomy.models import Category
from tests.matching.markets import build

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_model")]
LANGUAGES = ("en", "zh-hans")
BY_RULE = {"en": "Too few deals are recorded to learn from", "zh-hans": "已记录的交易太少，还无法从中学习"}
RUN_BY_RULE = {"en": "Too few deals were recorded to learn from", "zh-hans": "此时按固定权重排序"}
POPULARITY = {"en": "popularity (who invests most)", "zh-hans": "热度（投资最多者优先）"}
UNMEASURED = {"en": "No figures of quality", "zh-hans": "没有评测结果"}


@pytest.fixture
def small_model(monkeypatch):
    """How much a model learns from does not matter here; on a second window it is measured."""

    def use(windows=1):
        monkeypatch.setattr(runs, "Matcher", partial(Matcher, windows=windows, max_queries=30))

    use()
    return use


def match(*arguments: str) -> tuple[ModelRun, str]:
    """`manage.py match --inline`: the newest run and what the command says."""
    said = io.StringIO()
    with translation.override("en"):
        call_command("match", "--inline", *arguments, stdout=said, stderr=io.StringIO())
    return ModelRun.objects.first(), said.getvalue()


@pytest.fixture
def seen(cast, client):
    """`seen()`: who → language → the page that they look at, each answered by 200; of all three, or of those named."""

    def look(*names: str) -> dict[str, dict[str, str]]:
        run = ModelRun.objects.first()
        pages = {
            "founder": (cast.founder, reverse("matching:for_company", args=[cast.company.pk])),
            "investor": (cast.investor, reverse("matching:for_investor", args=[cast.investor_firm.pk])),
            "administrator": (cast.administrator, run.get_absolute_url()),
        }
        found = {}
        for who in names or pages:
            user, address = pages[who]
            client.force_login(user)
            found[who] = {}
            for language in LANGUAGES:
                client.cookies["language"] = language
                answer = client.get(address)
                assert answer.status_code == 200
                found[who][language] = " ".join(answer.content.decode().split())
        return found

    return look


def assert_says(pages: dict[str, str], words: dict[str, str]) -> None:
    for language in LANGUAGES:
        assert words[language] in pages[language], words[language]


def assert_by_rule(pages) -> None:
    """The three are told that nothing could be learned, and what the order follows instead."""
    assert_says(pages["founder"], BY_RULE)
    assert_says(pages["investor"], BY_RULE)
    assert_says(pages["administrator"], RUN_BY_RULE)
    assert_says(pages["administrator"], POPULARITY)


def test_no_deals_at_all(cast, seen):
    run, said = match()
    assert run.status == ModelRun.Status.PUBLISHED and "popularity" in said
    pages = seen()
    assert_by_rule(pages)
    assert_says(pages["administrator"], UNMEASURED)
    assert_says(pages["founder"], {"en": "Far Shore Capital", "zh-hans": "远岸资本"})
    assert_says(pages["investor"], {"en": "Panshi Security", "zh-hans": "磐石工控安全"})


def deal(company, investor, days: int, round_: str = "a"):
    day = timezone.localdate() - timedelta(days=days)
    made = Deal.objects.create(company=company, round_id=round_, announced_on=day, known_on=day)
    Participation.objects.create(deal=made, investor=investor)
    return made


def test_one_investor(cast, seen):
    Investor.objects.exclude(pk=cast.investor_firm.pk).delete()
    for number in range(12):
        backed = Company.objects.create(short_en=f"Backed {number}")
        backed.category_links.create(category=cast.security, is_primary=True)
        deal(backed, cast.investor_firm, 40 + 90 * number)
    run, _ = match()
    (item,) = RecommendationList.objects.get(run=run, company=cast.company).items
    assert item["id"] == cast.investor_firm.pk
    pages = seen()
    assert_says(pages["founder"], {"en": "Far Shore Capital", "zh-hans": "远岸资本"})
    assert_by_rule(pages)


def test_no_investor_that_could_be_recommended(cast, seen):
    cast.thesis.delete()
    run, _ = match()
    assert not [entry for entry in run.lists.all() if entry.items]
    pages = seen("founder", "investor")
    assert_says(pages["founder"], {"en": "No investor fits yet", "zh-hans": "暂无合适的投资机构"})
    assert_says(pages["investor"], {"en": "No company fits yet", "zh-hans": "暂无合适的企业"})


def test_all_the_same_category(cast, seen, small_model):
    small_model(windows=2)
    companies, _ = build(companies=40, investors=8, raising=10)
    for company in companies:
        company.category_links.update(category=cast.security)
    run, _ = match()
    assert run.lists.filter(company__isnull=False).count() == 11
    for entry in run.lists.all():
        assert entry.items and all(item["factors"] and abs(item["score"]) < 100 for item in entry.items)
    pages = seen("founder", "administrator")
    assert_says(pages["founder"], {"en": "Fund ", "zh-hans": "基金"})
    for words in (RUN_BY_RULE, UNMEASURED):
        assert words["en"] not in pages["administrator"]["en"]


def spoil(cast, text: str, name: str) -> None:
    """Everything that people write is `text`, everything named is `name`, and that is what the model reads."""
    cast.other_company.delete()
    cast.other_investor_firm.delete()
    written = {"description_zh": text, "description_en": text}
    Company.objects.update(**written, summary_zh=text[:160], city="", short_zh=name, short_en=name)
    Investor.objects.update(**written, name_zh=name, name_en=name)
    Thesis.objects.update(title=name, text=text)
    for party in (Company.objects.get(), Investor.objects.get()):
        party.refresh_search_text()


def test_descriptions_of_a_hundred_kilobytes(cast, seen):
    text = "工业防火墙 industrial firewall 监测审计 \x85\u202e" * 2500
    assert len(text.encode()) > 100_000
    spoil(cast, text, "磐石")
    run, _ = match()
    assert cast.investor_firm.pk in [item["id"] for item in run.lists.get(company=cast.company).items]
    assert_by_rule(seen())
    cast.company.refresh_from_db()
    assert cast.company.description_zh == text
    # A change of such a text is matched at once, too.
    cast.company.save()
    assert refreshing.refresh_next() and not Refresh.objects.filter(company=cast.company).exists()


def test_only_emoji(cast, seen):
    cast.company.category_links.all().delete()
    Company.objects.update(keywords=["🤖"], region=None)
    spoil(cast, "🚀🏭🤖" * 100, "🚀🏭")
    assert not Company.objects.get().search_text + Investor.objects.get().search_text
    match()
    pages = seen()
    assert_by_rule(pages)
    for who in ("founder", "investor"):
        assert_says(pages[who], dict.fromkeys(LANGUAGES, "🚀🏭"))


def test_missing_everything(cast, seen):
    Raise.objects.all().delete()
    cast.company.category_links.all().delete()
    Company.objects.filter(pk=cast.company.pk).update(summary_zh="", region=None, city="")
    Raise.objects.create(company=cast.company, round_id="unknown")
    cast.thesis.categories.clear()
    cast.thesis.rounds.clear()
    type(cast.thesis).objects.update(title="", ticket_low=None, ticket_high=None)
    run, _ = match()
    assert [item["id"] for item in run.lists.get(company=cast.company).items] == [cast.investor_firm.pk]
    pages = seen()
    assert_by_rule(pages)
    assert_says(pages["founder"], {"en": "Far Shore Capital", "zh-hans": "远岸资本"})


def test_a_day_before_the_first_deal(cast, seen):
    build(companies=20, investors=6, raising=5)
    run, said = match("--as-of", "1990-01-01")
    assert (run.status, run.lists.filter(company__isnull=False).count()) == (ModelRun.Status.PUBLISHED, 0)
    assert "popularity" in said
    pages = seen("founder", "administrator")
    assert_says(pages["founder"], {"en": "as of 1 Jan 1990", "zh-hans": "1990年1月1日"})
    assert_says(pages["administrator"], RUN_BY_RULE)
    # The next ordinary run makes up for it.
    match()
    assert RecommendationList.objects.published().get(company=cast.company).items


def test_a_run_started_twice(cast, seen, client):
    client.force_login(cast.administrator)
    address = reverse("matching:runs")
    first, second = client.post(address), client.post(address)
    run = ModelRun.objects.get()
    assert first.url == second.url == run.get_absolute_url()
    assert_says(
        seen("founder")["founder"], {"en": "The first matching is still to come", "zh-hans": "首次匹配尚未进行"}
    )
    with pytest.raises(CommandError, match=str(run.pk)):
        match()
    runs.finish_inline(run.pk)
    run.refresh_from_db()
    lists = sorted(run.lists.values_list("pk", flat=True))
    # The task of the second start comes late.
    tasks.train(run.pk)
    tasks.work(run.pk)
    assert sorted(run.lists.values_list("pk", flat=True)) == lists
    again = ModelRun.objects.get()
    assert (again.status, again.attempt, again.artefact) == (ModelRun.Status.PUBLISHED, 1, run.artefact)
    assert Publication.objects.get().run == run
    assert_says(seen("founder")["founder"], {"en": "Far Shore Capital", "zh-hans": "远岸资本"})


def truncated(data: bytes, run: ModelRun) -> bytes:
    return data[: len(data) // 2]


def of_an_older_version(data: bytes, run: ModelRun) -> bytes:
    """What the release before wrote, signed by this installation."""
    magic, _, rest = data.partition(b"\n")
    header, _, body = rest.partition(b"\n")
    older = json.dumps({**json.loads(header), "schema": artefacts.SCHEMA_VERSION - 1}, sort_keys=True).encode()
    key = hashlib.sha256(b"artefact" + settings.SECRET_KEY.encode()).digest()
    signature = hmac.new(key, older + b"\n" + body, hashlib.sha256).hexdigest()
    ModelRun.objects.filter(pk=run.pk).update(artefact_hash=signature)
    return b"\n".join([magic, older, body])


@pytest.mark.parametrize("spoiled", [truncated, of_an_older_version])
def test_an_artefact_that_cannot_be_opened(cast, seen, surroundings, spoiled):
    build(companies=20, investors=6, raising=5)
    run, _ = match()
    before = RecommendationList.objects.get(run=run, company=cast.company).items
    with default_storage.open(run.artefact) as handle:
        data = handle.read()
    default_storage.delete(run.artefact)
    with default_storage.open(run.artefact, "wb") as handle:
        handle.write(spoiled(data, run))
    artefacts.load.cache_clear()

    # What changes now is kept, and said to wait.
    cast.company.category_links.all().delete()
    cast.company.category_links.create(category=Category.objects.offered().get(code="devices"), is_primary=True)
    assert not refreshing.refresh_next()
    assert Refresh.objects.filter(company=cast.company).exists()
    pages = seen("founder", "administrator")
    waits = {"en": "counts from the next matching of the whole market on", "zh-hans": "将从下一次全市场匹配起生效"}
    assert_says(pages["founder"], waits)
    assert_says(pages["founder"], {"en": "Far Shore Capital", "zh-hans": "远岸资本"})
    assert_says(
        pages["administrator"],
        {"en": "The model of this run can no longer be opened", "zh-hans": "本次运行的模型已无法打开"},
    )
    assert RecommendationList.objects.get(run=run, company=cast.company).items == before

    # The sweep asks for the run that makes up for it, once.
    surroundings.clear()
    tasks.sweep()
    tasks.sweep()
    newest = ModelRun.objects.get(status=ModelRun.Status.QUEUED)
    assert [row for row in surroundings if row[0] == "matching.tasks.train"] == [("matching.tasks.train", (newest.pk,))]
    runs.finish_inline(newest.pk)
    assert Publication.objects.get().run == newest
    assert not Refresh.objects.filter(company=cast.company).exists()
    assert waits["en"] not in seen("founder")["founder"]["en"]
