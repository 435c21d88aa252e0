"""The pages of introductions and deals, by role."""

import re
from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Notification
from companies.models import Company
from deals import actions, listings, review
from deals.models import Deal, Introduction, Participation
from investors.models import Investor
from taxonomy.amounts import parse_amount
from taxonomy.dates import PartialDate, parse_date
from taxonomy.models import Board, Region, Round
from tests.conftest import stands


@pytest.fixture
def record(record):
    """What is recorded here counts; what does not yet is the matter of `test_established`."""
    return lambda *args, **fields: stands(record(*args, **fields))


@pytest.fixture
def page(client):
    """Open an address as a person; a further argument is posted."""

    def open_page(user, path, data=None, **extra):
        client.force_login(user)
        return client.get(path, **extra) if data is None else client.post(path, data, **extra)

    return open_page


def text(response) -> str:
    return response.content.decode()


# --- Introductions ------------------------------------------------------------------------------------------------


def ask_path(cast):
    return f"{reverse('deals:introduction_ask')}?company={cast.company.pk}&investor={cast.investor_firm.pk}"


def test_asking(cast, page):
    shown = text(page(cast.founder, ask_path(cast)))
    assert "磐石工控安全" in shown
    # Nobody's address is in the preview.
    assert "panshi.example" not in shown and "farshore.example" not in shown
    answer = page(cast.founder, ask_path(cast), {"message": "Our gateway, your thesis."})
    asked = Introduction.objects.get()
    assert answer.status_code == 302 and answer.url == asked.get_absolute_url()
    assert asked.message == "Our gateway, your thesis."


def test_what_was_typed_stays_when_asking_is_refused(cast, page, asked):
    answer = page(cast.founder, ask_path(cast), {"message": "Typed with care"})
    assert "Typed with care" in text(answer)
    assert asked.get_absolute_url() in text(answer)
    assert Introduction.objects.count() == 1


def test_who_has_asked_already_gets_no_second_form(cast, page, asked):
    shown = text(page(cast.founder, ask_path(cast)))
    assert asked.get_absolute_url() in shown
    assert 'name="message"' not in shown


def test_one_side_is_enough_where_the_other_is_clear(cast, page):
    path = f"{reverse('deals:introduction_ask')}?investor={cast.investor_firm.pk}"
    assert "磐石工控安全" in text(page(cast.founder, path))
    second = Company.objects.create(short_zh="磐石云")
    second.memberships.create(user=cast.founder)
    shown = text(page(cast.founder, path))
    assert f"company={second.pk}&amp;investor={cast.investor_firm.pk}" in shown


@pytest.mark.parametrize("who", ["company_viewer", "investor_viewer", "analyst", "administrator", "other_founder"])
def test_who_may_not_ask_is_told(cast, page, who):
    assert page(getattr(cast, who), ask_path(cast)).status_code == 403


@pytest.mark.parametrize("value", ["0", "x", "9" * 30, "-1"])
def test_asking_somebody_who_is_not_there(cast, page, value):
    assert page(cast.founder, f"{reverse('deals:introduction_ask')}?investor={value}").status_code == 404


def test_the_inbox_and_its_tabs(cast, page, asked):
    path = reverse("deals:introductions")
    assert asked.get_absolute_url() in text(page(cast.investor, path))
    assert asked.get_absolute_url() in text(page(cast.founder, path + "?tab=sent"))
    assert asked.get_absolute_url() not in text(page(cast.founder, path + "?tab=received"))
    # Who only waits for answers sees for which; who is asked as well sees that first.
    assert asked.get_absolute_url() in text(page(cast.founder, path))
    other = actions.ask_introduction(cast.other_investor, cast.company, cast.other_investor_firm, "Shall we meet?")
    shown = text(page(cast.founder, path))
    assert other.get_absolute_url() in shown and asked.get_absolute_url() not in shown
    assert asked.get_absolute_url() not in text(page(cast.other_investor, path))
    actions.accept(cast.investor, asked)
    assert asked.get_absolute_url() in text(page(cast.founder, path + "?tab=history&status=accepted"))
    assert asked.get_absolute_url() in text(page(cast.founder, path + "?tab=accepted"))
    assert asked.get_absolute_url() not in text(page(cast.other_founder, path + "?tab=accepted"))
    assert asked.get_absolute_url() not in text(page(cast.founder, path + "?tab=history&status=declined"))


