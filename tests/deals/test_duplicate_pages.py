"""The pages on which an administrator decides about duplicates."""

import pytest
from django.urls import reverse

from accounts.models import User
from companies.models import Company
from deals import corrections, merging, review
from deals.models import Deal, KeptApart, Merge
from taxonomy.amounts import parse_amount
from taxonomy.dates import parse_date
from taxonomy.models import Round
from tests.conftest import stands

QUEUE = reverse("deals:duplicates")


@pytest.fixture
def record(record):
    """What is recorded here counts; what does not yet is the matter of `test_established`."""
    return lambda *args, **fields: stands(record(*args, **fields))


@pytest.fixture
def page(client, cast):
    """Open a page as the administrator, or as `user`, in English."""
    User.objects.update(language="en")

    def open_page(path, data=None, user=None):
        client.force_login(User.objects.get(pk=(user or cast.administrator).pk))
        return client.get(path) if data is None else client.post(path, data)

    return open_page


def address(verb, *deals):
    return reverse(f"deals:{verb}", args=[deal.pk for deal in deals])


@pytest.fixture
def pair(cast, record):
    """One deal recorded by either side: the start-up says 15 million, the fund a range on another day."""
    one = record()
    two = record(cast.investor, announced=parse_date("2020-07-25"), amount=parse_amount("数千万人民币"))
    return one, two


def test_the_queue_shows_pairs_with_their_reasons(cast, pair, page):
    cast.company.refresh_search_text()
    shown = page(QUEUE).text
    assert address("compare", *pair) in shown
    for words in ("Very likely the same", "same company", "same round", "3 days apart", "same investors", "compatible"):
        assert words in shown
    assert address("compare", *pair) in page("/deals/duplicates/?strength=very_likely&q=panshi").text
    for query in ("strength=possible", "q=yunfan", "strength=certain"):
        assert address("compare", *pair) not in page(f"{QUEUE}?{query}").text, query
    assert page(f"{QUEUE}?tab=other").status_code == 404


def test_the_queue_in_chinese(cast, pair, client):
    client.force_login(cast.administrator)
    shown = client.get(QUEUE).text
    assert "很可能相同" in shown and "相隔3天" in shown and "投资方相同" in shown


@pytest.fixture
def many(cast, record):
    """Make so many pairs of deals, each of its own company."""

    def make(number):
        for _ in range(number):
            twin = Company.objects.create(short_en=f"Company {Company.objects.count()}")
            for _ in range(2):
                deal = Deal.objects.create(company=twin, round_id="a", announced_on="2020-07-22")
                deal.participations.create(investor=cast.investor_firm)

    return make


def test_the_queue_asks_the_database_no_more_for_more_pairs(many, page, client, django_assert_num_queries):
    many(1)
    page(QUEUE)
    with django_assert_num_queries(37):
        client.get(QUEUE)
    many(24)
    client.get(QUEUE)
    with django_assert_num_queries(37):
        answer = client.get(QUEUE)
    assert "Page 1 of 2" in answer.text
    assert "Company" in page(f"{QUEUE}?page=2").text


def test_side_by_side(pair, page):
    one, two = pair
    shown = page(address("compare", one, two)).text
    # The exact amount is offered, and which record is kept; what does not differ asks nothing.
    assert f'name="amount" value="{one.pk}" checked' in shown
    assert f'name="amount" value="{two.pk}">' in shown
    assert f'name="keep" value="{one.pk}" checked' in shown
    assert f'name="announced" value="{one.pk}" checked' in shown
    assert 'name="round"' not in shown and 'name="company"' not in shown
    assert page(address("compare", one, one)).status_code == 404
    assert page(reverse("deals:compare", args=[one.pk, 10**9])).status_code == 404


def test_merging_by_hand_and_undoing_it(cast, pair, page):
    one, two = pair
    typed = {"keep": two.pk, "amount": one.pk, "announced": two.pk, "seen": merging.seen(one, two)}
    answer = page(address("merge", one, two), typed)
    assert answer.url == QUEUE
    two.refresh_from_db()
    assert (two.amount_text, str(two.announced_on)) == ("1500万元", "2020-07-25")
    shown = page(one.get_absolute_url()).text
    assert "Undo the merger" in shown and two.get_absolute_url() in shown
    assert one.get_absolute_url() in page(f"{QUEUE}?tab=merged").text
    assert f"#{one.pk}" in page(two.get_absolute_url()).text
    # Whom the record led here is led on.
    assert page(one.get_absolute_url(), user=cast.founder).url == two.get_absolute_url()
    assert page(address("unmerge", one), {}).url == address("compare", two, one)
    one.refresh_from_db()
    assert one.is_standing
    assert page(address("unmerge", one), {}).url == one.get_absolute_url()
    assert Merge.objects.get().undone_by == cast.administrator


