"""Which run readers see: what is decided about a new one, and what administrators decide."""

from datetime import timedelta
from functools import partial

import pytest
from auditlog.models import LogEntry
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Notification
from companies.models import Company
from deals.models import Side
from matching import actions, artefacts, publication, refreshing, runs
from matching.models import Feedback, ModelRun, Publication, RecommendationList, Refresh, Refreshed, Shard
from matching.training import TO_INVESTORS, TO_RAISES
from tests.matching.markets import build
from tests.matching.measured import Measured, difference, quality

pytestmark = pytest.mark.django_db
Status = ModelRun.Status


def compared(monkeypatch, to_investors: float, to_raises: float) -> None:
    found = {TO_INVESTORS: difference(to_investors), TO_RAISES: difference(to_raises)}
    monkeypatch.setattr(Measured, "compared", found)


@pytest.fixture
def market(settings, monkeypatch):
    settings.MATCHING_SHARD_SIZE = 50
    monkeypatch.setattr(runs, "Matcher", partial(Measured, windows=1, max_queries=20))
    build(companies=30, investors=8, raising=6)
    Refresh.objects.all().delete()


def run_again() -> ModelRun:
    return runs.finish_inline(runs.request().pk)


@pytest.fixture
def first(market):
    return run_again()


@pytest.fixture
def held(first, monkeypatch):
    compared(monkeypatch, 0.02, -0.04)
    return run_again()


def shown() -> ModelRun:
    run = Publication.objects.select_related("run").get().run
    assert run.status == Status.PUBLISHED and run.artefact
    assert ModelRun.objects.filter(status=Status.PUBLISHED).count() == 1
    return run


class TestDecision:
    def test_the_first_run_is_shown(self, first):
        assert shown() == first
        assert first.figures["promotion"]["why"] == "first"
        assert first.figures["quality"] == quality()

    def test_the_first_run_is_shown_even_if_popularity_does_better(self, market, monkeypatch):
        monkeypatch.setattr(Measured, "says", quality(model=0.2, popularity=0.3))
        assert run_again() == shown()

    def test_one_that_is_not_worse_takes_the_place(self, first, monkeypatch):
        # The mean is lower, but the interval holds zero.
        compared(monkeypatch, -0.005, 0.02)
        run = run_again()
        assert shown() == run
        assert run.figures["promotion"]["why"] == "not_worse"
        assert run.figures["promotion"]["against"] == first.pk
        assert not Notification.objects.exists()

    def test_one_that_is_worse_in_one_direction_is_held_back_and_administrators_are_told(self, cast, held, first):
        assert held.status == Status.HELD
        assert shown() == first
        assert held.lists.exists()
        decided = held.figures["promotion"]
        assert (decided["decision"], decided["why"], decided["worse"]) == ("hold", "worse", [TO_RAISES])
        told = Notification.objects.get()
        assert (told.user, told.kind, told.path) == (cast.administrator, "run_held", held.get_absolute_url())

    def test_one_below_popularity_in_both_directions_is_held_back(self, first, monkeypatch):
        monkeypatch.setattr(Measured, "says", quality(model=0.2, popularity=0.21))
        run = run_again()
        assert (run.status, run.figures["promotion"]["why"]) == (Status.HELD, "below_popularity")

    def test_one_below_popularity_in_one_direction_only_is_shown(self, first, monkeypatch):
        # 0.2 and 0.1 against 0.15.
        monkeypatch.setattr(Measured, "says", quality(model=0.2, popularity=0.15))
        assert run_again() == shown()

    @pytest.mark.parametrize(
        ("says", "compares", "why"),
        [(None, None, "no_history"), (quality(), None, "other_features")],
        ids=["nothing measured", "other features"],
    )
    def test_what_cannot_be_compared_is_shown_and_says_why(self, first, monkeypatch, says, compares, why):
        monkeypatch.setattr(Measured, "says", says)
        monkeypatch.setattr(Measured, "compared", compares)
        run = run_again()
        assert shown() == run
        assert run.figures["promotion"]["why"] == why

    def test_a_running_model_that_was_never_measured_is_replaced(self, market, monkeypatch):
        with monkeypatch.context() as patch:
            patch.setattr(Measured, "says", None)
            run_again()
        run = run_again()
        assert (run.status, run.figures["promotion"]["why"]) == (Status.PUBLISHED, "not_measured")

    def test_a_comparison_without_figures_is_none(self, first, monkeypatch):
        nothing = {"mean": float("nan"), "low": float("nan"), "high": float("nan"), "queries": 0}
        monkeypatch.setattr(Measured, "compared", {TO_INVESTORS: nothing, TO_RAISES: nothing})
        run = run_again()
        assert (run.status, run.figures["promotion"]["why"]) == (Status.PUBLISHED, "no_history")

    def test_a_running_model_that_cannot_be_opened_is_replaced_and_the_reason_kept(self, first, monkeypatch):
        compared(monkeypatch, -0.5, -0.5)
        ModelRun.objects.filter(pk=first.pk).update(artefact_hash="0" * 64)
        run = run_again()
        assert shown() == run
        assert run.figures["promotion"]["why"] == "artefact"
        assert "changed or cut short" in run.figures["promotion"]["detail"]

    def test_an_earlier_day_is_not_compared_with_a_model_that_knows_what_came_later(self, first, monkeypatch):
        compared(monkeypatch, -0.5, -0.5)
        run = runs.finish_inline(runs.request(first.as_of - timedelta(days=200)).pk)
        assert (run.status, run.figures["promotion"]["why"]) == (Status.PUBLISHED, "earlier_date")

    def test_what_is_no_number_is_kept_as_unknown(self, market, monkeypatch):
        said = quality()
        said["directions"][TO_RAISES]["methods"]["model"]["ndcg_10"]["mean"] = float("nan")
        monkeypatch.setattr(Measured, "says", said)
        run = run_again()
        assert run.figures["quality"]["directions"][TO_RAISES]["methods"]["model"]["ndcg_10"]["mean"] is None

    def test_a_run_keeps_what_it_cost_and_what_it_was_fed(self, first):
        assert set(first.figures["cost"]["seconds"]) == {"reading", "training", "comparing", "saving", "ranking"}
        assert first.figures["cost"]["memory_mb"] > 50
        assert first.figures["cost"]["artefact_mb"] > 0.01
        assert first.figures["inputs"]["sizes"]["raises"] == 6


