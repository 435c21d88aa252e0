"""The verification queue: what waits, with what was changed of it and what may be the same."""

import pytest
from django.urls import reverse

from deals import corrections, duplicates, listings, review
from deals.models import Deal
from taxonomy.amounts import parse_amount
from taxonomy.dates import parse_date
from taxonomy.models import Board, Round

QUEUE = reverse("deals:queue")


@pytest.fixture
def page(client, cast):
    client.cookies["language"] = "en"
    client.force_login(cast.administrator)
    return lambda path=QUEUE: client.get(path)


@pytest.fixture
def listing(cast):
    return listings.record(
        cast.founder,
        company=cast.company,
        board=Board.objects.get(pk="star"),
        listed=parse_date("2020-07-22"),
        source_url="https://exchange.example/notice",
    )


def records(answer):
    return [row.record for row in answer.context["rows"]]


def test_deals_and_listings_wait_in_one_line_the_oldest_first(cast, page, record, listing):
    newer, verified = record(), record(announced=parse_date("2018"))
    review.verify(cast.administrator, verified)
    assert records(page()) == [listing, newer]
    assert records(page(f"{QUEUE}?kind=deal")) == [newer]
    assert records(page(f"{QUEUE}?kind=listing")) == [listing]
    assert page(f"{QUEUE}?kind=raise").status_code == 404
    review.verify(cast.administrator, listing)
    assert records(page()) == [newer]
    # The page has an entry of its own in the navigation.
    assert f'<a class="nav-item-link active" href="{QUEUE}" aria-current="page">' in page().text
    home = page(reverse("home")).text
    assert f'href="{QUEUE}"><span class="stat-value">1</span>' in home


def test_what_an_administrator_needs_to_decide_stands_beside_it(cast, page, record, listing):
    deal = record(amount=parse_amount("数千万人民币"))
    record(announced=parse_date("2020-07-25"))
    corrections.correct(
        cast.founder, deal, company=cast.company, kind="venture", round=Round.objects.get(pk="a"),
        announced=parse_date("2020-07-22"), amount=parse_amount("2000万元"), amount_audience="everyone", source_url="",
        note="", investors=[(cast.investor_firm, True), (cast.other_investor_firm, None)],
    )  # fmt: skip
    review.confirm(cast.investor, deal)
    duplicates.refresh()
    answer = page()
    row = next(row for row in answer.context["rows"] if row.record == deal)
    assert row.duplicates == 1
    said = {line for change in row.changes for line in change.lines}
    assert ("Amount", "CNY 10–100 million", "CNY 20 million") in said
    assert ("Investor", "", "Northwood Ventures") in said
    for words in ("1 possible duplicate", "Confirmed by both parties", "exchange.example/notice", "No source"):
        assert words in answer.text


def test_changes_of_several_records_are_each_its_own(cast, page, listing):
    """A listing and a deal of one number, of which only the listing was changed."""
    Deal.objects.create(pk=listing.pk, company=cast.company, round_id="a", announced_on=listing.listed_on)
    listings.correct(cast.founder, listing, board=Board.objects.get(pk="chinext"), listed=parse_date("2020-08"))
    changes = {row.kind: [line for one in row.changes for line in one.lines] for row in page().context["rows"]}
    assert changes["deal"] == []
    assert ("Board", "STAR Market", "ChiNext") in changes["listing"]
    assert ("Listed on", "22 Jul 2020", "Aug 2020") in changes["listing"]


def test_verified_from_the_queue_one_stays_there(cast, page, client, record):
    deal = record()
    answer = client.post(reverse("deals:verify", args=[deal.pk]), {"next": "queue"})
    assert answer.url == QUEUE
    assert "Nothing waits" in page().text


@pytest.mark.parametrize("number", [2, 7])
def test_the_queries_of_the_queue_do_not_grow(cast, page, record, listing, number, django_assert_num_queries):
    for month in range(1, number + 1):
        deal = record(announced=parse_date(f"2018-{month:02}"))
        review.confirm(cast.investor, deal)
    page()
    with django_assert_num_queries(47):
        page()