def test_who_opens_an_introduction(cast, page, asked):
    codes = {name: page(user, asked.get_absolute_url()).status_code for name, user in vars(cast.people).items()}
    assert {name for name, code in codes.items() if code == 200} == {
        "founder", "company_viewer", "investor", "investor_viewer", "administrator"
    }  # fmt: skip
    assert set(codes.values()) == {200, 404}


def test_accepting_shows_the_contacts(cast, page, asked):
    assert "panshi.example" not in text(page(cast.investor, asked.get_absolute_url()))
    answer = page(cast.investor, reverse("deals:introduction_accept", args=[asked.pk]), {"note": ""}, follow=True)
    assert "fang@panshi.example" in text(answer)
    assert "ivy@farshore.example" not in text(answer).split("<main")[1].split("<footer")[0]
    assert "ivy@farshore.example" in text(page(cast.company_viewer, asked.get_absolute_url()))


def test_declining_without_a_reason_keeps_the_note(cast, page, asked):
    path = reverse("deals:introduction_decline", args=[asked.pk])
    answer = page(cast.investor, path, {"note": "Too far away"})
    assert answer.status_code == 400
    assert "Too far away" in text(answer)
    asked.refresh_from_db()
    assert asked.is_waiting
    assert page(cast.investor, path, {"note": "Too far away", "decline_reason": "place"}).status_code == 302
    asked.refresh_from_db()
    assert (asked.decline_reason, asked.answer_note) == ("place", "Too far away")


def test_a_double_click_and_a_second_colleague_get_a_clear_page(cast, page, asked):
    accept = reverse("deals:introduction_accept", args=[asked.pk])
    assert page(cast.investor, accept, {"note": ""}).status_code == 302
    again = page(cast.investor, accept, {"note": ""})
    assert again.status_code == 409
    assert "fang@panshi.example" in text(again)
    late = page(cast.investor, reverse("deals:introduction_decline", args=[asked.pk]), {"decline_reason": "timing"})
    assert late.status_code == 409


@pytest.mark.parametrize("verb", ["accept", "decline", "withdraw"])
def test_answers_are_posted(cast, page, asked, verb):
    path = reverse(f"deals:introduction_{verb}", args=[asked.pk])
    assert page(cast.investor, path).status_code == 405
    assert page(cast.other_investor, path, {}).status_code == 404


def test_withdrawing(cast, page, asked):
    path = reverse("deals:introduction_withdraw", args=[asked.pk])
    assert page(cast.investor, path, {}).status_code == 403
    assert page(cast.founder, path, {}).status_code == 302
    asked.refresh_from_db()
    assert asked.status == "withdrawn"


# --- Deals --------------------------------------------------------------------------------------------------------


def typed(**changes):
    return {
        "company": "磐石工控安全",
        "kind": "venture",
        "round": "a",
        "announced": "2020-Q3",
        "amount": "数千万人民币",
        "currency": "CNY",
        "amount_audience": "everyone",
        "source_url": "",
        "note": "",
        "part-TOTAL_FORMS": "3",
        "part-INITIAL_FORMS": "0",
        "part-0-investor": "远岸资本",
        "part-0-is_lead": "on",
        "part-1-investor": "northwood ventures",
    } | changes


def test_recording_as_people_write(cast, page):
    answer = page(cast.founder, reverse("deals:record"), typed())
    deal = Deal.objects.get()
    assert answer.url == deal.get_absolute_url()
    assert (deal.announced_on.isoformat(), deal.announced_precision) == ("2020-07-01", "quarter")
    assert (deal.amount_kind, int(deal.amount_low), int(deal.amount_high)) == ("range", 10**7, 10**8)
    assert {(part.investor, part.is_lead) for part in deal.participations.all()} == {
        (cast.investor_firm, True),
        (cast.other_investor_firm, False),
    }
    shown = text(page(cast.analyst, stands(deal).get_absolute_url()))
    assert "数千万人民币" in shown and "远岸资本" in shown


