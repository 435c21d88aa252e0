"""P3 on supply and demand by hand; see `populated` for who looks for what, and who raises.

On the last of September Anshan (security and devices, Jiangsu) raises a B round of 100 million, Bolt (robots, Sichuan) a
D round of 600 million, Chip (devices, no place) an angel round of which only investors may see the amount.
"""

from dataclasses import replace
from datetime import date

from django.utils import translation

from companies.models import CompanyCategory
from deals.models import Participation
from deals.statistics.claims import FIGURES
from deals.statistics.gaps import Market, gap_map, investors_of, unmatched_raises
from deals.statistics.supply import next_to, since
from investors.models import Investor
from taxonomy.models import Category, Region, Round
from tests.deals.conftest import YEAR, deal, raised, thesis


def categorise(company, code):
    return CompanyCategory.objects.create(company=company, category=Category.objects.get(code=code), is_primary=True)


def fitting(scope=YEAR):
    """The names of the institutions that fit each raise, by company."""
    market = Market(scope)
    names = dict(Investor.objects.values_list("pk", "name_en"))
    return {
        ask.pk: {names[pk] for pk in market.supply.investors[market.fit.institutions([ask.kind])]}
        for ask in market.demand.asks
    }


def specialised(scope=YEAR):
    market = Market(scope)
    return {ask.pk for ask in market.demand.asks if market.fit.is_specialised[ask.kind]}


def test_p3_who_fits_which_raise(populated):
    anshan, bolt, chip, *_ = populated.raises
    assert fitting() == {
        # Rounds of robots at B and C. Cedar's thesis excludes devices, which Anshan is in too.
        anshan.pk: {"Alder", "Birch", "Fir"},
        # Two rounds at C, next to D; Fir's B is not.
        bolt.pk: {"Alder", "Birch"},
        # Alder was in its seed round; Birch wants robots, and Chip does not say that it makes them.
        chip.pk: {"Alder"},
    }


def test_p3_raises_by_category(populated):
    dune = populated.raises[3]
    categorise(populated.dune, "network")
    anshan, bolt, chip, *_ = populated.raises
    figure = unmatched_raises(YEAR)
    rows = {row.key: row for row in figure.rows}
    assert [row.key for row in figure.rows[:3]] == ["network", "devices", "security"]
    assert (rows["network"].raised, rows["network"].unmatched) == ((dune.pk,), (dune.pk,))
    # Nobody's thesis suits Bolt's raise, and nobody's asks for Chip's.
    assert set(rows["devices"].raised) == set(rows["devices"].unspecialised) == {bolt.pk, chip.pk}
    assert rows["devices"].unmatched == ()
    assert rows["security"].unspecialised == (anshan.pk,)
    assert (rows["software"].raised, rows["software"].share, figure.left_out) == ((), None, 0)
    asked = rows["devices"].asked
    assert (asked.low, asked.events, asked.undisclosed, asked.open) == (600_000_000, 2, 1, 1)


# What narrows a scope, the raises that are then left, and how many have no category.
OPEN = [
    ({}, {0, 1, 2}, 1),
    ({"last": date(2020, 8, 31)}, {0, 1}, 0),
    ({"last": date(2020, 12, 31), "as_of": date(2020, 8, 31)}, {0, 1}, 0),
    # On the first of December Bolt's raise had ended; on the second it opened another.
    ({"last": date(2020, 12, 1)}, {0, 2}, 1),
    ({"last": date(2020, 12, 2)}, {0, 2, 5}, 1),
    ({"regions": ("CN-WEST",)}, {1}, 0),
    ({"rounds": ("b", "d")}, {0, 1}, 0),
    ({"categories": ("devices-robots",)}, {1}, 0),
    # Anshan counts in security.
    ({"categories": ("devices",)}, {1, 2}, 0),
    ({"scheme": "industrial-internet"}, {0, 1, 2}, 0),
]


def test_p3_what_is_raised_on_the_day(populated):
    found = []
    for narrowing, _, _ in OPEN:
        figure = unmatched_raises(replace(YEAR, **narrowing))
        ids = {pk for row in figure.rows for pk in row.raised}
        numbers = {number for number, one in enumerate(populated.raises) if one.pk in ids}
        found.append((narrowing, numbers, figure.left_out))
    assert found == OPEN


def test_p3_unpublished_companies_and_institutions_are_left_out(populated):
    populated.anshan.is_published = populated.alder.is_published = False
    populated.anshan.save()
    populated.alder.save()
    _, bolt, chip, *_ = populated.raises
    assert fitting() == {bolt.pk: {"Birch"}, chip.pk: set()}