class TestHeld:
    def test_it_can_be_published_all_the_same(self, cast, first, held):
        assert publication.publish_held(held.pk, cast.administrator)
        assert shown() == held
        first.refresh_from_db()
        assert first.status == Status.REPLACED
        entry = LogEntry.objects.get_for_object(held).get()
        assert (entry.actor, entry.changes) == (cast.administrator, {"status": ["held", "published"]})
        assert not publication.publish_held(held.pk, cast.administrator)
        assert not publication.discard(held.pk, cast.administrator)

    def test_it_can_be_discarded(self, cast, first, held):
        name = held.artefact
        assert publication.discard(held.pk, cast.administrator)
        held.refresh_from_db()
        assert (held.status, held.artefact, held.lists.count()) == (Status.DISCARDED, "", 0)
        with pytest.raises(artefacts.ArtefactError, match="missing"):
            artefacts.load.__wrapped__(name, held.artefact_hash)
        assert shown() == first
        assert not publication.publish_held(held.pk, cast.administrator)
        assert LogEntry.objects.get_for_object(held).get().changes == {"status": ["held", "discarded"]}

    def test_the_next_run_takes_the_place_of_one_that_waits(self, first, held, monkeypatch):
        compared(monkeypatch, 0.0, 0.0)
        run = run_again()
        held.refresh_from_db()
        assert (held.status, held.lists.count()) == (Status.DISCARDED, 0)
        assert shown() == run

    def test_only_the_newest_waits(self, first, held):
        run = run_again()
        held.refresh_from_db()
        assert (held.status, run.status) == (Status.DISCARDED, Status.HELD)
        assert shown() == first

    def test_readers_get_their_refreshes_while_it_waits_and_again_once_it_is_shown(self, cast, first, held):
        company = Company.objects.filter(raises__status="open").first()
        Refresh.objects.all().delete()
        investor_id = first.lists.get(company=company).items[0]["id"]
        actions.answer(
            cast.administrator,
            company,
            company.feedback.model._meta.get_field("investor").related_model.objects.get(pk=investor_id),
            Side.COMPANY,
            Feedback.Kind.PASSED,
            Feedback.PassReason.TICKET,
        )
        settle()
        assert investor_id not in [item["id"] for item in first.lists.get(company=company).items]
        assert investor_id in [item["id"] for item in held.lists.get(company=company).items]
        publication.publish_held(held.pk, cast.administrator)
        assert Refresh.objects.filter(company=company).exists()
        settle()
        assert investor_id not in [item["id"] for item in held.lists.get(company=company).items]

    def test_the_sweep_leaves_it_alone(self, held):
        ModelRun.objects.update(created_at=timezone.now() - timedelta(hours=1))
        assert runs.stalled() == []
        assert not runs.publish(held.pk)
        held.refresh_from_db()
        assert held.status == Status.HELD