@pytest.mark.parametrize(
    ("written", "kind", "low", "currency"),
    [
        ("9.5亿元", "exact", 950_000_000, "CNY"),
        ("USD 1.5m", "exact", 1_500_000, "USD"),
        ("1500万", "exact", 15_000_000, "HKD"),
        ("亿元及以上", "at_least", 100_000_000, "CNY"),
        ("undisclosed", "undisclosed", None, None),
        ("2元", "exact", 2, "CNY"),
    ],
)
def test_amounts(cast, page, written, kind, low, currency):
    page(cast.founder, reverse("deals:record"), typed(amount=written, currency="HKD"))
    deal = Deal.objects.get()
    assert (deal.amount_kind, deal.amount_low, deal.currency_id) == (kind, low, currency)
    assert deal.amount_text == written


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("amount", "a lot"),
        ("amount", "-5万元"),
        ("amount", "2"),
        ("amount", "2-5"),
        ("amount", ""),
        ("announced", "2013-02-30"),
        ("announced", "soon"),
        ("announced", "2099"),
        ("company", "Nobody Ltd"),
        ("company", "#999999999999999999999999"),
        ("round", ""),
        ("round", "zz"),
        ("source_url", "javascript:alert(1)"),
        ("part-1-investor", "远岸资本"),
        ("part-1-investor", "Nobody Capital"),
    ],
)
def test_a_mistake_is_named_and_what_was_typed_stays(cast, page, field, value):
    answer = page(cast.founder, reverse("deals:record"), typed(note="Typed with care", **{field: value}))
    assert answer.status_code == 400
    assert not Deal.objects.exists()
    assert "Typed with care" in text(answer)
    assert "invalid-feedback" in text(answer) or "alert-danger" in text(answer)


def test_companies_of_one_name_are_told_apart(cast, page):
    twin = Company.objects.create(short_zh="磐石工控安全")
    answer = page(cast.founder, reverse("deals:record"), typed())
    assert answer.status_code == 400
    assert f"#{twin.pk}" in text(answer) and f"#{cast.company.pk}" in text(answer)
    assert page(cast.founder, reverse("deals:record"), typed(company=f"x #{cast.company.pk}")).status_code == 302
    assert Deal.objects.get().company == cast.company


def test_more_lines_for_investors_keep_what_was_typed(cast, page):
    answer = page(cast.founder, reverse("deals:record"), typed(more="1", note="Typed with care"))
    assert answer.status_code == 200
    shown = text(answer)
    assert "Typed with care" in shown and "northwood ventures" in shown and "part-5-investor" in shown
    assert "is-invalid" not in shown
    hostile = typed(more="1", **{"part-TOTAL_FORMS": "9" * 12})
    assert page(cast.founder, reverse("deals:record"), hostile).status_code == 200


def test_a_deal_between_others_cannot_be_recorded(cast, page):
    answer = page(cast.other_founder, reverse("deals:record"), typed())
    assert answer.status_code == 400
    assert not Deal.objects.exists()


@pytest.mark.parametrize("who", ["company_viewer", "investor_viewer", "analyst"])
def test_who_can_be_party_to_nothing_gets_no_form(cast, page, who):
    assert page(getattr(cast, who), reverse("deals:record")).status_code == 403


def test_recording_from_an_introduction_is_prefilled(cast, page, accepted):
    path = f"{reverse('deals:record')}?introduction={accepted.pk}"
    shown = text(page(cast.investor, path))
    assert f"磐石工控安全 #{cast.company.pk}" in shown
    assert f"远岸资本 #{cast.investor_firm.pk}" in shown
    assert page(cast.investor, path, typed()).status_code == 302
    deal = Deal.objects.get()
    assert deal.introduction == accepted
    # Opened again, the form leads to the deal.
    assert page(cast.founder, path).url == deal.get_absolute_url()


def test_an_introduction_of_others_or_not_accepted_opens_no_form(cast, page, asked):
    path = f"{reverse('deals:record')}?introduction={asked.pk}"
    assert page(cast.founder, path).status_code == 404
    actions.accept(cast.investor, asked)
    assert page(cast.other_founder, path).status_code == 404


def test_a_likely_duplicate_is_shown_before_it_is_stored(cast, page, record):
    first = record()
    answer = page(cast.founder, reverse("deals:record"), typed(announced="2020-08-01"))
    assert answer.status_code == 200
    assert first.get_absolute_url() in text(answer)
    assert Deal.objects.count() == 1
    assert (
        page(cast.founder, reverse("deals:record"), typed(announced="2020-08-01", different="true")).status_code == 302
    )
    assert Deal.objects.count() == 2


