"""The pages of runs: what administrators read, in both languages, and what they can do there."""

from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Notification
from matching import artefacts, quality, runs
from matching.models import ModelRun, Publication
from matching.training import TO_INVESTORS, TO_RAISES
from tests.matching import measured
from tests.matching.markets import build

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
Status = ModelRun.Status


def fed(raises: int = 90, beijing: int = 60) -> dict:
    counts = {"region": {"CN-BJ": beijing, "CN-SH": raises - beijing}}
    counts |= {"category": {"industrial-internet/security": raises}, "round": {"a": raises}, "amount": {"0": raises}}
    return {
        "sizes": {"companies": 1200, "investors": 150, "raises": raises, "deals_12_months": 200},
        "known": {"category": 1.0, "region": 0.9, "round": 1.0, "amount": 0.4},
        "median_amount": 42_000_000.0,
        "raises": counts,
        "deals": counts,
    }


def made(status=Status.REPLACED, said=None, decided=None, **fields) -> ModelRun:
    now = timezone.now()
    figures = {
        "market": {"companies": 1200},
        "fallback": {TO_INVESTORS: False, TO_RAISES: False},
        "quality": said,
        "inputs": fed(),
        "promotion": {"decision": "publish", "why": "first", "against": None, "comparison": None, "worse": []}
        | (decided or {}),
        "cost": {
            "seconds": {"reading": 0.2, "training": 65.0, "ranking": 3700.0},
            "memory_mb": 512.4,
            "artefact_mb": 4.6,
        },
    }
    figures |= fields.pop("figures", {})
    return ModelRun.objects.create(
        as_of=now.date(),
        status=status,
        attempt=1,
        started_at=now,
        ranked_at=now,
        finished_at=now,
        artefact="models/none",
        figures=figures,
        **fields,
    )


@pytest.fixture
def before(cast):
    run = made(Status.PUBLISHED, measured.quality(), figures={"inputs": fed(beijing=20)})
    Publication.objects.create(run=run)
    return run


@pytest.fixture
def held(before):
    decided = {
        "decision": "hold",
        "why": "worse",
        "against": before.pk,
        "comparison": {TO_INVESTORS: measured.difference(0.004), TO_RAISES: measured.difference(-0.021)},
        "worse": [TO_RAISES],
    }
    return made(Status.HELD, measured.quality(0.236), decided)


@pytest.fixture
def page(cast, client):
    """`page(address, language)` as the administrator sees it."""
    client.force_login(cast.administrator)

    def get(address: str, language: str = "en") -> str:
        client.cookies["language"] = language
        answer = client.get(address)
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    return get


@pytest.fixture
def openable(monkeypatch):
    """The models of runs that a test has made up are there."""
    monkeypatch.setattr(artefacts, "check", lambda name, signature: b"")


def post(client, name: str, run: ModelRun) -> str:
    client.cookies["language"] = "en"
    return client.post(reverse(f"matching:{name}", args=[run.pk]), follow=True).content.decode()


WORDS = {
    "en": [
        "On the latest months it is worse than run #{before}: Start-ups for investors.",
        "Publish all the same",
        "Investors for start-ups",
        "The most active of the last 12 months",
        "how well the first ten places are filled",
        "whoever is shown most stands in 12% of all first tens; the limit is 15%",
        "Spreading changes NDCG@10 by −0.004",
        "Can the chances be believed?",
        "Both sides say yes: mean squared error 0.0088 (Brier)",
        "Gansu",
        "1 group below half the average",
        "is different",
        "1 min 5 s",
        "1 h 1 min",
        "512 MB",
    ],
    "zh-hans": [
        "在最近几个月的数据上，它比运行 #{before} 差：为投资机构推荐企业。",
        "仍然发布",
        "为企业推荐投资机构",
        "近 12 个月最活跃者",
        "前十名排得好不好",
        "出现最多者占全部前十名名单的 12%，上限为 15%",
        "分散关注使 NDCG@10 变化 −0.004",
        "成交概率可信吗？",
        "双方都同意：均方误差 0.0088（Brier）",
        "甘肃",
        "1 组低于平均值的一半",
        "明显不同",
        "1 分 5 秒",
        "1 小时 1 分",
        "512 MB",
    ],
}


