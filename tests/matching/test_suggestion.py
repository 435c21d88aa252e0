"""Categories suggested from a description: the estimator, what a run learns, and the answer to the form."""

import pickle
from datetime import timedelta
from functools import partial

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from companies.models import Company
from matching import categorising, publication, runs
from matching.matcher import Matcher
from matching.models import ModelRun, Refresh
from matching.suggestion import CategorySuggester
from taxonomy.models import Category
from taxonomy.text import segmented

TOLD = {
    "bread": ["面包与蛋糕", "Bread, cakes and ovens", "Oven for bread", "烘焙面包的烤箱"],
    "boats": ["帆船与船桨", "Sailing boats and oars", "Boats with sails", "帆船的船帆"],
    "bees": ["蜂蜜与养蜂", "Honey and beekeeping", "Hives for honey bees", "养蜂的蜂箱"],
}


@pytest.fixture
def suggester():
    texts = [segmented(text) for texts in TOLD.values() for text in texts]
    return CategorySuggester().fit(texts, [label for label, texts in TOLD.items() for _ in texts])


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("新鲜面包", "bread"),
        ("an oven", "bread"),
        ("帆船", "boats"),
        ("oars", "boats"),
        ("蜂蜜", "bees"),
        ("hive", "bees"),
    ],
)
def test_the_category_that_speaks_alike_comes_first(suggester, text, category):
    found = suggester.suggest(segmented(text))
    assert found[0][0] == category
    assert [chance for _, chance in found] == sorted((chance for _, chance in found), reverse=True)


@pytest.mark.parametrize("text", ["", "😀 🏭", "quantum", "量子", "2018 350"])
def test_nothing_is_suggested_where_nothing_is_known(suggester, text):
    assert suggester.suggest(segmented(text)) == []
    assert not suggester.predict_proba([text]).any()


def test_the_threshold_holds_back_what_is_unlikely_and_the_limit_what_is_many(suggester):
    text = segmented("bread boats honey")
    assert len(suggester.suggest(text)) == 3
    suggester.most = 2
    assert len(suggester.suggest(text)) == 2
    best = suggester.suggest(text)[0][1]
    suggester.least = best + 0.01
    assert suggester.suggest(text) == []
    suggester.least = best - 0.01
    assert suggester.suggest(text)


@pytest.mark.parametrize("labels", [[], ["one"], ["one", "one"]])
def test_without_a_choice_there_is_no_suggestion(labels):
    suggester = CategorySuggester().fit(["bread"] * len(labels), labels)
    assert suggester.suggest("bread") == []


def test_it_is_the_same_after_storing_and_whatever_is_asked_beside(suggester):
    copy = pickle.loads(pickle.dumps(suggester))
    texts = [segmented(text) for text in ("bread and boats", "蜂蜜", "x" * 100_000)]
    assert np.allclose(copy.predict_proba(texts)[1], suggester.predict_proba(texts[1:2])[0])


# -- what the platform knows ---------------------------------------------------------------------------------

CASES = [
    ("我们做工厂用的防火墙，保护PLC不受攻击", "security-control"),
    ("Industrial firewalls that protect controllers", "security-control"),
    ("面向注塑厂的MES和排产系统", "software-production"),
    ("MES and scheduling for injection moulders", "software-production"),
    ("无人叉车与仓储机器人", "devices-logistics"),
    ("Driverless forklifts for warehouses", "devices-logistics"),
    ("金属3D打印机", "devices-additive"),
    ("Industrial cameras for surface inspection", "devices-vision"),
]
FOREIGN = [
    "年轻人的婚恋交友社区",
    "Dating for young people",
    "一家连锁咖啡馆，提供手冲咖啡和甜点",
    "We are a good company, write to us",
]