def test_confirming_verifying_rejecting(cast, page, record):
    deal = record()
    confirm, verify, reject = (reverse(f"deals:{verb}", args=[deal.pk]) for verb in ("confirm", "verify", "reject"))
    assert page(cast.founder, confirm, {}).status_code == 403
    assert page(cast.investor, confirm, {}).status_code == 302
    assert page(cast.investor, verify, {}).status_code == 403
    assert page(cast.administrator, verify, {}).status_code == 302
    assert page(cast.administrator, verify, {}).status_code == 409
    assert page(cast.founder, reject, {"reject_reason": "wrong"}).status_code == 403
    assert page(cast.administrator, reject, {}).status_code == 400
    assert page(cast.administrator, reject, {"reject_reason": "wrong"}).status_code == 302
    deal.refresh_from_db()
    assert deal.status == "rejected"
    assert page(cast.founder, deal.get_absolute_url()).status_code == 404
    take_up = reverse("deals:take_up", args=[deal.pk])
    assert take_up in text(page(cast.administrator, deal.get_absolute_url()))
    assert page(cast.administrator, take_up, {}).status_code == 302
    assert page(cast.administrator, take_up, {}).status_code == 409
    assert page(cast.founder, deal.get_absolute_url()).status_code == 200


def test_a_capital_raise_from_the_page_of_a_listing(cast, client, page):
    star = Board.objects.get(pk="star")
    listing = listings.record(
        cast.founder, company=cast.company, board=star, listed=PartialDate(date(2020, 7, 22), "day")
    )
    client.cookies["language"] = "zh-hans"
    path = f"{reverse('deals:record')}?company={cast.company.pk}&kind=follow_on"
    assert path.replace("&", "&amp;") in text(page(cast.founder, listing.get_absolute_url()))
    form = page(cast.founder, path).context["form"]
    assert (form["company"].value(), form["kind"].value()) == (f"磐石工控安全 #{cast.company.pk}", "follow_on")
    page(cast.founder, path, typed(kind="follow_on", round="", announced="2021-05", **{"part-0-investor": ""}))
    deal = Deal.objects.get()
    shown = text(page(cast.founder, deal.get_absolute_url()))
    assert "再融资（增发）" in shown and "<dt>轮次</dt>" not in shown
    assert page(cast.founder, f"{reverse('deals:record')}?company=x").status_code == 404


def test_what_a_deal_rests_on(cast, client, page, record):
    client.cookies["language"] = "en"
    deal = record(amount_audience="parties", source_url="https://news.example/a")

    def said(user):
        shown = text(page(user, deal.get_absolute_url()))
        return shown.partition("What this rests on")[2].partition("</aside>")[0]

    assert "One party says so" in said(cast.analyst) and "Fang" in said(cast.analyst)
    assert "for the start-up" in said(cast.analyst) and "news.example/a" in said(cast.analyst)
    # How exact an amount is known is told to those who read it.
    assert "Date: Day · Amount: Exact" in said(cast.investor)
    assert "Amount" not in said(cast.analyst) and "Date: Day" in said(cast.analyst)
    review.confirm(cast.investor, deal)
    assert "Start-up and investor say the same" in said(cast.analyst)
    review.verify(cast.administrator, deal)
    assert "An administrator has checked it" in said(cast.analyst) and "Ada" in said(cast.analyst)
    by_hand = Deal.objects.create(company=cast.company, kind="ipo", announced_on=date(2019, 1, 1))
    shown = text(page(cast.analyst, by_hand.get_absolute_url()))
    assert "Nobody has confirmed it yet" in shown and "none is given" in shown


def test_an_amount_kept_to_the_parties(cast, page, record):
    deal = record(amount_audience="parties")
    for path in (deal.get_absolute_url(), reverse("deals:list"), cast.company.get_absolute_url()):
        assert "1500万元" not in text(page(cast.other_founder, path)) and "1,500万元" not in text(
            page(cast.other_founder, path)
        )
        assert "1,500万元" in text(page(cast.investor, path))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True), ("q=磐石", True), ("q=far shore", True), ("q=nothing", False), ("category=security", True),
        ("category=devices", False), ("region=CN-YRD", True), ("region=CN-BJ", False), ("round=a", True),
        ("round=b", False), ("round=b&round=a", True), ("region=CN-BJ&region=CN-YRD&category=", True),
        ("category=devices&category=security", True), ("investor_type=angel&investor_type=venture", True), ("kind=venture", True), ("status=verified", False), ("since=2020-07-22", True),
        ("until=2020-07-21", False), ("investor_type=venture", True), ("investor_type=angel", False),
        ("round=nonsense", False), ("since=tomorrow", False), ("company=99999999", False),
    ],
)  # fmt: skip
def test_the_list_is_narrowed(cast, page, record, query, found):
    cast.company.refresh_search_text()
    cast.investor_firm.refresh_search_text()
    deal = record()
    answer = page(cast.analyst, f"{reverse('deals:list')}?{query}")
    assert (f'href="{deal.get_absolute_url()}"' in text(answer)) == found
    part = page(
        cast.analyst, f"{reverse('deals:list')}?{query}", headers={"HX-Request": "true", "HX-Target": "results"}
    )
    assert "<html" not in text(part)