def test_p3_of_one_type_of_investor(populated):
    chip = populated.raises[2]
    assert fitting(replace(YEAR, investor_types=("venture",)))[chip.pk] == set()


# What a thesis says beside wanting robots, and whether it then fits Bolt's raise.
THESES = {
    "robots": ({}, True),
    "all devices": ({"categories": ["devices"]}, True),
    "other devices": ({"categories": ["devices-vision"]}, False),
    "no category": ({"categories": []}, False),
    "the round": ({"rounds": ["d"]}, True),
    "the round before": ({"rounds": ["c"]}, False),
    "the province": ({"regions": ["CN-SC"]}, True),
    "the country": ({"regions": ["CHN"]}, True),
    "a group with it": ({"regions": ["CN-GD", "CN-CCQ"]}, True),
    "another region": ({"regions": ["CN-EAST"]}, False),
    "excludes what is above": ({"excluded": ["devices"]}, False),
    "excludes it": ({"excluded": ["devices-robots"]}, False),
    "excludes its neighbour": ({"excluded": ["devices-vision"]}, True),
    # A round of 600 million has room for tickets from 60 to 600.
    "a tenth of it": ({"ticket": (None, 60_000_000)}, True),
    "less than a tenth": ({"ticket": (None, 59_000_000)}, False),
    "all of it": ({"ticket": (600_000_000, None)}, True),
    "more than it": ({"ticket": (601_000_000, 900_000_000)}, False),
    "a tenth in dollars": ({"ticket": (None, 9_000_000), "currency_id": "USD"}, True),
}


def test_p3_what_a_thesis_must_say(populated):
    for name, (fields, _) in THESES.items():
        thesis(Investor.objects.create(name_en=name), **{"categories": ["devices-robots"]} | fields)
    found = fitting()[populated.raises[1].pk] & set(THESES)
    assert found == {name for name, (_, fits) in THESES.items() if fits}


def test_p3_one_thesis_must_say_it_all(populated):
    larch = Investor.objects.create(name_en="Larch")
    thesis(larch, ["devices-robots"], rounds=["a"])
    thesis(larch, ["software"], rounds=["d"])
    assert "Larch" not in fitting()[populated.raises[1].pk]


def test_p3_one_thesis_excludes_for_all(populated):
    thesis(populated.birch, ["software"], ["devices"])
    assert "Birch" not in fitting()[populated.raises[1].pk]


def test_p3_amounts_kept_to_investors_decide_nothing(populated):
    bolt = populated.raises[1]
    assert specialised() == set()
    # All may see that 600 million is more than ten of Birch's tickets. If only investors may, it is not known.
    bolt.amount_audience = "investors"
    bolt.save()
    assert specialised() == {bolt.pk}


# Company, day and round of a deal, and whether it shows that its investor fits Bolt's raise.
DEALS = [
    ("bolt", "2020-09-30", "c", True),
    ("bolt", "2018-10-01", "c", True),
    ("bolt", "2018-09-30", "c", False),
    ("bolt", "2020-10-01", "c", False),
    ("bolt", "2020-09-30", "b", False),
    ("bolt", "2020-09-30", "strategic", False),
    ("chip", "2020-09-30", "e", True),
    ("anshan", "2020-09-30", "d", False),
]


def test_p3_what_a_deal_shows(populated):
    """Chip is in devices, above robots; Anshan counts in security."""
    for company, day, round_, fits in DEALS:
        done = deal(getattr(populated, company), day, round=round_)
        name = f"{company} {day} {round_} {fits}"
        Participation.objects.create(deal=done, investor=Investor.objects.create(name_en=name))
    found = {name for name in fitting()[populated.raises[1].pk] if " " in name}
    assert found == {f"{company} {day} {round_} True" for company, day, round_, fits in DEALS if fits}


def test_rounds_next_to_each_other():
    rounds = [Round(code=code, order=order) for code, order in [("pre_a", 30), ("a", 40), ("a_plus", 45), ("b", 60), ("x", None), ("y", None)]]  # fmt: skip
    assert next_to(rounds)["a"] == ["pre_a", "a", "a_plus"]
    assert next_to(rounds)["b"] == ["b"]
    assert next_to(rounds)["x"] == ["x"]
    assert since(date(2020, 9, 30)) == date(2018, 10, 1)


def test_p3_demand_beside_capacity(populated):
    cells = {
        row.key: (len(row.raised), len(row.unspecialised), row.investors, row.deals, row.pressure)
        for row in gap_map(YEAR).rows
    }
    assert cells == {
        # A and A+ of Anshan are more than a step from B.
        "security.b.CN-EAST": (1, 1, 3, 0, 1 / 3),
        "devices.d.CN-WEST": (1, 1, 2, 1, 1 / 2),
        # Chip's own seed round.
        "devices.angel.other": (1, 1, 1, 1, 1),
    }
    # All find somebody and none a specialist, so the one with fewest to ask comes first.
    assert [row.key for row in gap_map(YEAR).rows] == ["devices.angel.other", "devices.d.CN-WEST", "security.b.CN-EAST"]