def test_what_was_changed_since_is_named_instead_of_the_button(cast, pair, page):
    one, two = pair
    merging.merge(cast.administrator, one, two)
    review.verify(cast.administrator, one)
    shown = page(two.get_absolute_url()).text
    assert "Undo the merger" not in shown
    assert "since then was changed verified at, verified by, status" in shown
    answer = page(address("unmerge", two), {})
    assert answer.url == two.get_absolute_url()
    assert not Deal.objects.get(pk=two.pk).is_standing


def test_what_was_changed_meanwhile_is_shown_before_it_is_merged(cast, pair, page):
    one, two = pair
    seen = merging.seen(one, two)
    review.object_to(cast.founder, two, "It was 2 million.")
    answer = page(address("merge", one, two), {"seen": seen})
    assert answer.status_code == 409 and "was changed meanwhile" in answer.text
    answer = page(address("merge", one, two), {"amount": two.pk, "keep": two.pk})
    assert answer.status_code == 400 and "A party objects" in answer.text
    # What was chosen stays chosen.
    assert f'name="amount" value="{two.pk}" checked' in answer.text
    assert f'name="keep" value="{two.pk}" checked' in answer.text
    assert not Merge.objects.exists()


def test_a_forged_choice_is_no_choice(pair, page):
    one, two = pair
    answer = page(address("merge", one, two), {"keep": "9" * 30, "amount": "x", "status": str(one.pk)})
    assert answer.url == QUEUE
    assert Deal.objects.get(pk=one.pk).status == Deal.Status.REPORTED
    assert Deal.objects.get(pk=two.pk).merged_into == one


def test_keeping_apart_and_taking_it_back(cast, pair, page):
    one, two = pair
    assert page(address("keep_apart", two, one), {}).url == QUEUE
    assert address("compare", one, two) not in page(QUEUE).text
    assert address("compare", one, two) in page(f"{QUEUE}?tab=apart").text
    shown = page(address("compare", one, two)).text
    assert "kept the two apart" in shown and "Make them one deal" not in shown
    assert page(address("no_longer_apart", one, two), {}).url == address("compare", one, two)
    assert not KeptApart.objects.exists()
    review.reject(cast.administrator, two, "wrong")
    answer = page(address("keep_apart", one, two), {})
    assert answer.status_code == 409 and "nothing to decide" in answer.text


def test_the_review_shows_duplicates_and_what_was_changed(cast, pair, page):
    one, two = pair
    corrections.correct(
        cast.founder,
        one,
        company=cast.company,
        kind="venture",
        round=Round.objects.get(pk="a_plus"),
        announced=parse_date("2020-07-22"),
        amount=parse_amount("2000万元"),
        amount_audience="everyone",
        source_url="",
        note="",
        investors=[(cast.other_investor_firm, None), (cast.investor_firm, True)],
    )
    shown = page(one.get_absolute_url()).text
    assert address("compare", one, two) in shown and "neighbouring rounds" in shown
    for change in (
        "Round: <del>Series A</del> → <ins>Series A+</ins>",
        "Amount: <del>CNY 15 million</del> → <ins>CNY 20 million</ins>",
        "Investor: <del>–</del> → <ins>Northwood Ventures</ins>",
    ):
        assert change in shown
    assert "Date: <del>" not in shown
    assert "<del>" not in page(one.get_absolute_url(), user=cast.founder).text
    assert address("compare", one, two) not in page(one.get_absolute_url(), user=cast.founder).text


def test_the_whole_story_of_a_deal_is_told_backwards(pair, page):
    one, _two = pair
    for note in ("First", "Second", "Third"):
        one.note = note
        one.save()
    shown = page(one.get_absolute_url()).text
    told = [shown.index(f"<del>{old}</del> → <ins>{new}</ins>") for old, new in (("First", "Second"), ("–", "First"))]
    assert told == sorted(told)


def test_the_home_page_counts_them(pair, page):
    assert "possible duplicates" in page(reverse("home")).text
    assert f'href="{QUEUE}"' in page(reverse("home")).text