@pytest.mark.parametrize("deals", [1, 8])
def test_the_queries_of_the_list_do_not_grow(cast, client, record, django_assert_num_queries, deals):
    firms = [Investor.objects.create(name_en=f"Fund {number}") for number in range(4)]
    for month in range(1, deals + 1):
        record(announced=PartialDate(date(2020, month, 1), "day"), investors=[(firm, None) for firm in firms])
    client.force_login(cast.analyst)
    with django_assert_num_queries(15):
        client.get(reverse("deals:list"))


def test_suggestions(cast, page):
    path = reverse("deals:suggest", args=["companies"])
    assert f"磐石工控安全 #{cast.company.pk}" in text(page(cast.founder, path + "?company=磐石"))
    assert "option" not in text(page(cast.founder, path + "?company=x"))
    hidden = Company.objects.create(short_zh="磐石隐身", is_published=False)
    assert f"#{hidden.pk}" not in text(page(cast.founder, path + "?company=磐石"))


def test_time_lines_and_the_ask_button(cast, page, record):
    deal = record()
    assert deal.get_absolute_url() in text(page(cast.investor, cast.company.get_absolute_url()))
    assert deal.get_absolute_url() in text(page(cast.founder, cast.investor_firm.get_absolute_url()))
    ask = reverse("deals:introduction_ask")
    assert ask in text(page(cast.investor, cast.company.get_absolute_url()))
    assert ask in text(page(cast.founder, cast.investor_firm.get_absolute_url()))
    for who in ("investor_viewer", "analyst", "founder"):
        assert ask not in text(page(getattr(cast, who), cast.company.get_absolute_url()))
    asked = actions.ask_introduction(cast.founder, cast.company, cast.investor_firm, "Hello")
    shown = text(page(cast.investor, cast.company.get_absolute_url()))
    assert ask not in shown and asked.get_absolute_url() in shown


@pytest.mark.parametrize("name", ["introductions", "introduction_ask", "list", "record"])
def test_nobody_reads_without_an_account(client, db, name):
    answer = client.get(reverse(f"deals:{name}"))
    assert answer.status_code == 302 and "/accounts/login/" in answer.url


def test_a_city_that_is_its_province_is_named_once(cast, client, page, asked):
    Company.objects.filter(pk=cast.company.pk).update(region=Region.objects.get(code="CN-BJ"), city="北京")
    client.cookies["language"] = "zh-hans"
    shown = text(page(cast.investor, asked.get_absolute_url()))
    assert "北京" in shown and "北京 · 北京" not in shown


def test_what_told_of_a_page_is_read_once_it_is_open(client, cast, asked):
    client.force_login(cast.investor)
    mine = Notification.objects.of(cast.investor).unread()
    assert mine.count() == 1
    client.get(asked.get_absolute_url())
    assert mine.count() == 0


def test_an_administrator_answers_for_a_party_that_has_not_joined_and_is_told_what_that_means(client, cast, asked):
    cast.investor_firm.memberships.all().delete()
    client.force_login(cast.administrator)
    page = client.get(asked.get_absolute_url()).text
    assert "请先征得对方意见" in page and "接受并交换联系方式" not in page


def test_a_deal_comes_with_what_the_raise_says_and_keeps_back_what_it_keeps_back(client, cast):
    client.force_login(cast.founder)
    form = client.get(reverse("deals:record")).context["form"]
    assert (form["round"].value(), form["amount_audience"].value()) == ("a", "parties")
    cast.raise_.amount_audience = "members"
    cast.raise_.save()
    form = client.get(reverse("deals:record")).context["form"]
    assert form["amount_audience"].value() != "parties"