def test_p3_by_province_where_a_region_is_chosen(populated):
    (row,) = gap_map(replace(YEAR, regions=("CN-WEST",))).rows
    assert (row.key, row.region.name_en, row.investors, row.deals) == ("devices.d.CN-SC", "Sichuan", 2, 1)


def nearest(key="devices.d.CN-WEST"):
    (row,) = (row for row in gap_map(YEAR).rows if row.key == key)
    return [(one.name_en, one.lacks, one.events) for one in row.near]


def test_p3_who_is_nearest_and_what_it_lacks(populated):
    larch, maple, oak, pine = (Investor.objects.create(name_en=name) for name in ("Larch", "Maple", "Oak", "Pine"))
    thesis(maple, ["devices-vision"])
    # Two things at once are too many, and software is too far: Dogwood wants that anywhere and at any round.
    thesis(pine, ["devices-robots"], rounds=["seed"], regions=["CN-GD"])
    assert nearest() == [("Birch", "ticket", 2), ("Maple", "category", 0)]
    thesis(larch, ["devices-robots"], regions=["CN-GD"])
    thesis(oak, ["devices-robots"], rounds=["seed"])
    # Birch has two rounds in devices; of those without any, the smaller step comes first.
    assert nearest() == [("Birch", "ticket", 2), ("Larch", "region", 0), ("Oak", "round", 0)]
    # Its second thesis fits; it only has no round next to D. One with a round in devices comes before more of them.
    thesis(maple, ["devices-robots"])
    assert nearest() == [("Birch", "ticket", 2), ("Maple", "deal", 0), ("Larch", "region", 0)]
    Participation.objects.create(deal=deal(populated.bolt, "2020-01-01", round="seed"), investor=maple)
    assert nearest()[:2] == [("Maple", "deal", 1), ("Birch", "ticket", 2)]
    (row,) = (row for row in gap_map(YEAR).rows if row.key == "devices.d.CN-WEST")
    # Below the chart it is said in words, a line for each gap.
    with translation.override("en"):
        notes = FIGURES["P3b"].notes(gap_map(YEAR))
    assert len(notes) == 3
    assert (
        notes[1].partition("; nearest: ")[0].endswith("Series D · West: 1 of 1 raise without a specialised institution")
    )
    assert notes[1].partition("; nearest: ")[2].startswith("Maple (")
    # Maple's thesis states no ticket, and Birch's does not fit.
    assert row.ticket.events == 0


def test_p3_the_usual_ticket_is_the_median_of_the_middles(populated):
    for name, ticket in [("Larch", (60_000_000, 80_000_000)), ("Maple", (None, 90_000_000)), ("Oak", (400_000_000, 800_000_000))]:  # fmt: skip
        thesis(Investor.objects.create(name_en=name), ["devices"], rounds=["d"], ticket=ticket)
    (row,) = (row for row in gap_map(YEAR).rows if row.key == "devices.d.CN-WEST")
    assert (row.ticket.low, row.ticket.events, row.investors) == (90_000_000, 3, 5)


def test_p3_records_behind_a_cell(populated):
    row = next(row for row in gap_map(YEAR).rows if row.key == "security.b.CN-EAST")
    assert {investor.name_en for investor in investors_of(YEAR, row)} == {"Alder", "Birch", "Fir"}


def test_p3_a_place_within_a_province_counts_there(populated):
    populated.bolt.region = Region.objects.create(
        code="CN-SC-CD",
        kind="area",
        country="CHN",
        parent=Region.objects.get(code="CN-SC"),
        name_zh="成都",
        name_en="Chengdu",
    )
    populated.bolt.save()
    assert "devices.d.CN-WEST" in {row.key for row in gap_map(YEAR).rows}
    larch = Investor.objects.create(name_en="Larch")
    thesis(larch, ["devices"], regions=["CN-CCQ"])
    assert "Larch" in fitting()[populated.raises[1].pk]


def test_p3_takes_few_queries_however_much_there_is(populated, django_assert_max_num_queries):
    for number in range(5):
        raised(populated.elm if number == 0 else categorised(populated, number), "a", "2020-09-01", 1_000_000)
    with django_assert_max_num_queries(22):
        gap_map(YEAR)


def categorised(populated, number):
    company = type(populated.dune).objects.create(short_en=f"Company {number}")
    categorise(company, "network")
    return company
