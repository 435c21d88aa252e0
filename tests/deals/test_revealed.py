"""What the deals of an institution show, beside its theses and the market, and the thesis that is proposed from it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from deals import revealed
from deals.models import Deal, Participation
from investors.models import Investor
from taxonomy.models import Category, Region
from tests.deals.conftest import company, deal, thesis


@pytest.fixture
def firm(cast):
    """The cast's fund with four rounds of its own, among eight of the market since 2016."""
    firm = cast.investor_firm
    robots, network = company("Bolt", "CN-SC", "devices-robots", "devices"), company("Nod", "CN-JS", "network")
    guard = company("Guard", "CN-JS", "security")
    own = [
        deal(robots, "2019-03-01", "1000万元", "a"),
        deal(robots, "2020-03-01", "2000万元", "a_plus"),
        deal(guard, "2020-05-01", "6000万元", "a", amount_audience=Deal.Audience.PARTIES),
        deal(network, "2020-06-01", "USD 1m", "b"),
    ]
    other = Investor.objects.create(name_en="Rival")
    for number, one in enumerate(own):
        Participation.objects.create(deal=one, investor=firm)
        if number < 2:
            Participation.objects.create(deal=one, investor=other)
    for day in ("2016-02-01", "2017-02-01", "2018-02-01", "2020-02-01"):
        deal(guard, day, round="a")
    # Neither before those years, nor taken back, nor no venture round.
    deal(guard, "2015-12-31", round="a")
    gone = deal(robots, "2020-07-01", status="rejected", reject_reason="wrong")
    Participation.objects.create(deal=gone, investor=firm)
    return firm


def shown(values):
    return {value.row.name_en: (value.deals, value.market, value.declared) for value in values}


def test_shares_stand_beside_the_market_and_the_theses(cast, firm):
    focus = revealed.of(firm, cast.founder)
    assert (focus.deals, focus.since.year) == (4, 2016)
    names = {one.code: one.name_en for one in Category.objects.offered()}
    assert shown(focus.categories) == {
        names["devices-robots"]: (2, 0.25, False),
        names["devices"]: (2, 0.25, False),
        # The thesis of the cast wants it.
        names["security"]: (1, 0.625, True),
        names["network"]: (1, 0.125, False),
    }
    assert [(value.row.code, value.deals, value.market, value.declared) for value in focus.rounds] == [
        ("a", 2, 0.75, True),
        ("a_plus", 1, 0.125, False),
        ("b", 1, 0.125, False),
    ]
    # Its theses name no place.
    assert {value.row.code: (value.deals, value.declared) for value in focus.places} == {
        "CN-JS": (2, None),
        "CN-SC": (2, None),
    }
    assert [row.code for row in focus.only_declared] == ["pre_a"]


def test_a_thesis_that_names_what_lies_above_or_a_group_declares_it(cast, firm):
    thesis(firm, ["devices", "software"], regions=["CN-WEST"])
    focus = revealed.of(firm, cast.founder)
    declared = {value.row.code: value.declared for value in (*focus.categories, *focus.places)}
    assert declared["devices-robots"] and declared["CN-SC"]
    assert declared["CN-JS"] is False
    assert {row.code for row in focus.only_declared} == {"pre_a", "software"}


def test_the_links_list_exactly_the_deals_that_are_counted(client, cast, firm):
    client.force_login(cast.founder)
    for values in revealed.of(firm, cast.founder).kinds:
        for value in values:
            listed = client.get(f"{reverse('deals:list')}?{value.query}")
            assert listed.context["page"].paginator.count == value.deals, value


def test_tickets_are_equal_parts_unless_the_own_part_is_recorded_and_only_those_that_the_reader_may_see(cast, firm):
    # 5 and 10 million of the rounds that two shared, and the dollar round alone: the fourth is kept to its parties.
    stranger = revealed.of(firm, cast.founder).ticket
    assert (stranger.known, stranger.own, stranger.middle) == (3, 0, 6_900_000)
    own = revealed.of(firm, cast.investor).ticket
    assert own.known == 4 and own.high > stranger.high
    Participation.objects.filter(investor=firm, deal__round="a_plus").update(own_amount=50_000, own_currency_id="CNY")
    changed = revealed.of(firm, cast.founder).ticket
    assert (changed.known, changed.own) == (3, 1) and changed.low < stranger.low
    Participation.objects.filter(investor=firm, deal__round="b").delete()
    # Two amounts make no range.
    assert revealed.of(firm, cast.founder).ticket is None


def test_few_recent_rounds_are_told_with_those_before(cast, firm):
    old = company("Old", "CN-BJ", "security")
    for year in range(2001, 2006):
        Participation.objects.create(deal=deal(old, f"{year}-01-05"), investor=firm)
    focus = revealed.of(firm, cast.founder)
    assert (focus.deals, focus.since.year) == (9, 2001)


def test_what_is_proposed_fills_in_the_form(client, cast, firm):
    cast.investor.language = "en"
    cast.investor.save()
    client.force_login(cast.investor)
    create = reverse("investors:thesis_create", args=[firm.pk])
    offered = client.get(create).content.decode()
    address = revealed.proposal(revealed.of(firm, cast.investor))
    assert "Fill in from our deals" in offered and address.replace("&", "&amp;") in offered
    given = parse_qs(urlsplit(address).query)
    robots = Category.objects.get(code="devices-robots")
    assert str(robots.pk) in given["categories"] and given["rounds"] == ["a"]
    assert set(given["regions"]) == {
        str(pk) for pk in Region.objects.filter(code__in=["CN-JS", "CN-SC"]).values_list("pk", flat=True)
    }
    page = client.get(address)
    form = page.context["form"]
    assert {str(value) for value in form["categories"].value()} == set(given["categories"])
    assert form.initial["ticket_low"] == int(given["ticket_low"][0])
    assert form["ticket_low"].value().endswith("million")
    assert "Filled in from your 4 venture rounds since 2016" in page.content.decode()
    # What nobody can read fills in nothing, and breaks nothing.
    broken = client.get(f"{create}?categories=x&rounds=&ticket_low=1e99&ticket_high=-5&currency=%00")
    assert broken.status_code == 200 and not broken.context["form"]["ticket_low"].value()


def test_the_page_of_an_institution_says_it_and_offers_a_thesis_to_its_editors_alone(client, cast, firm):
    for user, may_write in ((cast.investor, True), (cast.founder, False), (cast.investor_viewer, False)):
        user.language = "en"
        user.save()
        client.force_login(user)
        text = client.get(firm.get_absolute_url()).content.decode()
        assert "From 4 venture rounds since 2016" in text and "2 of 4" in text
        assert ("Write a thesis from them" in text) == may_write
    client.force_login(cast.founder)
    assert "What its deals show" not in client.get(cast.other_investor_firm.get_absolute_url()).content.decode()