def test_a_founder_who_records_the_round_of_the_raise_closes_it_with_one_click(cast, page):
    form = {
        "company": "磐石工控安全", "kind": "venture", "round": "a", "announced": date.today().isoformat(),
        "amount": "1500万元", "currency": "CNY", "amount_audience": "everyone", "part-TOTAL_FORMS": "1",
        "part-INITIAL_FORMS": "0", "part-0-investor": "远岸资本",
    }  # fmt: skip
    recorded = page(cast.founder, reverse("deals:record"), form).url
    closing = f'action="{reverse("companies:raise_end", args=[cast.raise_.pk])}"'
    assert closing in text(page(cast.founder, recorded)), "not only once an administrator has verified it"
    assert closing not in text(page(cast.company_viewer, recorded))
    assert closing not in text(page(cast.investor, recorded))
    page(cast.founder, reverse("companies:raise_end", args=[cast.raise_.pk]), {"status": "closed"})
    assert closing not in text(page(cast.founder, recorded))
    cast.raise_.refresh_from_db()
    assert cast.raise_.status == "closed"


def test_a_raise_is_not_said_to_be_closed_by_what_only_the_investor_says(cast, page):
    deal = actions.record_deal(
        cast.investor, company=cast.company, round=Round.objects.get(pk="a"), announced=parse_date("2026-10"),
        amount=parse_amount("1500万元"), investors=[(cast.investor_firm, True)],
    )  # fmt: skip
    cast.raise_.opened_on = "2026-01-01"
    cast.raise_.save()
    closing = f'action="{reverse("companies:raise_end", args=[cast.raise_.pk])}"'
    assert closing not in text(page(cast.founder, deal.get_absolute_url()))
    review.confirm(cast.founder, deal)
    assert closing in text(page(cast.founder, deal.get_absolute_url()))


def test_a_count_of_deals_opens_as_many(cast, page):
    """Two firms were together in one deal, and each in another one of the same company; a third company has only one."""
    far, north = cast.investor_firm, cast.other_investor_firm
    rows = {}
    for name, company, firms in (
        ("both", cast.company, [far, north]),
        ("one", cast.company, [far]),
        ("other", cast.company, [north]),
        ("elsewhere", cast.other_company, [north]),
    ):
        rows[name] = Deal.objects.create(company=company, round_id="a", announced_on=date(2020, 1, 2))
        for firm in firms:
            Participation.objects.create(deal=rows[name], investor=firm)

    def listed(query):
        answer = page(cast.analyst, f"{reverse('deals:list')}?{query}")
        return set(answer.context["page"].object_list), text(answer)

    table = text(page(cast.analyst, far.get_absolute_url()))
    address = re.search(r'href="([^"]+)">1</a></td>', table)[1].replace("&amp;", "&")
    found, said = listed(address.partition("?")[2])
    assert found == {rows["both"]}
    assert far.name in said and north.name in said
    assert listed(f"investor={north.pk}&beside={far.pk}")[0] == {rows["both"], rows["other"]}
    chosen = f"{rows['one'].pk},{rows['other'].pk}"
    found, said = listed(f"numbers={chosen}")
    assert found == {rows["one"], rows["other"]}
    # Further filters narrow these, and the reader sees no field of numbers.
    assert re.search(rf'<input type="hidden" name="numbers" value="{chosen}"', said)
    for query in ("numbers=1,x", f"numbers=1,{10**30}", f"partner={10**30}", f"beside={10**30}", "beside=-1"):
        assert not page(cast.analyst, f"{reverse('deals:list')}?{query}").context["page"].object_list, query


def test_who_asks_after_a_decline_is_reminded_of_it(cast, asked, page, client):
    client.cookies["language"] = "en"
    address = f"{reverse('deals:introduction_ask')}?company={cast.company.pk}&investor={cast.investor_firm.pk}"
    actions.decline(cast.investor, asked, "place", "")
    for user in (cast.founder, cast.investor):
        shown = text(page(user, address))
        assert "Place does not fit" in shown and asked.get_absolute_url() in shown


def test_who_asks_is_told_where_nobody_can_answer_and_where_no_more_may_wait(cast, page, client, monkeypatch):
    client.cookies["language"] = "en"
    cast.investor_firm.memberships.all().delete()
    shown = client.get  # the page that follows
    page(cast.founder, ask_path(cast), {"message": "Shall we meet?"})
    assert "an administrator passes it on" in shown(reverse("home")).text
    sent = text(page(cast.founder, reverse("deals:introductions") + "?tab=sent"))
    # The other side is who the reader looks for.
    assert "open until" in sent and "answer by" not in sent
    monkeypatch.setattr(actions, "WAITING_LIMIT", 1)
    other = f"{reverse('deals:introduction_ask')}?company={cast.company.pk}&investor={cast.other_investor_firm.pk}"
    assert "no more may" in text(page(cast.founder, other))