def settle():
    while refreshing.refresh_next():
        pass


class TestRollBack:
    @pytest.fixture
    def second(self, first, monkeypatch):
        compared(monkeypatch, 0.01, 0.01)
        return run_again()

    def test_readers_are_led_back(self, cast, first, second):
        assert publication.roll_back(first.pk, cast.administrator)
        assert shown() == first
        second.refresh_from_db()
        assert second.status == Status.REPLACED and second.can_return
        assert LogEntry.objects.get_for_object(first).get().changes == {"status": ["replaced", "published"]}
        assert LogEntry.objects.get_for_object(second).get().changes == {"status": ["published", "replaced"]}
        assert set(RecommendationList.objects.published().values_list("run", flat=True)) == {first.pk}
        assert not publication.roll_back(first.pk, cast.administrator)

    def test_what_was_matched_again_since_is_asked_for_again(self, cast, first, second):
        """A deletion leaves no row that is younger than the run; that it was matched again is remembered."""
        company = Company.objects.filter(raises__status="open").first()
        Refresh.objects.all().delete()
        refreshing.ask(company_id=company.pk)
        settle()
        assert not Refresh.objects.exists()
        publication.roll_back(first.pk, cast.administrator)
        assert [row.company_id for row in Refresh.objects.all()] == [company.pk]

    def test_what_was_matched_again_before_both_runs_is_forgotten(self, first, monkeypatch):
        company = Company.objects.first()
        refreshing.ask(company_id=company.pk)
        settle()
        assert Refreshed.objects.get().company == company
        compared(monkeypatch, 0.01, 0.01)
        run_again()
        # The first run, made before it, can still be shown.
        assert Refreshed.objects.exists()
        Refresh.objects.all().delete()
        run_again()
        assert not Refreshed.objects.exists()

    def test_a_run_whose_lists_are_gone_is_not_shown(self, cast, first, second):
        third = run_again()
        first.refresh_from_db()
        assert not first.can_return and not first.lists.exists()
        assert not publication.roll_back(first.pk, cast.administrator)
        assert shown() == third

    def test_of_two_earlier_runs_the_one_shown_last_is_kept(self, cast, first, second):
        publication.roll_back(first.pk, cast.administrator)
        third = run_again()
        first.refresh_from_db()
        second.refresh_from_db()
        assert shown() == third
        assert first.can_return and first.lists.exists()
        assert not second.can_return and not second.lists.exists()

    def test_a_run_that_was_compared_with_another_than_readers_see_is_held_back(self, cast, first, second):
        run = runs.request()
        runs.train(run.pk)
        publication.roll_back(first.pk, cast.administrator)
        while runs.work(run.pk):
            pass
        run.refresh_from_db()
        assert (run.status, run.figures["promotion"]["why"]) == (Status.HELD, "switched")
        assert shown() == first

    def test_a_run_that_somebody_just_went_back_to_is_not_forgotten(self, cast, first, second, monkeypatch):
        run = runs.request()
        runs.train(run.pk)
        pointer = publication._locked_pointer
        calls = []

        def quicker():
            calls.append(1)
            if len(calls) == 2:
                # The third run is shown; the first is about to lose its lists.
                monkeypatch.setattr(publication, "_locked_pointer", pointer)
                assert publication.roll_back(first.pk, cast.administrator)
            return pointer()

        monkeypatch.setattr(publication, "_locked_pointer", quicker)
        while runs.work(run.pk):
            pass
        assert len(calls) == 2
        assert shown() == first and first.lists.exists()

    def test_a_run_whose_model_cannot_be_opened_is_not_shown(self, cast, first, second):
        """Nothing could keep its lists fresh."""
        default_storage.delete(first.artefact)
        with pytest.raises(artefacts.ArtefactError):
            publication.roll_back(first.pk, cast.administrator)
        assert shown() == second

    @pytest.mark.parametrize("status", [Status.FAILED, Status.DISCARDED, Status.HELD, Status.PUBLISHED])
    def test_only_an_earlier_run_can_be_gone_back_to(self, cast, first, second, status):
        ModelRun.objects.filter(pk=first.pk).update(status=status)
        assert not publication.roll_back(first.pk, cast.administrator)


