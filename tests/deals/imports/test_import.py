"""What one market becomes: each row a record, each label the taxonomy's, nothing dropped in silence."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from companies.models import Company, Membership, Raise
from deals import merging
from deals.imports.report import Tally
from deals.models import Deal, Listing, Participation
from investors.models import Investor, Thesis
from taxonomy.facts import Source
from taxonomy.models import Category, Region, Scheme

pytestmark = pytest.mark.django_db


def company(ref: str) -> Company:
    return Company.objects.get(source__code="tiny", source_ref=ref)


def deal(ref: str) -> Deal:
    return Deal.objects.get(source__code="tiny", source_ref=ref)


def investor(ref: str) -> Investor:
    return Investor.objects.get(source__code="tiny", source_ref=ref)


def thesis(ref: str) -> Thesis:
    return Thesis.objects.get(source__code="tiny", source_ref=ref)


def test_every_row_becomes_a_record(bring):
    report = bring(attribution="Data: Tiny, CC-BY")
    created = {name: tally.created for name, tally in report.tallies.items()}
    assert created == {
        "companies": 4,
        "investors": 3,
        "theses": 2,
        "deals": 7,
        "listings": 2,
        "participations": 4,
        "raises": 2,
    }
    assert report.written
    source = Source.objects.get(code="tiny")
    assert (source.attribution, source.simulated) == ("Data: Tiny, CC-BY", False)


def test_a_company_keeps_its_names_place_date_and_words(bring):
    bring()
    yunshan = company("C1")
    assert (yunshan.short_zh, yunshan.short_en) == ("云杉智能(云杉科技)", "")
    assert {alias.name: alias.folded for alias in yunshan.aliases.all()} == {
        "云杉智能": "云杉智能",
        "云杉科技": "云杉科技",
    }
    assert (yunshan.region.code, yunshan.city) == ("CN-JS", "苏州")
    assert (yunshan.founded_on, yunshan.founded_precision) == (date(2014, 3, 1), "month")
    assert yunshan.keywords == ["预测性维护", "机床"]
    assert yunshan.description_zh == "机床联网与预测性维护"
    assert yunshan.website == "http://yunshan.example"
    quiet = company("C2")
    assert (quiet.short_zh, quiet.short_en) == ("", "Quiet Robotics (formerly Loud Robotics)")
    assert {alias.name for alias in quiet.aliases.all()} == {"Quiet Robotics", "Loud Robotics"}
    assert (quiet.founded_on, quiet.founded_precision) == (date(2011, 1, 1), "year")


def test_a_company_is_found_by_search_as_one_that_registered_here(bring):
    bring()
    for ref in ("C1", "C2", "C3", "C4"):
        record = company(ref)
        assert set(record.search_text.split()) == set(record.index_words().split())
    assert company("C2") in Company.objects.matching_words("loud robotics")
    assert company("C1") in Company.objects.matching_words("云杉 工业软件")
    assert investor("I1") in Investor.objects.matching_words("南岭基金")


def test_names_are_found_and_sorted_after_an_import_and_after_another(bring):
    bring()
    assert Company.objects.called("yunshanzhineng", 3) == [company("C1")]
    assert company("C1").sort_zh.startswith("yunshanzhineng")
    Company.objects.filter(pk=company("C1").pk).update(short_zh="旧名", sort_zh="jiuming")
    bring()
    assert company("C1").sort_zh.startswith("yunshanzhineng")
    assert Company.objects.called("jiuming", 3) == [company("C1")], "a former name stays a spelling"


def test_two_spellings_of_a_place_are_one_area_under_its_country(bring):
    bring()
    area = company("C2").region
    assert (area.kind, area.code, area.parent.code, area.country) == ("area", "USA/sfbay", "USA", "USA")
    assert area.name_en in {"SF Bay", "Sf Bay"}
    assert company("C3").region == area
    assert company("C4").region is None


@pytest.mark.parametrize(
    ("country", "region", "code"),
    [
        ("CHN", "", "CHN"),
        ("CHN", "Jiangsu", "CN-JS"),
        ("CHN", "江苏省", "CN-JS"),
        ("HKG", "", "CN-HK"),
        ("HKG", "Hong Kong", "CN-HK"),
        ("TWN", "Taipei", "CN-TW/taipei"),
        ("", "江苏", "CN-JS"),
        ("", "Atlantis", "XXX/atlantis"),
        ("ROM", "Cluj", "ROU/cluj"),
        ("United States", "Ohio", "USA/ohio"),
        ("CN", "江苏", "CN-JS"),
        ("QQQ", "", "XXX/qqq"),
        ("QQQ", "Atlantis", "XXX/qqq/atlantis"),
        # A group is no place: it stays the area of this name.
        ("CHN", "长三角", "CHN/长三角"),
    ],
)
def test_places(bring, country, region, code):
    report = bring(companies=("CHN,江苏,苏州", f"{country},{region},苏州"))
    assert company("C1").region.code == code
    assert report.unmapped.get("country", {}) == ({"QQQ": 1} if country == "QQQ" else {})


def test_foreign_categories_stay_in_a_scheme_of_the_source(bring):
    bring()
    scheme = Scheme.objects.get(code="tiny")
    assert not scheme.is_default
    links = company("C1").category_links.all()
    assert [(link.category.scheme, link.category.name_zh, link.is_primary) for link in links] == [
        (scheme, "工业软件", True),
        (scheme, "物联网", False),
    ]
    assert company("C2").primary_category == company("C3").primary_category
    # What only investors declare is in the scheme too.
    assert scheme.categories.filter(name_zh="先进材料").exists()


def test_categories_of_the_platform_are_used_where_most_labels_are_theirs(bring):
    security, platform = (Category.objects.get(scheme__is_default=True, code=code) for code in ("security", "platform"))
    bring(
        companies=f"company_id,name,description,categories,keywords,country,region,city,founded_on,website\n"
        f"C1,甲,,{security.name_zh}|{platform.name_zh},,,,,,\nC2,乙,,怪异,,,,,,\nC3,丙,,,,,,,,\n",
        investors=("robots,early", f"{platform.name_en},early"),
    )
    assert company("C1").primary_category == security
    assert company("C1").further_categories == [platform]
    assert company("C2").primary_category.scheme.code == "tiny"
    assert platform in thesis("I2").categories.all()


@pytest.mark.parametrize(
    ("ref", "kind", "round_code", "label", "amount"),
    [
        ("D1", "venture", "a", "A轮", ("range", 10_000_000, 100_000_000, "CNY", "数千万人民币")),
        ("D2", "venture", "c_later", "series-c+", ("exact", 12_500_000, 12_500_000, "USD", "")),
        ("D3", "ipo", None, "IPO上市", ("exact", 120_000_000, 120_000_000, "USD", "1.2亿美元")),
        ("D4", "ipo", None, "新三板", ("undisclosed", None, None, None, "未透露")),
        ("D5", "follow_on", None, "post-ipo", ("undisclosed", None, None, None, "")),
        ("D6", "venture", "unknown", "moonshot", ("undisclosed", None, None, None, "")),
        ("D7", "venture", "unknown", "", ("exact", 500_000, 500_000, "EUR", "")),
    ],
)
def test_a_deal_by_its_round_and_amount(bring, ref, kind, round_code, label, amount):
    report = bring()
    found = deal(ref)
    assert (found.kind, found.round_id, found.round_label) == (kind, round_code, label)
    assert (found.amount_kind, found.amount_low, found.amount_high, found.currency_id, found.amount_text) == amount
    assert report.unmapped["round"] == {"moonshot": 1}


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("科创板上市", "ipo"),
        ("新三板挂牌", "ipo"),
        ("已上市", "ipo"),
        ("收购", "acquisition"),
        ("并购", "acquisition"),
        ("配股", "rights_issue"),
        ("IPO上市后", "follow_on"),
        ("IPO", "ipo"),
    ],
)
def test_rounds_that_are_no_venture_rounds(bring, label, kind):
    report = bring(deals=("moonshot", label))
    assert (deal("D6").kind, deal("D6").round, deal("D6").round_label) == (kind, None, label)
    assert "round" not in report.unmapped


def test_listings_stand_beside_their_deals(bring):
    bring(deals=("moonshot", "科创板"))
    listings = {listing.source_ref: listing for listing in Listing.objects.all()}
    assert {ref: (item.board_id, item.company, item.offering) for ref, item in listings.items()} == {
        "D3": ("unknown", company("C2"), deal("D3")),
        "D4": ("neeq", company("C1"), deal("D4")),
        "D6": ("star", company("C3"), deal("D6")),
    }
    assert (listings["D6"].listed_on, listings["D6"].listed_precision) == (date(2012, 7, 1), "month")
    assert listings["D6"].known_on == date(2012, 7, 31)


def test_a_company_is_listed_once_on_a_board(bring):
    report = bring(deals=("2015-05-04,A轮,数千万人民币", "2015-05-04,新三板,数千万人民币"))
    assert Listing.objects.filter(board="neeq").count() == 1
    assert deal("D4").kind == "ipo"
    assert report.notices.counts["board_twice"] == 1


def test_a_deal_is_known_from_the_end_of_its_period(bring):
    bring()
    known = {
        item.source_ref: (item.announced_on, item.announced_precision, item.known_on) for item in Deal.objects.all()
    }
    assert known["D1"] == (date(2015, 5, 4), "day", date(2015, 5, 4))
    assert known["D2"] == (date(2013, 4, 1), "quarter", date(2013, 6, 30))
    assert known["D5"] == (date(2015, 1, 1), "year", date(2015, 12, 31))


def test_amounts_in_no_known_currency_keep_their_words(bring):
    report = bring(
        deals=(
            "D5,C2,2015,post-ipo,,,\nD6,C3,2012-07,moonshot,,,",
            "D5,C2,2015,post-ipo,15亿其他,1500000000,\nD6,C3,2012-07,moonshot,,700,",
        )
    )
    assert (deal("D5").amount_kind, deal("D5").amount_text) == ("undisclosed", "15亿其他")
    assert (deal("D6").amount_kind, deal("D6").amount_text) == ("undisclosed", "700")
    assert report.notices.counts["no_currency"] == 2


def test_words_that_are_no_amount_are_kept_and_counted(bring):
    report = bring(deals=("数千万人民币", "a good deal"))
    assert (deal("D1").amount_kind, deal("D1").amount_text) == ("undisclosed", "a good deal")
    assert report.unmapped["amount_text"] == {"a good deal": 1}


def test_the_currency_of_the_words_serves_a_number_without_one(bring):
    bring(deals=("1.2亿美元,120000000,USD", "1.2亿美元,120000000,"))
    assert deal("D3").currency_id == "USD"


def test_a_number_goes_before_words_that_say_otherwise(bring):
    report = bring(deals=("1.2亿美元,120000000,USD", "1.2亿美元,119000000,USD"))
    assert deal("D3").amount_low == 119_000_000
    assert report.notices.counts["amounts_differ"] == 1


def test_participations_name_no_lead(bring):
    bring()
    pairs = Participation.objects.values_list("deal__source_ref", "investor__source_ref", "is_lead")
    assert set(pairs) == {("D1", "I1", None), ("D2", "I2", None), ("D2", "I3", None), ("D7", "I2", None)}


def test_an_investor_with_what_it_declares(bring):
    report = bring()
    nanling = investor("I1")
    assert (nanling.name_zh, nanling.type, nanling.region.code) == ("南岭资本(南岭基金)", "venture", "CHN")
    assert nanling.description_zh == "专注早期"
    declared = thesis("I1")
    assert {item.name_zh for item in declared.categories.all()} == {"工业软件", "先进材料"}
    codes = {item.code for item in declared.rounds.all()}
    assert {"seed", "angel", "c", "c_later", "d", "pre_ipo"} <= codes
    assert not codes & {"a", "b", "b_plus", "strategic", "unknown"}
    assert {item.code for item in declared.regions.all()} == {"CN-GD", "CN-YRD"}
    assert declared.unmapped == ["退出期", "极地"]
    assert report.unmapped["stages"] == {"退出期": 1}
    assert report.unmapped["regions"] == {"极地": 1}
    assert not Thesis.objects.filter(investor=investor("I3")).exists()


def test_an_investor_looks_for_an_area_that_companies_have(bring):
    bring()
    assert {item.code for item in thesis("I2").regions.all()} == {"USA/sfbay", "USA"}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", Investor.Type)
def test_a_type_is_known_by_its_name_here(bring, kind, language):
    with translation.override(language):
        label = str(kind.label)
    report = bring(investors=("I3,Nameless Family,wizard", f"I3,Nameless Family,{label}"))
    assert (investor("I3").type, report.unmapped.get("type")) == (kind, None)


def test_unknown_types_are_counted(bring):
    report = bring()
    assert investor("I3").type == Investor.Type.UNKNOWN
    assert report.unmapped["type"] == {"wizard": 1}


def test_raises_are_opened(bring):
    bring()
    found = {item.company.source_ref: item for item in Raise.objects.all()}
    assert {item.status for item in found.values()} == {Raise.Status.OPEN}
    first, second = found["C1"], found["C3"]
    assert (first.round_id, first.amount_low, first.amount_high, first.currency_id) == (
        "b",
        50_000_000,
        80_000_000,
        "CNY",
    )
    assert (first.opened_on, first.amount_text) == (date(2017, 2, 1), "5000万-8000万人民币")
    assert (second.round_id, second.amount_low, second.amount_high, second.currency_id) == (
        "a",
        3_000_000,
        3_000_000,
        "USD",
    )


def test_a_raise_of_an_undisclosed_amount_is_open_at_both_ends(bring):
    bring(raises=("5000万-8000万人民币", "未透露"))
    found = Raise.objects.get(company__source_ref="C1")
    assert (found.amount_low, found.amount_high, found.amount_text) == (None, None, "未透露")


def test_raises_are_optional(bring):
    assert bring(raises=None).tallies["raises"] == Tally()


def test_a_row_without_a_name_is_kept_under_its_id(bring):
    report = bring(companies=("Plain Sensors", ""))
    assert company("C3").short_en == "C3"
    assert report.notices.counts["no_name"] == 1
    assert report.notices.places["no_name"] == [("companies.csv", 4, "C3")]


def test_a_name_that_is_gone_from_the_file_stays(bring):
    bring()
    report = bring(companies=("Plain Sensors", ""), investors=("Nameless Family", ""))
    assert report.changes == 0
    assert (company("C3").short_en, investor("I3").name_en) == ("Plain Sensors", "Nameless Family")


def test_a_long_name_is_the_legal_one(bring):
    bring(companies=("Plain Sensors", "x" * 150))
    assert (company("C3").short_en, company("C3").name_en) == ("", "x" * 150)


def test_a_website_that_is_no_address_is_left_out_and_noticed(bring):
    report = bring(companies=("https://quiet.example/", "javascript:alert(1)"))
    assert company("C2").website == ""
    assert report.notices.counts["bad_website"] == 1


def test_a_byte_order_mark_and_other_line_ends_are_read(bring):
    text = "deal_id,investor_id\r\nD1,I1\r\n"
    report = bring(participations=b"\xef\xbb\xbf" + text.encode())
    assert report.tallies["participations"].created == 1


def test_columns_may_stand_in_any_order_and_further_ones_are_noticed(bring):
    report = bring(participations="investor_id,share,deal_id\nI1,0.5,D1\n")
    assert Participation.objects.get().investor == investor("I1")
    assert report.notices.places["extra_column"] == [("participations.csv", 1, "share")]


def test_organisations_known_from_elsewhere_are_counted_and_not_merged(bring):
    Company.objects.create(short_en="Loud  ROBOTICS")
    Investor.objects.create(name_zh="南岭资本")
    report = bring()
    assert report.duplicates == [
        ("company", "Quiet Robotics (formerly Loud Robotics)"),
        ("investor", "南岭资本(南岭基金)"),
    ]
    assert Company.objects.count() == 5


# --- Again ------------------------------------------------------------------------------------------------------------


def test_a_second_time_changes_nothing(bring, everything):
    bring()
    before = everything()
    report = bring()
    assert report.changes == 0
    assert {name: tally.unchanged for name, tally in report.tallies.items()} == {
        "companies": 4,
        "investors": 3,
        "theses": 2,
        "deals": 7,
        "listings": 2,
        "participations": 4,
        "raises": 2,
    }
    assert (report.places, report.categories) == (0, 0)
    assert everything() == before


def test_check_tells_the_same_and_writes_nothing(bring, everything):
    before = everything()
    checked = bring(check=True)
    assert everything() == before
    assert not checked.written
    written = bring()
    assert checked.tallies == written.tallies
    assert checked.unmapped == written.unmapped
    assert (checked.places, checked.categories) == (written.places, written.categories)


CHANGED = {
    "a company's name": ("companies", ("Plain Sensors", "Fancy Sensors"), "companies"),
    "a company's place": ("companies", ("Sf Bay", "Boston"), "companies"),
    "a company's categories": ("companies", ("robots|sensors", "sensors|robots"), "companies"),
    "an investor's type": ("investors", ("wizard", "angel"), "investors"),
    "an investor's stages": ("investors", ("early stage", "late stage"), "theses"),
    "a deal's amount": ("deals", (",12500000", ",13000000"), "deals"),
    "a deal's round": ("deals", ("moonshot", "series-b"), "deals"),
    "a deal's date": ("deals", ("2012-07", "2012-08"), "deals"),
    "a raise's day": ("raises", ("2017-02-01", "2017-04-01"), "raises"),
    "a raise's amount": ("raises", ("3000000", "4000000"), "raises"),
}


@pytest.mark.parametrize(("file", "change", "table"), CHANGED.values(), ids=CHANGED.keys())
def test_a_changed_row_changes_its_record_only(bring, file, change, table):
    models = {"companies": Company, "investors": Investor, "deals": Deal, "raises": Raise, "theses": Thesis}
    bring()
    before = {row["id"]: row for row in models[table].objects.values()}
    report = bring(**{file: change})
    assert {name: tally.updated for name, tally in report.tallies.items() if tally.updated} == {table: 1}
    assert report.changes == 1
    after = {row["id"]: row for row in models[table].objects.values()}
    assert sorted(before) == sorted(after)
    assert sum(before[key]["updated_at"] != after[key]["updated_at"] for key in before) == 1
    again = bring(**{file: change})
    assert again.changes == 0


def test_a_listing_follows_its_deal(bring):
    bring()
    report = bring(deals=("2016-01-20", "2016-02"))
    assert {name: tally.updated for name, tally in report.tallies.items() if tally.updated} == {
        "deals": 1,
        "listings": 1,
    }
    listing = Listing.objects.get(source_ref="D4")
    assert (listing.listed_on, listing.listed_precision, listing.known_on) == (
        date(2016, 2, 1),
        "month",
        date(2016, 2, 29),
    )
    assert deal("D4").known_on == date(2016, 2, 29)


def test_what_was_decided_on_a_listing_stays(bring):
    bring()
    Listing.objects.filter(source_ref="D4").update(status="verified", verified_at=timezone.now())
    report = bring(deals=("2016-01-20", "2016-02"))
    assert (report.tallies["listings"].updated, report.tallies["listings"].kept) == (0, 1)
    assert Listing.objects.get(source_ref="D4").listed_on == date(2016, 1, 20)


def test_a_rejected_listing_keeps_no_other_out(bring):
    bring()
    rejected = {"status": "rejected", "reject_reason": "wrong", "left_at": timezone.now()}
    Listing.objects.filter(source_ref="D4").update(source=None, source_ref="", **rejected)
    assert bring().tallies["listings"].created == 1


def test_a_former_name_stays_a_spelling(bring):
    bring()
    bring(companies=("Plain Sensors", "Fancy Sensors"))
    assert company("C3").short_en == "Fancy Sensors"
    assert [alias.name for alias in company("C3").aliases.all()] == ["Plain Sensors"]
    assert company("C3") in Company.objects.matching_words("plain")


def test_an_empty_cell_erases_nothing(bring):
    bring()
    report = bring(
        companies=(
            "云杉智能(云杉科技),机床联网与预测性维护,工业软件|物联网,预测性维护|机床,CHN,江苏,苏州,2014-03,yunshan.example",
            "云杉智能(云杉科技),,,,,,,,",
        ),
        deals=("A轮,数千万人民币,,CNY", ",,,"),
    )
    assert report.changes == 0
    assert company("C1").city == "苏州"
    assert deal("D1").round_id == "a"
    assert deal("D1").amount_low == Decimal(10_000_000)


def test_rows_that_are_gone_from_the_file_stay(bring):
    bring()
    report = bring(participations="deal_id,investor_id\nD1,I1\n", raises=None)
    assert report.changes == 0
    assert Participation.objects.count() == 4
    assert Raise.objects.open().count() == 2


def test_a_deal_that_was_verified_here_is_left_alone(bring):
    bring()
    Deal.objects.filter(source_ref="D2").update(status=Deal.Status.VERIFIED, verified_at="2020-01-01T00:00Z")
    report = bring(deals=(",12500000", ",13000000"), participations=("D2,I3", "D2,I1"))
    assert deal("D2").amount_low == 12_500_000
    assert report.tallies["deals"].kept == 1
    assert report.tallies["participations"].kept == 1
    assert report.changes == 0


def test_what_was_chosen_when_two_deals_were_made_one_here_stays(bring, django_user_model):
    bring()
    user = django_user_model.objects.create_user("ada@example.com", is_staff=True)
    other = Deal.objects.create(company=company("C1"), round_id="a", announced_on="2015-05-06")
    merging.merge(user, deal("D1"), other, choices={"announced": other.pk})
    report = bring(deals=("2015-05-04", "2015-05-08"))
    assert str(deal("D1").announced_on) == "2015-05-06"
    assert report.tallies["deals"].kept == 1 and report.changes == 0


def test_a_company_that_its_people_took_over_is_left_alone(bring, django_user_model):
    bring()
    user = django_user_model.objects.create_user("sun@example.com", "a long enough secret 7")
    Membership.objects.create(company=company("C3"), user=user)
    Company.objects.filter(source_ref="C3").update(short_en="Our Sensors")
    report = bring()
    assert company("C3").short_en == "Our Sensors"
    assert report.tallies["companies"].kept == 1
    assert report.notices.counts["verified_here"] == 1


def test_a_category_given_here_stays_first(bring):
    bring()
    security = Category.objects.get(scheme__is_default=True, code="security")
    links = company("C3").category_links
    links.update(is_primary=False)
    links.create(category=security, is_primary=True)
    assert bring().changes == 0
    assert company("C3").primary_category == security
    report = bring(companies=("robots|sensors", "sensors"))
    assert report.tallies["companies"].updated == 1
    assert company("C3").primary_category == security
    assert [item.name_en for item in company("C3").further_categories] == ["sensors"]


def test_an_open_raise_from_elsewhere_is_left_alone(bring):
    bring(raises=None)
    Raise.objects.create(company=company("C1"), round_id="a")
    report = bring()
    assert report.tallies["raises"] == Tally(created=1, kept=1)
    assert Raise.objects.get(company__source_ref="C1").round_id == "a"


def test_a_raise_that_ended_here_is_not_opened_again(bring):
    bring()
    Raise.objects.get(company__source_ref="C1").end(Raise.Status.CLOSED)
    report = bring()
    assert report.tallies["raises"] == Tally(unchanged=1, kept=1)
    assert Raise.objects.open().count() == 1


def test_two_sources_do_not_meet(bring):
    bring()
    report = bring(source="other")
    assert report.tallies["companies"].created == 4
    assert Company.objects.count() == 8
    assert len(report.duplicates) == 7
    assert Region.objects.filter(code="USA/sfbay").count() == 1
    assert report.places == 0
