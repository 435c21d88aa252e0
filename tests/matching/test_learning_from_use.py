"""From an answer on a page to the next match: read with its time, replayed, matched again, told to its own side alone."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone

from companies.models import Company, CompanyCategory, Raise
from deals.actions import accept, ask_introduction, decline, withdraw
from deals.models import Introduction, Side
from investors.models import Investor
from matching import actions, datasets, evidence, reading, refreshing, tastes
from matching import market as m
from matching.answers import counted
from matching.models import Feedback, ModelRun, Refresh
from tests.matching.markets import build

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


def at(days_ago: float) -> datetime:
    return timezone.now() - timedelta(days=days_ago)


def rows(market) -> list[tuple]:
    answers = market.answers
    return sorted(zip(answers[m.SIDE], answers[m.KIND], answers[m.REASON], answers[m.ROUND], strict=True))


def feedback(company, investor, kind, days_ago, side=Side.INVESTOR, reason=""):
    return Feedback.objects.create(
        company=company, investor=investor, side=side, kind=kind, reason=reason, created_at=at(days_ago)
    )


def introduction(company, investor, status, asked, answered=None, side=Side.COMPANY, **fields):
    return Introduction.objects.create(
        company=company,
        investor=investor,
        asked_side=side,
        message="Hello",
        status=status,
        asked_at=at(asked),
        answered_at=None if answered is None else at(answered),
        expires_on=TODAY(),
        **fields,
    )


@pytest.fixture
def two():
    company = Company.objects.create(short_en="Asker")
    for code, opened in (("a", 300), ("b", 30)):
        Raise.objects.create(
            company=company,
            round_id=code,
            opened_on=TODAY() - timedelta(days=opened),
            status=Raise.Status.OPEN if code == "b" else Raise.Status.CLOSED,
            ended_on=None if code == "b" else TODAY() - timedelta(days=100),
        )
    return company, Investor.objects.create(name_en="Asked Fund")


class TestReading:
    def test_answers_are_read_with_their_sides_reasons_and_raises(self, two):
        company, investor = two
        feedback(company, investor, "saved", 200)
        introduction(company, investor, "declined", 20, 10, decline_reason="round")
        introduction(company, investor, "withdrawn", 9, 8)
        introduction(company, investor, "expired", 7, 6, side=Side.INVESTOR)
        assert rows(datasets.load(TODAY())) == [
            ("company", "asked", "", "b"),
            ("company", "asked", "", "b"),
            ("company", "expired", "", "b"),
            ("company", "withdrawn", "", "b"),
            ("investor", "asked", "", "b"),
            ("investor", "declined", "round", "b"),
            ("investor", "saved", "", "a"),
        ]

    def test_a_past_day_knows_what_was_said_before_it(self, two):
        company, investor = two
        introduction(company, investor, "accepted", 20, 10)
        feedback(company, investor, "passed", 5, reason="round")
        past = datasets.load(TODAY() - timedelta(days=15))
        assert rows(past) == [("company", "asked", "", "b")] and past.blocks.empty
        later = datasets.load(TODAY() - timedelta(days=7))
        assert rows(later) == [("company", "asked", "", "b"), ("investor", "accepted", "", "b")]
        now = datasets.load(TODAY())
        assert len(now.blocks) == 1
        replayed = now.before(TODAY() - timedelta(days=15))
        assert rows(replayed) == rows(past)

    def test_what_was_said_a_moment_ago_counts_today(self, two):
        feedback(*two, "saved", 0)
        assert len(datasets.load(TODAY()).standing_answers) == 1

    def test_another_answer_is_said_when_it_is_said(self, two):
        first = feedback(*two, "saved", 50)
        again = actions.answer(None, *two, Side.INVESTOR, "passed", "round")
        assert again.pk == first.pk
        assert rows(datasets.load(TODAY() - timedelta(days=10))) == []
        assert rows(datasets.load(TODAY())) == [("investor", "passed", "round", "b")]


@pytest.fixture(scope="module")
def once(matching_once):
    market = partial(build, companies=40, investors=12, raising=8)
    with matching_once(market, windows=2, max_queries=60) as found:
        yield found


@pytest.fixture
def published(matched):
    return ModelRun.objects.get()


def settle():
    while refreshing.refresh_next():
        pass


def factors(run, investor) -> dict[int, float]:
    return {item["id"]: item["factors"].get("answers", 0) for item in run.lists.get(investor=investor).items}


def test_a_save_is_matched_at_once_and_undone_without_a_trace(published, django_capture_on_commit_callbacks):
    investor = Investor.objects.get(name_en="Fund 3")
    before = {entry.pk: entry.items for entry in published.lists.all()}
    company = Company.objects.get(pk=published.lists.get(investor=investor).items[-1]["id"])
    actions.answer(None, company, investor, Side.INVESTOR, "saved")
    settle()
    category = company.category_links.get().category
    like = set(CompanyCategory.objects.filter(category=category).values_list("company", flat=True))
    found = factors(published, investor)
    assert company.pk in found and min(found[pk] for pk in like & set(found)) > 0.1
    assert max(found[pk] for pk in found if pk not in like) < found[company.pk]
    others = published.lists.exclude(investor=investor)
    for entry in others:
        for item in entry.items:
            mine = entry.company_id and item["id"] == investor.pk
            assert (item["factors"].get("answers", 0) != 0) == bool(
                mine and entry.company_id in found and found[entry.company_id]
            )
    # a refresh of somebody else sees it too
    other = Company.objects.filter(raises__status="open").exclude(pk=company.pk).first()
    other.save()
    settle()
    theirs = {item["id"]: item for item in published.lists.get(company=other).items}
    assert theirs[investor.pk]["factors"].get("answers", 0) == found[other.pk]
    with django_capture_on_commit_callbacks(execute=True):
        actions.take_back(company, investor, Side.INVESTOR)
    settle()
    other.save()
    settle()
    assert {entry.pk: entry.items for entry in published.lists.all()} == before


def test_a_refresh_learns_the_answers_of_whoever_answered_alone(published, monkeypatch):
    companies = list(Company.objects.all()[:6])
    for company in companies:
        feedback(company, Investor.objects.get(name_en="Fund 5"), "saved", 1)
    actions.answer(None, companies[0], Investor.objects.get(name_en="Fund 5"), Side.INVESTOR, "saved")
    settle()
    read = []
    monkeypatch.setattr(tastes, "counted", lambda market: read.append(len(market.answers)) or counted(market))
    actions.answer(None, companies[0], Investor.objects.get(name_en="Fund 6"), Side.INVESTOR, "saved")
    settle()
    companies[0].save()
    settle()
    assert read == [1, 0]


def test_an_institution_is_matched_again_when_it_passes_and_a_start_up_when_it_does(published):
    company = Company.objects.filter(raises__status="open").first()
    investor = Investor.objects.get(name_en="Fund 3")
    actions.answer(None, company, investor, Side.INVESTOR, "passed", "round")
    assert Refresh.objects.get().investor == investor
    settle()
    assert company.pk not in factors(published, investor)
    # all others ask for the same round
    assert max(factors(published, investor).values()) < -0.1
    actions.answer(None, company, Investor.objects.get(name_en="Fund 4"), Side.COMPANY, "saved")
    assert Refresh.objects.get().company == company


def test_a_request_and_its_answer_are_matched_again(cast):
    asked = []
    for end in (
        lambda one: accept(cast.investor, one),
        lambda one: decline(cast.investor, one, "round"),
        lambda one: withdraw(cast.founder, one),
    ):
        Introduction.objects.all().delete()
        Refresh.objects.all().delete()
        one = ask_introduction(cast.founder, cast.company, cast.investor_firm, "Hello")
        assert Refresh.objects.get().company == cast.company
        Refresh.objects.all().delete()
        end(one)
        asked.append(Refresh.objects.get())
    assert [row.investor or row.company for row in asked] == [cast.investor_firm, cast.investor_firm, cast.company]


def sentences(feed, target) -> dict[str, str]:
    (entry,) = evidence.attach(feed.subject, feed.side, [feed.entry(target)])
    return {s.code: s.text for reason in entry.reasons if reason.factor == "answers" for s in reason.sentences}


def test_reasons_of_answers_are_shown_to_their_own_side_alone(published):
    investor = Investor.objects.get(name_en="Fund 3")
    company = Company.objects.get(pk=published.lists.get(investor=investor).items[0]["id"])
    like = Company.objects.filter(category_links__category=company.primary_category).exclude(pk=company.pk)
    refused, kept = like.filter(raises__status="open").first() or like.first(), like.last()
    actions.answer(None, refused, investor, Side.INVESTOR, "passed", "category")
    actions.answer(None, kept, investor, Side.INVESTOR, "saved")
    settle()

    own = sentences(reading.for_investor(investor), company)
    assert set(own) == {"answers_alike", "answers_refused", "answers_kept"}
    assert refused.name in own["answers_refused"] and kept.name in own["answers_alike"]
    assert set(sentences(reading.for_company(company), investor)) == {"answers_kept"}


def test_no_reason_tells_an_amount_that_is_not_open_to_its_reader(published):
    """All ask for the same: that one was turned down for its amount says what it asked for."""
    investor = Investor.objects.get(name_en="Fund 3")
    listed = [item["id"] for item in published.lists.get(investor=investor).items]
    company, refused = (Company.objects.get(pk=pk) for pk in listed[:2])
    actions.answer(None, refused, investor, Side.INVESTOR, "passed", "ticket")
    settle()
    assert "answers_refused" in sentences(reading.for_investor(investor), company)
    refused.raises.update(amount_audience=Raise.Audience.INTRODUCED)
    assert set(sentences(reading.for_investor(investor), company)) == {"answers_kept"}
    introduction(refused, investor, "accepted", 3, 2)
    assert "answers_refused" in sentences(reading.for_investor(investor), company)
