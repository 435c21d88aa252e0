"""How attention is spread: administrators read and change it, the next run obeys, and its page says so."""

from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.db import IntegrityError, transaction
from django.urls import reverse

from matching import runs
from matching.matcher import Matcher
from matching.models import AttentionSettings
from tests.matching.markets import build

pytestmark = pytest.mark.django_db
CHANGED = {"max_share": "12", "max_loss": "2.5", "floor": "40"}


@pytest.fixture
def administrator(cast, client):
    client.force_login(cast.administrator)
    client.cookies["language"] = "en"
    return client


def change(client, **fields):
    return client.post(reverse("matching:attention"), CHANGED | fields)


def page(client, address: str = "", language: str = "en") -> str:
    client.cookies["language"] = language
    answer = client.get(address or reverse("matching:runs"))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_what_nobody_changed_is_what_the_matcher_does_by_itself():
    by_itself = Matcher().get_params()
    parameters = AttentionSettings.current().parameters()
    assert parameters == {name: by_itself[name] for name in parameters}
    assert set(parameters) == {"max_share", "max_loss", "floor"}


def test_it_is_read_and_changed_and_the_audit_record_tells_by_whom(administrator, cast):
    assert 'name="max_share" value="5"' in page(administrator)
    assert change(administrator).url == reverse("matching:runs")
    row = AttentionSettings.objects.get()
    assert (row.max_share, row.max_loss, row.floor) == (12, Decimal("2.5"), 40)
    entry = LogEntry.objects.get_for_object(row).get(action=LogEntry.Action.UPDATE)
    assert entry.actor == cast.administrator
    assert entry.changes == {"max_share": ["5", "12"], "max_loss": ["1.0", "2.5"], "floor": ["None", "40"]}
    change(administrator, floor="")
    english, chinese = page(administrator), page(administrator, language="zh-hans")
    assert 'name="max_share" value="12"' in english
    assert "Limit 5% → 12%, Price 1% → 2.5%, Floor none → 40%" in english
    assert "Floor 40% → none" in english
    assert "上限 5% → 12%、代价 1% → 2.5%、下限 无 → 40%" in chinese


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("max_share", value) for value in ("0", "101", "much")),
        *(("max_loss", value) for value in ("-1", "100.5")),
        *(("floor", value) for value in ("0", "101", "1.5")),
    ],
)
def test_what_is_no_percentage_is_refused_and_what_was_typed_stays(administrator, field, value):
    answer = change(administrator, **{field: value})
    assert answer.status_code == 400
    assert not AttentionSettings.objects.exists()
    text = answer.content.decode()
    assert f'value="{value}"' in text and f'id="error_1_id_{field}"' in text


def test_the_database_refuses_it_too():
    for field in ("max_share", "max_loss", "floor"):
        with pytest.raises(IntegrityError), transaction.atomic():
            AttentionSettings.objects.create(**{field: 101})
    AttentionSettings.objects.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        AttentionSettings.objects.create(id=2)


def test_the_next_run_obeys_and_every_run_says_what_it_ran_with(administrator, monkeypatch):
    build(companies=20, investors=6, raising=5)
    made = []

    class Watched(Matcher):
        def fit(self, market, progress=None):
            made.append(self.get_params())
            return super().fit(market, progress=progress)

    monkeypatch.setattr(runs, "Matcher", lambda **given: Watched(windows=1, max_queries=20, **given))
    monkeypatch.setattr(runs.artefacts, "save", lambda artefact, name: (name, ""))
    monkeypatch.setattr(runs.artefacts, "size", lambda name: 0)
    before = runs.request()
    assert runs.train(before.pk)
    runs.fail(before, "not needed")
    change(administrator)
    after = runs.request()
    assert runs.train(after.pk)
    runs.fail(after, "not needed")
    change(administrator, max_loss="", floor="")
    assert [(p["max_share"], p["max_loss"], p["floor"]) for p in made] == [(0.05, 0.01, None), (0.12, 0.025, 0.4)]
    english, chinese = (page(administrator, after.get_absolute_url(), language) for language in ("en", "zh-hans"))
    assert "at most 12% of start-ups&#x27; first tens, as far as that costs no more than 2.5% of NDCG@10." in english
    assert "Each region and category gets at least 40% of the average attention." in english
    assert (
        "同一机构最多出现在 12% 的企业前十名中；若代价超过 NDCG@10 的 2.5%，则放宽到不超过为止。每个地区和领域至少得到平均关注的 40%。"
        in chinese
    )
    assert "at most 5% of start-ups&#x27; first tens" in page(administrator, before.get_absolute_url())


def test_no_limit_and_any_price_are_said_so(administrator):
    for given, words in (
        ({"max_share": ""}, "No limit on how often one institution is shown."),
        ({"max_loss": ""}, "at most 12% of start-ups&#x27; first tens, whatever it costs."),
    ):
        change(administrator, **given)
        run = runs.request()
        runs.ModelRun.objects.filter(pk=run.pk).update(
            figures={"attention": AttentionSettings.current().parameters()}, status="failed"
        )
        assert words in page(administrator, run.get_absolute_url())
