"""Runs in this process: the switch, the fences, the sweep, refreshes. Worker processes: `test_worker.py`."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from companies.models import Company, Raise
from deals.models import Deal, Participation, Side
from investors.models import Investor, Thesis
from matching import actions, artefacts, datasets, reading, refreshing, runs, tasks
from matching.leases import LeaseLost
from matching.matcher import Matcher
from matching.models import Feedback, ModelRun, Publication, RecommendationList, Refresh, Shard
from taxonomy.models import Category
from tests.matching.markets import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(settings, monkeypatch):
    settings.MATCHING_SHARD_SIZE = 8
    # Two earlier windows are enough to learn the taste of this market, and three times as quick.
    monkeypatch.setattr(runs, "Matcher", partial(Matcher, windows=2, max_queries=60))
    return build()


@pytest.fixture
def published(market):
    return runs.finish_inline(runs.request().pk)


def ranked(run: ModelRun) -> ModelRun:
    """Train a run and rank all but its last shard."""
    runs.train(run.pk)
    for _ in range(run.shards.count() - 1):
        runs.work(run.pk)
    return run


def test_a_run_lists_every_raise_and_every_active_investor(published):
    assert published.status == ModelRun.Status.PUBLISHED
    market = datasets.load(published.as_of)
    assert published.lists.filter(company__isnull=False).count() == len(market.raises) == 20
    assert published.lists.filter(investor__isnull=False).count() == len(market.active_investors) == 16


def test_scores_are_the_sum_of_their_factors_and_in_order(published):
    for entry in published.lists.all():
        scores = [item["score"] for item in entry.items]
        assert scores == sorted(scores, reverse=True)
        for item in entry.items:
            assert item["score"] == pytest.approx(sum(item["factors"].values()), abs=1e-4)


def test_taste_is_learned(published):
    """Institutions of this market keep to one category: theirs come first."""
    hits = 0
    companies = Company.objects.filter(raises__status="open").order_by("pk")
    for number, company in enumerate(companies):
        best = reading.for_company(company).entries[0].target
        hits += int(best.name_en.split()[1]) % 7 == number % 7
    assert hits >= 0.8 * len(companies)


def test_readers_see_the_old_run_until_the_new_one_is_whole(published):
    second = ranked(runs.request())
    assert Publication.objects.get().run == published
    assert set(RecommendationList.objects.published().values_list("run", flat=True)) == {published.pk}
    runs.work(second.pk)
    assert Publication.objects.get().run == second
    published.refresh_from_db()
    assert published.status == ModelRun.Status.REPLACED


def test_only_one_run_at_a_time(market):
    run = runs.request()
    with pytest.raises(runs.RunUnderWay) as refusal:
        runs.request()
    assert refusal.value.run == run


def test_a_step_done_twice_changes_nothing(published):
    lists = list(published.lists.order_by("pk").values_list("pk", "items"))
    assert not runs.train(published.pk)
    assert runs.work(published.pk) is None
    assert not runs.publish(published.pk)
    assert list(published.lists.order_by("pk").values_list("pk", "items")) == lists


def test_the_lists_are_the_same_whatever_the_shards(published, settings):
    settings.MATCHING_SHARD_SIZE = 0
    again = runs.finish_inline(runs.request().pk)
    assert again.shards.count() < published.shards.count()
    stored = [
        {(row.company_id, row.investor_id): (list(row.items), row.ids, row.floor) for row in run.lists.all()}
        for run in (published, again)
    ]
    assert stored[0] == stored[1]
    assert all(items for items, _, _ in stored[0].values())


def test_a_worker_that_lost_its_shard_writes_nothing(market, monkeypatch):
    run = runs.request()
    runs.train(run.pk)
    rank = runs.lists.rank

    def overtaken(*args):
        rows = rank(*args)
        # While this worker was ranking its lease ran out and another took the shard over.
        Shard.objects.filter(status=Shard.Status.RUNNING).update(attempt=9)
        return rows

    monkeypatch.setattr(runs.lists, "rank", overtaken)
    runs.work(run.pk)
    assert not run.lists.exists()
    assert not run.shards.filter(status=Shard.Status.DONE).exists()


def test_a_training_that_lost_its_lease_writes_nothing(market, monkeypatch):
    run = runs.request()
    save = artefacts.save

    def overtaken(*args):
        ModelRun.objects.filter(pk=run.pk).update(attempt=9)
        return save(*args)

    monkeypatch.setattr(artefacts, "save", overtaken)
    assert not runs.train(run.pk)
    run.refresh_from_db()
    assert (run.status, run.artefact) == (ModelRun.Status.TRAINING, "")
    assert not run.shards.exists()


def test_a_leased_shard_is_not_claimed_and_an_abandoned_one_is(market):
    run = runs.request()
    runs.train(run.pk)
    run.shards.update(status=Shard.Status.RUNNING, lease_until=timezone.now() + timedelta(minutes=1))
    assert runs.work(run.pk) is None
    run.shards.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert runs.work(run.pk).attempt == 1


def test_the_sweep_asks_again_for_what_nobody_works_on(market, surroundings):
    run = runs.request()
    ModelRun.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    tasks.sweep()
    assert surroundings == [("matching.tasks.train", (run.pk,))]
    runs.train(run.pk)
    surroundings.clear()
    tasks.sweep()
    assert surroundings == [("matching.tasks.work", (run.pk,))]


def test_the_sweep_publishes_what_only_lacked_the_switch(market, monkeypatch):
    run = runs.request()
    runs.train(run.pk)
    ModelRun.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    with monkeypatch.context() as patch:
        patch.setattr(runs, "publish", lambda pk: False)
        while runs.work(run.pk):
            pass
    assert not Publication.objects.exists()
    tasks.sweep()
    assert Publication.objects.get().run == run


def test_a_step_that_keeps_failing_ends_the_run_and_readers_keep_the_old_one(published, monkeypatch):
    monkeypatch.setattr(runs, "Matcher", None)
    run = runs.request()
    for _ in range(runs.FAILURES):
        runs.train(run.pk)
        ModelRun.objects.filter(pk=run.pk).update(lease_until=None)
    run.refresh_from_db()
    assert run.status == ModelRun.Status.FAILED
    assert "TypeError" in run.error
    assert Publication.objects.get().run == published


def test_a_changed_or_truncated_artefact_is_not_opened(published):
    artefacts.load.cache_clear()
    path = published.artefact
    data = default_storage.open(path).read()
    for wrong in (data[:-10], data[:200] + b"x" + data[201:], b"", b"no model"):
        default_storage.delete(path)
        with default_storage.open(path, "wb") as handle:
            handle.write(wrong)
        artefacts.load.cache_clear()
        with pytest.raises(artefacts.ArtefactError):
            artefacts.load(path, published.artefact_hash)


def test_an_empty_database_is_matched_to_nothing():
    run = runs.finish_inline(runs.request().pk)
    assert run.status == ModelRun.Status.PUBLISHED
    assert not run.lists.exists()


def test_as_of_knows_nothing_that_came_later(market):
    late = timezone.localdate() - timedelta(days=365)
    run = runs.finish_inline(runs.request(late).pk)
    newest = datasets.load(late)
    assert newest.deals["date"].max().date() <= late
    Deal.objects.filter(announced_on__gt=late).delete()
    again = datasets.load(late)
    assert newest.deals.index.tolist() == again.deals.index.tolist()
    # The raises of this market were opened today.
    assert not run.lists.filter(company__isnull=False).exists()


def test_a_market_brought_up_to_date_has_the_raises_of_one_read_anew(market):
    today = timezone.localdate()
    before, moment = datasets.load(today), timezone.now()
    raises = list(Raise.objects.filter(status="open").order_by("pk"))
    raises[0].end(Raise.Status.CLOSED)
    raises[1].amount_low = 7_000_000
    raises[1].save()
    raises[2].delete()
    raises[3].company.is_published = False
    raises[3].company.save()
    Raise.objects.create(company=raises[0].company, round_id="c")
    now = datasets.current(before, moment, today)
    assert now.raises.equals(datasets.load(today).raises)
    assert now.raises.index.tolist() != before.raises.index.tolist()
    # what has not changed is not read: a cell that only the old frame has stays
    told = before.raises.copy()
    told.loc[raises[5].pk, "round_order"] = 77.0
    assert datasets.current(before.with_raises(told), moment, today).raises.at[raises[5].pk, "round_order"] == 77.0


class TestRefresh:
    def settle(self):
        while refreshing.refresh_next():
            pass

    def test_a_new_company_is_listed_in_both_directions(self, published):
        company = Company.objects.create(short_en="Newcomer")
        company.category_links.create(category=Category.objects.offered().get(code="devices"), is_primary=True)
        Raise.objects.create(company=company, round_id="b", amount_low=5_000_000)
        self.settle()
        own = published.lists.get(company=company)
        assert own.items and not Refresh.objects.exists()
        best = published.lists.get(investor=own.items[0]["id"])
        assert company.pk in [item["id"] for item in best.items]

    def test_a_refresh_gives_what_a_full_run_gives(self, published):
        company = Company.objects.filter(raises__status="open").first()
        company.category_links.all().delete()
        company.category_links.create(category=Category.objects.offered().get(code="security"), is_primary=True)
        self.settle()
        after_refresh = {entry.investor_id: entry.items for entry in published.lists.filter(investor__isnull=False)}
        own = published.lists.get(company=company).items
        artefact = artefacts.load(published.artefact, published.artefact_hash)
        market = datasets.current(artefact.market, published.started_at, published.as_of)
        whole = artefacts.Artefact(artefact.matcher, market)
        for row in runs.lists.rank(whole, Side.INVESTOR, market.active_investors, 100):
            assert [i["id"] for i in after_refresh[row.investor_id]] == [i["id"] for i in row.items]
        raise_id = company.open_raise.pk
        assert [i["id"] for i in runs.lists.rank(whole, Side.COMPANY, [raise_id], 100)[0].items] == [
            i["id"] for i in own
        ]

    def test_a_refresh_of_an_institution_gives_what_a_full_run_gives(self, published):
        investor = Investor.objects.get(name_en="Fund 1")
        thesis = investor.theses.get()
        thesis.categories.set([Category.objects.offered().get(code="security")])
        thesis.save()
        self.settle()
        stored = {row.company_id: list(row.items) for row in published.lists.filter(company__isnull=False)}
        own = list(published.lists.get(investor=investor).items)
        artefact = artefacts.load(published.artefact, published.artefact_hash)
        market = datasets.current(artefact.market, published.started_at, published.as_of)
        whole = artefacts.Artefact(artefact.matcher, market)
        for row in runs.lists.rank(whole, Side.COMPANY, market.raises.index, 50):
            assert stored[row.company_id] == list(row.items)
        assert own == list(runs.lists.rank(whole, Side.INVESTOR, [investor.pk], 50)[0].items)

    def test_a_raise_that_ends_leaves_every_list(self, published):
        company = Company.objects.filter(raises__status="open").first()
        assert published.lists.filter(ids__contains=f" {company.pk} ", investor__isnull=False).exists()
        company.open_raise.end(Raise.Status.CLOSED)
        self.settle()
        assert not published.lists.filter(company=company).exists()
        for entry in published.lists.filter(investor__isnull=False):
            assert company.pk not in [item["id"] for item in entry.items]

    def test_an_institution_with_only_a_thesis_is_listed_in_both_directions(self, published):
        investor = Investor.objects.create(name_en="Fresh Fund")
        thesis = Thesis.objects.create(investor=investor, ticket_low=1_000_000)
        thesis.categories.add(Category.objects.offered().get(code="devices"))
        self.settle()
        own = published.lists.get(investor=investor)
        assert own.items
        assert published.lists.filter(company__isnull=False, ids__contains=f" {investor.pk} ").exists()

    def test_newcomers_of_both_sides_meet(self, published):
        """A start-up that comes after the run is listed for an institution that came after the run, and back."""
        investor = Investor.objects.create(name_en="Fresh Fund")
        investor.theses.create().categories.add(Category.objects.offered().get(code="devices"))
        self.settle()
        company = Company.objects.create(short_en="Newcomer")
        company.category_links.create(category=Category.objects.offered().get(code="devices"), is_primary=True)
        Raise.objects.create(company=company, round_id="b")
        self.settle()
        assert investor.pk in [item["id"] for item in published.lists.get(company=company).items]
        assert company.pk in [item["id"] for item in published.lists.get(investor=investor).items]

    def test_a_thesis_that_is_deleted_stays_without_effect_on_later_refreshes(
        self, published, django_capture_on_commit_callbacks
    ):
        investor = Investor.objects.create(name_en="Fresh Fund")
        thesis = investor.theses.create()
        thesis.categories.add(Category.objects.offered().get(code="devices"))
        self.settle()
        with django_capture_on_commit_callbacks(execute=True):
            thesis.delete()
        self.settle()
        company = Company.objects.filter(raises__status="open").first()
        company.save()
        self.settle()
        assert investor.pk not in [item["id"] for item in published.lists.get(company=company).items]

    @pytest.mark.parametrize("name", ["Fund 9", "Fund 1"], ids=["no other thesis", "another thesis wants it"])
    def test_a_hard_exclusion_is_respected_at_once(self, published, name):
        investor = Investor.objects.get(name_en=name)
        company = Company.objects.get(pk=published.lists.get(investor=investor).items[0]["id"])
        thesis = Thesis.objects.create(investor=investor)
        thesis.excluded.add(company.primary_category)
        self.settle()
        assert company.pk not in [item["id"] for item in published.lists.get(investor=investor).items]
        assert investor.pk not in [item["id"] for item in published.lists.get(company=company).items]

    def test_a_pass_takes_the_pair_off_both_lists_and_can_be_taken_back(
        self, published, django_capture_on_commit_callbacks
    ):
        company = Company.objects.filter(raises__status="open").first()
        investor = Investor.objects.get(pk=published.lists.get(company=company).items[0]["id"])
        actions.answer(None, company, investor, Side.COMPANY, Feedback.Kind.PASSED, Feedback.PassReason.TICKET)
        self.settle()
        assert investor.pk not in [item["id"] for item in published.lists.get(company=company).items]
        assert company.pk not in [item["id"] for item in published.lists.get(investor=investor).items]
        with django_capture_on_commit_callbacks(execute=True):
            actions.take_back(company, investor, Side.COMPANY)
        self.settle()
        assert investor.pk in [item["id"] for item in published.lists.get(company=company).items]

    def test_a_recorded_deal_takes_the_pair_off_both_lists(self, published):
        company = Company.objects.filter(raises__status="open").first()
        investor = Investor.objects.get(pk=published.lists.get(company=company).items[0]["id"])
        deal = Deal.objects.create(company=company, round_id="b", announced_on=timezone.localdate())
        Participation.objects.create(deal=deal, investor=investor)
        self.settle()
        assert investor.pk not in [item["id"] for item in published.lists.get(company=company).items]
        assert company.pk not in [item["id"] for item in published.lists.get(investor=investor).items]

    def test_a_change_during_the_refresh_is_not_lost(self, published, monkeypatch):
        company = Company.objects.filter(raises__status="open").first()
        company.save()
        rank = refreshing.lists.rank

        def change_meanwhile(*args):
            refreshing.ask(company_id=company.pk)
            return rank(*args)

        monkeypatch.setattr(refreshing.lists, "rank", change_meanwhile)
        assert refreshing.refresh_next()
        assert Refresh.objects.filter(company=company).exists()

    def test_what_changed_while_a_run_was_reading_is_asked_for_again(self, market):
        run = ranked(runs.request())
        company = Company.objects.filter(raises__status="open").first()
        company.save()
        runs.work(run.pk)
        assert Refresh.objects.filter(company=company).exists()
        assert Refresh.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_is_deleted_leaves_nothing_to_refresh(market):
    company = Company.objects.filter(raises__status="open").first()
    investor = Investor.objects.create(name_en="Fresh Fund")
    investor.theses.create()
    Feedback.objects.create(company=company, investor=investor, side=Side.COMPANY, kind=Feedback.Kind.SAVED)
    Refresh.objects.all().delete()
    company.delete()
    investor.delete()
    assert not Refresh.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_thesis_that_is_deleted_makes_its_investor_be_matched_again(market):
    thesis = Thesis.objects.first()
    Refresh.objects.all().delete()
    thesis.delete()
    assert Refresh.objects.get().investor_id == thesis.investor_id


class TestCommands:
    def test_match_and_export(self, market, tmp_path, capsys):
        Company.objects.filter(short_en="Company 0").update(source_ref="C0")
        call_command("match", "--inline")
        call_command("export_recommendations", "--out", str(tmp_path), "--top", "3")
        lines = (tmp_path / "startup_to_investor.csv").read_text().splitlines()
        assert lines[0] == "company_id,investor_id,rank,score"
        mine = [line.split(",") for line in lines if line.startswith("C0,")]
        assert [row[2] for row in mine] == ["1", "2", "3"]
        other = (tmp_path / "investor_to_startup.csv").read_text().splitlines()
        assert other[0] == "investor_id,company_id,rank,score"
        assert {line.split(",")[2] for line in other[1:]} == {"1", "2", "3"}

    def test_no_exported_pair_has_invested(self, published, tmp_path):
        company = Company.objects.filter(raises__status="open").first()
        investor = Investor.objects.get(pk=published.lists.get(company=company).items[0]["id"])
        deal = Deal.objects.create(company=company, round_id="b", announced_on=timezone.localdate())
        Participation.objects.create(deal=deal, investor=investor)
        call_command("export_recommendations", "--out", str(tmp_path))
        lines = (tmp_path / "startup_to_investor.csv").read_text().splitlines()
        assert not [line for line in lines if line.startswith(f"{company.pk},{investor.pk},")]

    def test_export_without_a_run_says_what_to_do(self, tmp_path):
        with pytest.raises(CommandError, match="match"):
            call_command("export_recommendations", "--out", str(tmp_path))

    def test_match_takes_over_from_a_killed_process_and_not_from_a_living_one(self, market):
        run = runs.request()
        ModelRun.objects.update(attempt=1, lease_until=timezone.now() + timedelta(minutes=1))
        with pytest.raises(CommandError, match=str(run.pk)):
            call_command("match", "--inline")
        ModelRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        call_command("match", "--inline")
        run.refresh_from_db()
        assert run.status == ModelRun.Status.FAILED
        assert Publication.objects.get().run_id > run.pk


def test_the_heartbeat_tells_of_a_lost_lease(market):
    run = runs.request()
    heartbeat = runs.Heartbeat(run)
    heartbeat.check()
    heartbeat.lost.set()
    with pytest.raises(LeaseLost):
        heartbeat.check()