@pytest.mark.django_db
class TestOfThePlatform:
    @pytest.fixture(autouse=True)
    def fresh(self):
        categorising._of_the_taxonomy.cache_clear()

    @pytest.mark.parametrize(("text", "code"), CASES)
    def test_before_any_run_the_taxonomy_alone_suggests(self, text, code):
        found = categorising.suggest(text)
        assert found[0].code == code
        assert len(found) <= 3

    @pytest.mark.parametrize("text", FOREIGN)
    def test_a_trade_that_the_scheme_does_not_know_gets_no_suggestion(self, text):
        assert categorising.suggest(text) == []

    def test_it_is_learned_once_a_day_and_costs_two_queries(self, django_assert_max_num_queries):
        categorising.suggest("firewall")
        with django_assert_max_num_queries(2):
            categorising.suggest("防火墙")

    def test_a_run_learns_from_tagged_companies_and_its_file_goes_with_it(self, monkeypatch):
        monkeypatch.setattr(runs, "Matcher", partial(Matcher, windows=1, max_queries=20))
        vision = Category.objects.get(code="devices-vision")
        robots = Category.objects.get(code="devices-robots")
        assert vision not in categorising.suggest("zebrafish")
        for number, category in enumerate([vision, robots] * 4):
            word = "zebrafish" if category == vision else "platypus"
            company = Company.objects.create(short_en=f"C{number}", search_text=f" {word} maker of things ")
            company.category_links.create(category=category, is_primary=True)
        Refresh.objects.all().delete()
        first = runs.finish_inline(runs.request().pk)
        assert first.status == ModelRun.Status.PUBLISHED
        assert categorising.suggest("zebrafish")[0] == vision
        assert categorising.suggest("platypus")[0] == robots
        stored = first.figures["categories"]["artefact"]
        assert default_storage.exists(stored)
        for _ in range(publication.KEPT_RUNS):
            runs.finish_inline(runs.request().pk)
        assert not default_storage.exists(stored)
        assert categorising.suggest("zebrafish")[0] == vision

    def test_a_training_that_lost_its_lease_leaves_no_file(self, monkeypatch):
        monkeypatch.setattr(runs, "Matcher", partial(Matcher, windows=1, max_queries=20))
        run, kept = runs.request(), []

        def store(run):
            kept.append(stored(run))
            ModelRun.objects.filter(pk=run.pk).update(attempt=run.attempt + 1)
            return kept[0]

        stored = categorising.store
        monkeypatch.setattr(categorising, "store", store)
        assert not runs.train(run.pk)
        assert kept and not default_storage.exists(kept[0]["artefact"])

    def test_a_file_that_is_not_ours_is_not_opened(self, monkeypatch):
        monkeypatch.setattr(runs, "Matcher", partial(Matcher, windows=1, max_queries=20))
        run = runs.finish_inline(runs.request().pk)
        run.figures["categories"]["hash"] = "0" * 64
        run.save(update_fields=["figures"])
        assert categorising.suggest("工业防火墙")[0].code == "security-control"

    def test_companies_that_are_not_public_teach_nothing(self):
        vision = Category.objects.get(code="devices-vision")
        for number in range(4):
            company = Company.objects.create(short_en=f"C{number}", search_text=" zebrafish ", is_published=False)
            company.category_links.create(category=vision, is_primary=True)
        assert categorising.learn().suggest("zebrafish") == []

    def test_a_category_that_is_gone_is_not_offered(self):
        assert categorising.suggest("工业防火墙")[0].code == "security-control"
        Category.objects.filter(code="security-control").delete()
        assert "security-control" not in [category.code for category in categorising.suggest("工业防火墙")]

    def test_the_next_day_it_is_learned_anew(self, monkeypatch):
        categorising.suggest("firewall")
        Category.objects.filter(code="devices-vision").update(
            name_en="Zebrafish", name_zh="斑马鱼", definition_en="Zebrafish", definition_zh="斑马鱼", aliases=[]
        )
        assert categorising.suggest("zebrafish") == []
        tomorrow = timezone.localdate() + timedelta(days=1)
        monkeypatch.setattr(categorising.timezone, "localdate", lambda: tomorrow)
        assert categorising.suggest("zebrafish")[0].code == "devices-vision"

    def test_the_answer_is_buttons_that_name_and_mark_the_category(self, client, cast):
        client.force_login(cast.founder)
        client.cookies["language"] = "en"
        path = reverse("matching:suggest_categories")
        vision = Category.objects.get(code="devices-vision")
        page = client.post(path, {"description_en": "Industrial cameras for inspection"}).content.decode()
        assert f'value="{vision.pk}" aria-pressed="false">Machine vision and inspection</button>' in page
        page = client.post(path, {"summary_zh": "机器视觉检测", "primary": vision.pk}).content.decode()
        assert f'value="{vision.pk}" aria-pressed="true"' in page
        assert "<button" not in client.post(path, {"summary_zh": "咖啡馆"}).content.decode()
        assert (
            client.post(path, {"description_zh": "工业，" * 50_000, "description_en": "😀" * 100_000}).status_code
            == 200
        )