@pytest.mark.parametrize("language", WORDS)
def test_a_held_run_says_how_good_it_is_and_what_can_be_done(page, held, before, language):
    seen = page(held.get_absolute_url(), language)
    for words in WORDS[language]:
        assert words.format(before=before.pk) in seen, words
    # Figures with their intervals, and gains with signs.
    for figure in ("0.236", "0.221 … 0.251", "+0.184", "−0.021"):
        assert figure in seen
    assert "<svg" in seen.split('class="chart"')[1]


def test_the_chart_is_as_the_policy_wants_it(page, held):
    chart = page(held.get_absolute_url()).split('class="chart"')[1].split("</div>")[0]
    assert "style=" not in chart and "<script" not in chart
    assert "var(--chart-1)" in chart
    assert "11.00% predicted, 9.00% observed, 900 pairs" in chart


@pytest.mark.parametrize(
    ("status", "change", "words"),
    [
        (Status.PUBLISHED, {"quality": None}, "Measuring needs deals of several earlier half-years"),
        (Status.FAILED, None, "The run ended before its model could be measured"),
        (Status.REPLACED, None, "made by an earlier release"),
    ],
)
def test_a_run_without_figures_says_why(page, cast, status, change, words):
    run = made(status)
    ModelRun.objects.filter(pk=run.pk).update(figures={"market": {}, **change} if change else {})
    assert words in page(run.get_absolute_url())


def test_a_run_under_way_promises_its_figures(page, cast):
    run = ModelRun.objects.create(as_of=timezone.localdate(), status=Status.TRAINING, attempt=1)
    assert "The figures appear once the model is trained" in page(run.get_absolute_url())


def test_what_could_not_be_measured_is_a_dash(page, cast):
    said = measured.quality()
    nothing = {"mean": None, "low": None, "high": None}
    said["directions"][TO_INVESTORS]["methods"]["model"] |= {"ndcg_10": nothing, "coverage_10": None}
    said["directions"][TO_INVESTORS]["gain"]["popularity"] = {**nothing, "queries": 0}
    said["directions"][TO_INVESTORS]["exposure"] = {}
    run = made(Status.PUBLISHED, said)
    seen = page(run.get_absolute_url())
    assert "None" not in seen.split("<main")[1].split("</main")[0]
    page(reverse("matching:runs"))


