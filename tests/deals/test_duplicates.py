"""Which deals are offered as one and the same, and why."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from companies.models import Company
from deals import duplicates, likeness, merging, review
from deals.models import Deal, KeptApart, Participation
from deals.tasks import seek_duplicates
from investors.models import Investor
from taxonomy.amounts import parse_amount
from taxonomy.dates import parse_date
from taxonomy.models import Round


@pytest.fixture
def deal(cast):
    """Store a deal of the cast's company, by an import say: round A, 22 July 2020, nothing else known."""

    def make(day="2020-07-22", amount="未透露", round="a", investors=(), company=None, **fields):
        announced = parse_date(day)
        made = Deal(
            company=company or cast.company,
            round_id=round,
            announced_on=announced.first,
            announced_precision=announced.precision,
            **fields,
        )
        made.amount = parse_amount(amount)
        made.save()
        for investor in investors:
            Participation.objects.create(deal=made, investor=investor)
        return made

    return make


def codes(pairs) -> list[list[str]]:
    return [[reason.code for reason in pair.reasons] for pair in pairs]


@pytest.mark.parametrize(
    ("other", "reasons"),
    [
        ({}, {"company", "round", "day"}),
        ({"day": "2020-07-29"}, {"company", "round", "days"}),
        ({"day": "2020-09-05"}, {"company", "round", "days"}),
        ({"day": "2020-07"}, {"company", "round", "period"}),
        ({"day": "2020"}, {"company", "round", "period"}),
        ({"day": "2019"}, None),
        ({"day": "2020-Q1"}, None),
        ({"day": "2020-09-06"}, None),
        ({"day": "2020-06-07"}, {"company", "round", "days"}),
        ({"day": "2020-06-06"}, None),
        # A neighbouring round needs more than a month: a week is enough.
        ({"round": "a_plus", "day": "2020-07-29"}, {"company", "neighbour", "days"}),
        ({"round": "a_plus", "day": "2020-08-22"}, None),
        ({"round": "b"}, None),
        ({"round": "unknown"}, {"company", "unstated", "day"}),
        ({"round": "unknown", "day": "2020-07-23"}, None),
        ({"round": "strategic"}, {"company", "unordered", "day"}),
        ({"kind": "acquisition", "round": None}, None),
        ({"status": "rejected", "reject_reason": "wrong"}, None),
    ],
)
def test_dates_and_rounds(deal, other, reasons):
    one, two = deal(), deal(**other)
    pairs = duplicates.suspected()
    assert [set(found) for found in codes(pairs)] == ([reasons] if reasons else [])
    # For one deal the same is found as over the market, from either side.
    assert duplicates.of(likeness.facts([one.pk])[one.pk]) == pairs
    if reasons:
        assert duplicates.of(likeness.facts([two.pk])[two.pk]) == pairs
        assert (pairs[0].first, pairs[0].second) == (one.pk, two.pk)


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("1亿元", "amount"),
        ("5000万-1亿元", "compatible"),
        ("亿元及以上", "compatible"),
        ("USD 100m", ""),
        ("2亿元", ""),
        ("数千万元", "compatible"),
        ("数百万元", ""),
    ],
)
def test_amounts(deal, amount, reason):
    deal(amount="1亿元")
    deal(amount=amount)
    (found,) = codes(duplicates.suspected())
    assert [code for code in found if code in ("amount", "compatible")] == ([reason] if reason else [])


def test_what_is_not_disclosed_is_no_equal_amount(deal):
    deal()
    deal()
    assert codes(duplicates.suspected()) == [["company", "round", "day"]]


def test_investors_and_source(cast, deal):
    far, north = cast.investor_firm, cast.other_investor_firm
    deal(investors=[far, north], source_url="https://news.example/1")
    deal(day="2020-08-01", investors=[far], source_url="https://news.example/1")
    deal(day="2020-08-02", investors=[far])
    found = {(pair.first, pair.second): pair for pair in duplicates.suspected()}
    one, two, three = Deal.objects.order_by("pk").values_list("pk", flat=True)
    by_code = {key: {reason.code: reason for reason in pair.reasons} for key, pair in found.items()}
    assert by_code[one, two]["investors"].value == 1
    assert "source" in by_code[one, two] and "source" not in by_code[one, three]
    assert "same_investors" in by_code[two, three]
    assert [found[pair].strength for pair in ((one, two), (one, three))] == ["very_likely", "likely"]


def test_the_ladder_has_no_longer_step_than_the_search_takes(db):
    """The database narrows by `Round.order` what the ladder then judges: no neighbours may be left out."""
    order = dict(Round.objects.filter(order__isnull=False).values_list("pk", "order"))
    ladder = list(likeness.Judge().ladder)
    assert len(ladder) > 10
    assert max(order[later] - order[earlier] for earlier, later in pairwise(ladder)) <= duplicates.STEP