def test_the_command_says_what_happened(first, monkeypatch, capsys):
    compared(monkeypatch, 0.01, -0.04)
    call_command("match", "--inline")
    said = capsys.readouterr().out
    run = ModelRun.objects.first()
    assert "is held back" in said or "暂不发布" in said
    assert run.get_absolute_url() in said
    compared(monkeypatch, 0.01, 0.01)
    call_command("match", "--inline")
    assert f"#{first.pk}" in capsys.readouterr().out


class TestAtOnce:
    """On SQLite in a file and on PostgreSQL."""

    @pytest.fixture
    def scene(self, cast, at_once, monkeypatch):
        now = timezone.now()
        monkeypatch.setattr(artefacts, "check", lambda name, signature: b"")

        def made(status, hours, **fields):
            moment = now - timedelta(hours=hours)
            run = ModelRun.objects.create(
                as_of=now.date(), status=status, created_at=moment, started_at=moment, artefact=f"run-{hours}", **fields
            )
            RecommendationList.objects.create(run=run, company=cast.company)
            return run

        old = made(Status.REPLACED, 9, finished_at=now - timedelta(hours=8))
        running = made(Status.PUBLISHED, 6, finished_at=now - timedelta(hours=5))
        Publication.objects.create(run=running)
        decided = {"promotion": {"decision": "publish", "why": "not_worse", "against": running.pk, "worse": []}}
        return cast, old, running, partial(made, figures=decided)

    def whole(self):
        run = shown()
        assert run.lists.exists()
        return run

    def test_twenty_administrators_publish_once(self, scene, at_once):
        cast, _old, running, made = scene
        held = made(Status.HELD, 1, finished_at=timezone.now())

        def click(start):
            start()
            return publication.publish_held(held.pk, cast.administrator)

        assert sorted(at_once(*[click] * 20)) == [False] * 19 + [True]
        assert self.whole() == held
        assert LogEntry.objects.get_for_object(held).count() == 1
        assert LogEntry.objects.get_for_object(running).count() == 1

    def test_publish_discard_and_roll_back_follow_each_other(self, scene, at_once):
        cast, old, _running, made = scene
        held = made(Status.HELD, 1, finished_at=timezone.now())

        def click(act, run, start):
            start()
            return act(run.pk, cast.administrator)

        acts = [(publication.publish_held, held), (publication.discard, held), (publication.roll_back, old)]
        results = at_once(*(partial(click, act, run) for act, run in acts * 5))
        assert all(isinstance(result, bool) for result in results), results
        held.refresh_from_db()
        # One of the two decisions on the held run stands.
        assert sum(results[0::3]) + sum(results[1::3]) == 1
        self.whole()

    def test_a_run_that_ends_while_somebody_rolls_back_leaves_readers_a_whole_run(self, scene, at_once):
        cast, old, _running, made = scene
        ending = made(Status.RANKING, 1, ranked_at=timezone.now())
        Shard.objects.create(run=ending, side=Side.COMPANY, first=0, last=1, status=Shard.Status.DONE)

        def finish(start):
            start()
            return runs.publish(ending.pk)

        def back(start):
            start()
            return publication.roll_back(old.pk, cast.administrator)

        results = at_once(*[finish, back] * 4)
        assert sum(results[0::2]) == 1 and sum(results[1::2]) <= 1, results
        ending.refresh_from_db()
        assert ending.status in (Status.PUBLISHED, Status.REPLACED, Status.HELD)
        self.whole()