@pytest.mark.parametrize(
    "why", ["no_history", "earlier_date", "not_measured", "other_features", "artefact", "not_worse", "switched"]
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_decision_has_its_sentence(before, why, language):
    run = made(Status.HELD, None, {"why": why, "against": before.pk, "seen": 77})
    with translation.override(language):
        said = quality.why(run)
    assert f"#{before.pk}" in said and "%(" not in said
    assert ("#77" in said) == (why == "switched")


def test_the_page_looks_again_until_the_run_ends_and_then_whole(cast, client, held):
    client.force_login(cast.administrator)
    answer = client.get(held.get_absolute_url(), {"part": "progress"}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"
    ModelRun.objects.filter(pk=held.pk).update(status=Status.RANKING)
    answer = client.get(held.get_absolute_url(), {"part": "progress"}, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in answer.headers


def test_publish_all_the_same(cast, client, page, held, before, openable):
    client.force_login(cast.administrator)
    said = post(client, "run_publish", held)
    assert f"Readers now see run #{held.pk}" in said
    assert Publication.objects.get().run == held
    assert "Held back" not in said.split("<main")[1]
    assert "Published · Ada" in page(held.get_absolute_url())
    assert "somebody was quicker" in post(client, "run_publish", held)
    assert "somebody was quicker" in post(client, "run_discard", held)


def test_a_model_that_cannot_be_opened_is_not_published(cast, client, held, before):
    client.force_login(cast.administrator)
    assert "can no longer be opened: models/none is missing" in post(client, "run_publish", held)
    assert Publication.objects.get().run == before


def test_discard(cast, client, held, before):
    client.force_login(cast.administrator)
    assert "is discarded; its figures stay" in post(client, "run_discard", held)
    assert Publication.objects.get().run == before
    held.refresh_from_db()
    assert held.status == Status.DISCARDED and held.figures["quality"]


def test_one_that_the_next_run_replaced_says_that_nobody_decided(cast, client, page, held):
    ModelRun.objects.filter(pk=held.pk).update(status=Status.DISCARDED)
    assert "Nobody decided on it" in page(held.get_absolute_url())


def test_roll_back(cast, client, page, before, openable):
    earlier = made(Status.REPLACED, measured.quality())
    gone = made(Status.REPLACED, measured.quality())
    ModelRun.objects.filter(pk=gone.pk).update(artefact="")
    assert "Roll back to this run" in page(earlier.get_absolute_url())
    assert "Roll back to this run" not in page(before.get_absolute_url())
    assert "Roll back to this run" not in page(gone.get_absolute_url())
    assert "its lists are gone" in post(client, "run_roll_back", gone)
    assert f"Readers see run #{earlier.pk} again" in post(client, "run_roll_back", earlier)
    assert Publication.objects.get().run == earlier


def test_the_list_shows_key_figures_and_who_asked(page, cast, held):
    made(requested_by=cast.administrator)
    seen = page(reverse("matching:runs"))
    row = seen.split(f">#{held.pk}<")[1].split("</tr>")[0]
    # The gain is that over the best plain method.
    assert "0.236" in row and "+0.050" in row and "0.136" in row and "schedule or command" in row
    assert "Ada" in seen and "Held back" in seen
    assert reverse("matching:run_compare") in seen


def test_queries_do_not_grow_with_the_list(page, cast, django_assert_max_num_queries):
    for _number in range(8):
        made(said=measured.quality(), requested_by=cast.administrator)
    page(reverse("matching:runs"))
    with django_assert_max_num_queries(15):
        page(reverse("matching:runs"))


class TestCompare:
    def address(self, one, two) -> str:
        return reverse("matching:run_compare") + f"?one={one}&two={two}"

    @pytest.mark.parametrize(
        ("language", "words"), [("en", "Measured list by list when run #"), ("zh-hans", "时逐份名单的比较")]
    )
    def test_two_runs_side_by_side(self, page, before, held, language, words):
        seen = page(self.address(before.pk, held.pk), language)
        row = seen.split(">NDCG@10<")[1].split("</tr>")[0]
        assert "0.241" in row and "0.236" in row and "−0.005" in row
        assert words in seen
        assert "different months" not in seen and "月份不同" not in seen

    def test_other_months_are_pointed_out(self, page, before, held):
        ModelRun.objects.filter(pk=before.pk).update(
            figures={**before.figures, "quality": {**before.figures["quality"], "window": {"start": "2024-01-01"}}}
        )
        assert "measured on different months" in page(self.address(before.pk, held.pk))

    def test_one_without_figures_is_dashes(self, page, before):
        bare = made()
        row = page(self.address(bare.pk, before.pk)).split(">NDCG@10<")[1].split("</tr>")[0]
        assert "–" in row and "0.241" in row

    def test_two_without_figures_say_so(self, page, cast):
        assert "Neither of the two could be measured" in page(self.address(made().pk, made().pk))

    @pytest.mark.parametrize("query", ["?one={0}&two={0}", "?one={0}", "?one=x&two=999"])
    def test_a_choice_that_cannot_be_shown_is_refused(self, client, cast, held, before, query):
        client.force_login(cast.administrator)
        address = reverse("matching:run_compare") + query.format(held.pk)
        answer = client.get(address)
        assert answer.status_code == 400
        assert "errorlist" in answer.content.decode()

    def test_before_there_are_two_runs(self, page, cast):
        assert "There are no two runs to compare yet" in page(reverse("matching:run_compare"))


@pytest.mark.parametrize("why", ["worse", "below_popularity", "switched"])
@pytest.mark.parametrize(("language", "words"), [("en", "was held back"), ("zh-hans", "暂不发布")])
def test_administrators_read_it_among_their_news(page, cast, why, language, words):
    Notification.objects.create(user=cast.administrator, kind="run_held", values={"run": 7, "why": why}, path="/x/")
    seen = page(reverse("notifications"), language)
    assert words in seen and "#7" in seen


def test_a_real_run_fills_the_page(page, cast, monkeypatch):
    monkeypatch.setattr(runs, "Matcher", partial(measured.Measured, windows=1, max_queries=20))
    build(companies=30, investors=8, raising=6)
    run = runs.finish_inline(runs.request().pk)
    seen = page(run.get_absolute_url())
    assert "No run was shown before" in seen and "Training and measuring" in seen
    assert "There is no run before it to compare the input with" in seen
