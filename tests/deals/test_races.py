"""Many at the same moment: one answer, one deal, one limit. On SQLite in a file and on PostgreSQL."""

from functools import partial

import pytest

from accounts.models import Notification
from companies.models import Company
from deals import actions, listings
from deals.models import Deal, Introduction, Listing
from investors.models import Investor
from taxonomy.amounts import parse_amount
from taxonomy.dates import parse_date
from taxonomy.models import Board

PEOPLE, EACH = 50, 4
ANSWERS = PEOPLE * EACH


def race(at_once, asked, cast):
    """Fifty people who all saw the request waiting answer it at once, each four times; return the 200 outcomes."""
    answers = [
        lambda row: actions.accept(cast.investor, row),
        lambda row: actions.decline(cast.investor, row, "timing"),
        lambda row: actions.withdraw(cast.founder, row),
    ]

    def answer(number, start):
        rows = [Introduction.objects.select_related("company", "investor").get(pk=asked.pk) for _ in range(EACH)]
        start()
        outcomes = []
        for turn, row in enumerate(rows):
            try:
                outcomes.append(answers[(number + turn) % 3](row))
            except actions.TooLate as late:
                outcomes.append(late)
        return outcomes

    results = at_once(*(partial(answer, number) for number in range(PEOPLE)))
    return [outcome for outcomes in results for outcome in outcomes]


def test_one_of_two_hundred_answers_wins(at_once, cast, asked):
    results = race(at_once, asked, cast)
    won = [result for result in results if isinstance(result, Introduction)]
    assert [type(result) for result in results if result not in won] == [actions.TooLate] * (ANSWERS - 1)
    asked.refresh_from_db()
    assert [won[0].status] == [asked.status]
    assert Notification.objects.exclude(kind="introduction_asked").count() == 1


def test_without_the_guard_the_race_is_lost(at_once, cast, asked, monkeypatch):
    """The test above can fail: with a check in memory in place of the conditional update several answers win."""

    def unguarded(self, status, **fields):
        if not self.is_waiting:
            return False
        self.status, self.answered_at = status, self.asked_at
        for name, value in fields.items():
            setattr(self, name, value)
        self.save()
        return True

    monkeypatch.setattr(Introduction, "answered", unguarded)
    won = [result for result in race(at_once, asked, cast) if isinstance(result, Introduction)]
    assert len(won) > 1


def test_twenty_colleagues_ask_the_same_once(at_once, cast):
    def ask(start):
        start()
        return actions.ask_introduction(cast.founder, cast.company, cast.investor_firm, "Hello")

    results = at_once(*[ask] * 20)
    assert sum(isinstance(result, Introduction) for result in results) == 1
    assert sum(isinstance(result, actions.ActionError) for result in results) == 19
    assert Introduction.objects.count() == 1


def test_the_limit_holds_when_colleagues_ask_at_once(at_once, cast):
    firms = [Investor.objects.create(name_en=f"Fund {number}") for number in range(20)]

    def ask(firm, start):
        start()
        return actions.ask_introduction(cast.founder, cast.company, firm, "Hello")

    results = at_once(*(partial(ask, firm) for firm in firms))
    assert sum(isinstance(result, Introduction) for result in results) == actions.WAITING_LIMIT
    assert {result.code for result in results if not isinstance(result, Introduction)} == {"limit"}


@pytest.mark.parametrize("people", [20])
def test_both_sides_record_the_same_deal_once(at_once, cast, accepted, record, people):
    def enter(user, start):
        start()
        return record(user, introduction=accepted)

    results = at_once(*(partial(enter, [cast.founder, cast.investor][number % 2]) for number in range(people)))
    assert sum(isinstance(result, Deal) for result in results) == 1
    assert {result.code for result in results if not isinstance(result, Deal)} == {"taken"}
    assert Deal.objects.get().participations.count() == 1


def test_colleagues_record_the_same_listing_once(at_once, cast):
    star = Board.objects.get(pk="star")

    def enter(start):
        company = Company.objects.get(pk=cast.company.pk)
        start()
        given = {"board": star, "listed": parse_date("2022-07"), "raised": parse_amount("1亿元")}
        return listings.record(cast.founder, company=company, **given)

    results = at_once(*[enter] * 8)
    assert sum(isinstance(result, Listing) for result in results) == 1
    refused = {(result.code, result.field) for result in results if not isinstance(result, Listing)}
    assert refused <= {("taken", "board"), ("listed_already", "board"), ("invalid", "")}
    # Who came too late has left no offering behind.
    assert Listing.objects.get().offering == Deal.objects.get()