def test_the_likeliest_comes_first(cast, deal):
    weak = {deal(round="b", day="2019-01-01").pk, deal(round="b", day="2019-02-10").pk}
    strong = {deal(amount="1亿元").pk, deal(amount="1亿元").pk}
    pairs = duplicates.suspected()
    found = [({pair.first, pair.second}, pair.strength) for pair in pairs]
    assert found == [(strong, "very_likely"), (weak, "possible")]


@pytest.mark.parametrize(
    "twin",
    [{"short_zh": "磐石 工控安全"}, {"name_en": "PANSHI-SECURITY"}, {"short_zh": "磐石", "alias": "磐石工控(安全)"}],
)
def test_companies_that_share_a_spelling(cast, deal, twin):
    twin = dict(twin)
    alias = twin.pop("alias", "")
    other = Company.objects.create(**twin)
    if alias:
        other.aliases.create(name=alias)
    ours, theirs = deal(), deal(company=other)
    assert codes(duplicates.suspected()) == [["namesake", "round", "day"]]
    for one in (ours, theirs):
        assert codes(duplicates.of(likeness.facts([one.pk])[one.pk])) == [["namesake", "round", "day"]]


def test_institutions_of_one_name_count_as_one(cast, deal):
    """By their names or by a further spelling; one whose name is another's is not."""
    variant = Investor.objects.create(name_zh="远岸 资本")
    by_alias = Investor.objects.create(name_zh="北京远岸")
    by_alias.aliases.create(name="FAR-SHORE CAPITAL")
    one = deal(investors=[cast.investor_firm])
    others = [
        deal(investors=[variant]),
        deal(investors=[by_alias]),
        deal(investors=[variant, cast.other_investor_firm]),
        deal(investors=[cast.other_investor_firm]),
    ]
    judge, facts = likeness.Judge(), likeness.facts([one.pk, *(other.pk for other in others)])
    found = [
        [(reason.code, reason.value) for reason in judge.reasons(facts[one.pk], facts[other.pk])[3:]]
        for other in others
    ]
    assert found == [[("same_investors", 0)], [("same_investors", 0)], [("investors", 1)], []]
    # Of the two variants each is known by the fund, not by the other.
    assert len(judge.reasons(facts[others[0].pk], facts[others[1].pk])) == 3


def test_companies_of_other_names_are_left_alone(cast, deal):
    deal()
    deal(company=cast.other_company)
    assert not duplicates.suspected()


def test_a_pair_that_was_kept_apart_is_not_offered_again(cast, deal):
    one, two = deal(), deal()
    assert len(duplicates.suspected()) == 1
    merging.keep_apart(cast.administrator, two, one)
    merging.keep_apart(cast.administrator, one, two)
    assert KeptApart.objects.get().decided_by == cast.administrator
    assert not duplicates.suspected()
    assert not duplicates.of(likeness.facts([one.pk])[one.pk])
    merging.no_longer_apart(cast.administrator, one, two)
    assert len(duplicates.suspected()) == 1


def test_who_records_learns_nothing_of_an_amount_that_is_kept_to_the_parties(cast, deal):
    """A month apart and a neighbouring round: only the amount would make it a pair."""
    secret = deal(round="a_plus", day="2020-08-22", amount="1500万元", amount_audience="parties")
    typed = {
        "company": cast.company,
        "kind": "venture",
        "announced": parse_date("2020-07-22"),
        "amount": parse_amount("1500万元"),
        "investors": [(cast.other_investor_firm, None)],
    }
    assert not duplicates.like(cast.other_investor, round=Round.objects.get(pk="a"), **typed)
    assert duplicates.like(cast.other_investor, round=secret.round, **typed) == [secret]
    deal(amount="1500万元")
    assert [{pair.first, pair.second} for pair in duplicates.suspected()] == [{secret.pk, Deal.objects.latest("pk").pk}]


def test_what_is_kept_of_the_market_follows_every_change(cast, deal):
    one = deal()
    assert not duplicates.suspected()
    two = deal()
    assert len(duplicates.suspected()) == 1
    two.round_id = "b"
    two.save()
    assert not duplicates.suspected()
    three = deal(round="b")
    assert [(pair.first, pair.second) for pair in duplicates.suspected()] == [(two.pk, three.pk)]
    review.reject(cast.administrator, two, "wrong")
    assert not duplicates.suspected()
    assert Deal.objects.standing().count() == 2 and one.is_standing


def test_the_task_seeks_anew_what_pages_then_only_read(cast, deal, django_assert_num_queries):
    twin = Company.objects.create(short_zh="磐石")
    deal(), deal(company=twin)
    assert not duplicates.suspected()
    Company.objects.filter(pk=twin.pk).update(short_zh=cast.company.short_zh)
    Deal.objects.update(updated_at=timezone.now() - timedelta(hours=1))
    # A name that changes touches no deal: it is the task that finds it.
    assert not duplicates.suspected()
    assert seek_duplicates() == 1
    with django_assert_num_queries(2):
        assert len(duplicates.suspected()) == 1
