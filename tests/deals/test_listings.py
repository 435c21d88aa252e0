"""Listings: recorded, corrected, taken back, verified, rejected; what counts on which day; their pages."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from auditlog.models import LogEntry
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone, translation

from accounts.errors import ActionError, TooLate
from accounts.models import Notification
from deals import listings, review
from deals.models import Deal, Listing
from deals.statistics import Scope
from deals.statistics.kept import answer
from taxonomy.amounts import parse_amount
from taxonomy.dates import parse_date
from taxonomy.facts import Source
from taxonomy.models import Board
from tests.conftest import stands

Status = Listing.Status


@pytest.fixture
def record(record):
    """What is recorded here counts; what does not yet is the matter of `test_established`."""
    return lambda *args, **fields: stands(record(*args, **fields))


@pytest.fixture
def listed(cast):
    """Record a listing of the cast's company; keywords change what is recorded."""

    def make(user=None, **fields):
        given = {"company": cast.company, "board": Board.objects.get(pk="star"), "listed": parse_date("2020-07-22")}
        return stands(listings.record(user or cast.founder, **given | fields))

    return make


@pytest.fixture
def page(client):
    def open_page(user, address, data=None, **extra):
        client.force_login(user)
        return client.get(address, **extra) if data is None else client.post(address, data, **extra)

    return open_page


def path(name, *args):
    return reverse(f"deals:{name}", args=[getattr(one, "pk", one) for one in args])


def typed(**changes):
    return {
        "company": "磐石工控安全", "board": "star", "ticker": "688X01", "listed": "2020-Q3", "filed_on": "2019-12-01",
        "cleared_on": "2020-05-06", "raised": "9.5亿元", "currency": "CNY", "market_value": "120亿元",
        "market_value_on": "2020-09-30", "source_url": "", "note": "",
    } | changes  # fmt: skip


# --- Actions ------------------------------------------------------------------------------------------------------


def test_a_listing_with_what_it_raised(cast, listed):
    listing = listed(
        ticker=" 688X01 ",
        filed_on=date(2019, 12, 1),
        raised=parse_amount("9.5亿元"),
        market_value=parse_amount("USD 1.5bn"),
        market_value_on=date(2020, 9, 30),
    )
    assert (listing.status, listing.recorded_by, listing.known_on) == (
        Status.REPORTED, cast.founder, timezone.localdate()
    )  # fmt: skip
    assert (listing.ticker, listing.market_value, listing.market_value_currency_id) == ("688X01", 1_500_000_000, "USD")
    offering = listing.offering
    assert (offering.kind, offering.amount_low, offering.announced_on) == ("ipo", 950_000_000, date(2020, 7, 22))
    told = set(Notification.objects.filter(kind="listing_recorded").values_list("user__email", flat=True))
    assert told == {"ada@example.com"}
    assert LogEntry.objects.get_for_object(listing).filter(action=LogEntry.Action.CREATE).count() == 1


@pytest.mark.parametrize("who", ["company_viewer", "investor", "other_founder", "analyst"])
def test_only_the_company_and_administrators_record(cast, listed, who):
    with pytest.raises(PermissionDenied):
        listed(getattr(cast, who))
    assert not Listing.objects.exists()


def test_an_offering_is_chosen_once(cast, listed, record):
    ipo = record(kind="ipo", round=None, investors=[])
    assert list(listings.offerings_of(cast.company)) == [ipo]
    first = listed(offering=ipo)
    assert first.offering == ipo
    for wrong in (ipo, record(round=None, kind="acquisition", announced=parse_date("2019"))):
        with pytest.raises(ActionError) as refused:
            listed(board=Board.objects.get(pk="hkex"), offering=wrong)
        assert (refused.value.code, refused.value.field) == ("offering_of_others", "offering")
    # A rejected one keeps what it said, and lets the offering go.
    review.reject(cast.administrator, first, "wrong")
    assert listed(offering=ipo).offering == first.offering == ipo


def test_a_recorded_offering_is_not_recorded_again(listed, record):
    record(kind="ipo", round=None, investors=[])
    with pytest.raises(ActionError) as refused:
        listed(raised=parse_amount("1亿元"))
    assert (refused.value.code, refused.value.field) == ("offering_recorded", "offering")
    assert (Deal.objects.count(), Listing.objects.count()) == (1, 0)


def test_what_is_refused_leaves_no_offering_behind(listed):
    with pytest.raises(ActionError):
        listed(raised=parse_amount("1亿元"), ticker="6" * 21)
    assert not Deal.objects.exists() and not Listing.objects.exists()


def test_a_company_is_on_a_board_once(cast, listed):
    first = listed()
    with pytest.raises(ActionError) as refused, translation.override("zh-hans"):
        listed(listed=parse_date("2021"))
    assert (refused.value.code, refused.value.field) == ("listed_already", "board")
    assert "科创板" in refused.value.messages[0] and f"#{first.pk}" in refused.value.messages[0]
    # Of boards that a source does not name there may be several.
    for _time in range(2):
        listed(board=Board.objects.get(pk="unknown"))


def test_before_and_after_the_listing(listed):
    """Of a listing of which only the year is known, the filing may be of that year."""
    assert listed(listed=parse_date("2020"), filed_on=date(2020, 3, 1), cleared_on=date(2020, 5, 1)).pk


def test_the_company_corrects_what_nobody_verified(cast, listed):
    listing = listed(cast.administrator)
    listings.correct(cast.founder, listing, board=Board.objects.get(pk="chinext"), listed=parse_date("2020-08"))
    listing.refresh_from_db()
    assert (listing.board_id, listing.listed_on, listing.listed_precision) == ("chinext", date(2020, 8, 1), "month")
    told = set(Notification.objects.filter(kind="listing_changed").values_list("user__email", flat=True))
    assert told == {"ada@example.com"}
    with pytest.raises(PermissionDenied):
        listings.correct(cast.other_founder, listing, board=listing.board, listed=listing.listed)
    # What a source says is the source's, and the administrators'.
    Listing.objects.update(source=Source.objects.create(code="s", name="S"))
    listing.refresh_from_db()
    with pytest.raises(PermissionDenied):
        listings.correct(cast.founder, listing, board=listing.board, listed=listing.listed)
    assert not review.may_correct(cast.founder, listing) and review.may_correct(cast.administrator, listing)


def test_what_is_verified_stands(cast, listed):
    listing = listed()
    with pytest.raises(PermissionDenied):
        review.verify(cast.founder, listing)
    stale = Listing.objects.get(pk=listing.pk)
    review.verify(cast.administrator, listing)
    assert (listing.status, listing.verified_by) == (Status.VERIFIED, cast.administrator)
    assert Notification.objects.get(kind="listing_verified").user == cast.founder
    with pytest.raises(TooLate):
        review.verify(cast.administrator, stale)
    for user in (cast.founder, cast.administrator):
        with pytest.raises(TooLate):
            listings.correct(user, listing, board=listing.board, listed=listing.listed)
        with pytest.raises(TooLate):
            listings.withdraw(user, listing)
    (entry,) = LogEntry.objects.get_for_object(listing).filter(action=LogEntry.Action.UPDATE)
    assert (entry.actor, entry.changes["status"]) == (cast.administrator, ["reported", "verified"])


def test_rejecting_needs_a_reason(cast, listed):
    listing = listed()
    for reason in ("", "withdrawn"):
        with pytest.raises(ActionError):
            review.reject(cast.administrator, listing, reason)
    with pytest.raises(PermissionDenied):
        review.reject(cast.founder, listing, "wrong")
    review.reject(cast.administrator, listing, "not_listed", "It is on another board.")
    assert (listing.status, listing.reject_reason) == (Status.REJECTED, "not_listed")
    notice = Notification.objects.get(kind="listing_rejected")
    assert (notice.user, notice.path) == (cast.founder, cast.company.get_absolute_url())


def test_a_rejected_listing_is_taken_up_again_where_its_place_is_free(cast, listed):
    listing = listed()
    review.reject(cast.administrator, listing, "wrong")
    second = listed()
    with pytest.raises(TooLate):
        review.take_up(cast.administrator, listing)
    assert listing.status == Status.REJECTED
    review.reject(cast.administrator, second, "wrong")
    review.take_up(cast.administrator, listing)
    assert Listing.objects.present().get() == listing
    assert Notification.objects.filter(kind="listing_taken_up").exists()


def test_mail_about_a_listing(cast, listed, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        listing = listed()
        listings.correct(cast.founder, listing, board=listing.board, listed=listing.listed)
        review.verify(cast.administrator, listing)
        review.reject(cast.administrator, listing, "wrong", "又见于港交所")
        listings.withdraw(cast.founder, listed())
    founder = [message for message in mail.outbox if message.to == ["fang@example.com"]]
    assert [message.subject for message in founder] == [
        "磐石工控安全 的上市记录已核实",
        "磐石工控安全 的上市记录未通过审核",
    ]
    assert "又见于港交所" in founder[1].body
    administrator = [message.subject for message in mail.outbox if message.to == ["ada@example.com"]]
    assert len(administrator) == 4 and listing.get_absolute_url() in mail.outbox[0].body


def test_the_company_confirms_a_listing_or_objects_to_it(cast, listed, page, django_capture_on_commit_callbacks):
    """An administrator recorded it: the company has its say, also once it is verified."""
    listing = listed(cast.administrator)
    for user in (cast.company_viewer, cast.other_founder, cast.investor, cast.administrator):
        assert page(user, path("listing_confirm", listing), {}).status_code == 403
    # What one can correct oneself is not objected to.
    assert page(cast.founder, path("listing_object", listing), {"objection": "No"}).status_code == 403
    page(cast.founder, path("listing_confirm", listing), {})
    listing.refresh_from_db()
    assert listing.company_confirmed_at and review.may_confirm(cast.founder, listing) is None
    review.verify(cast.administrator, listing)
    assert path("listing_object", listing) in page(cast.founder, listing.get_absolute_url()).text
    assert page(cast.other_founder, path("listing_object", listing), {"objection": "No"}).status_code == 403
    assert page(cast.founder, path("listing_object", listing), {"objection": " "}).status_code == 400
    with django_capture_on_commit_callbacks(execute=True):
        page(cast.founder, path("listing_object", listing), {"objection": "It is on ChiNext."})
    listing.refresh_from_db()
    assert (listing.status, listing.verified_at, listing.company_confirmed_at) == (Status.REPORTED, None, None)
    assert listing.is_disputed and [message.to[0] for message in mail.outbox] == ["ada@example.com"]
    assert "It is on ChiNext." in mail.outbox[0].body
    assert "ChiNext." in page(cast.company_viewer, listing.get_absolute_url()).text
    assert "ChiNext." not in page(cast.analyst, listing.get_absolute_url()).text
    assert "有异议" in page(cast.administrator, path("queue")).text
    listings.correct(cast.founder, listing, board=Board.objects.get(pk="chinext"), listed=listing.listed)
    listing.refresh_from_db()
    assert not listing.is_disputed and listing.company_confirmed_at
    entries = LogEntry.objects.get_for_object(listing).filter(action=1, changes__has_key="objection")
    assert [entry.changes["objection"] for entry in entries] == [["It is on ChiNext.", ""], ["", "It is on ChiNext."]]


def test_the_company_objects_to_what_a_source_says(cast, listed):
    listing = listed(cast.administrator)
    Listing.objects.update(source=Source.objects.create(code="s", name="S"))
    assert review.may_object(cast.founder, listing) and review.may_confirm(cast.founder, listing)
    review.object_to(cast.founder, listing, "It was another day.")
    assert not review.may_object(cast.founder, listing)
    review.confirm(cast.founder, listing)
    assert not listing.is_disputed


# --- What counts --------------------------------------------------------------------------------------------------


def test_a_rejected_listing_counted_until_it_left(cast, listed, page):
    """It is known since 1 March and was rejected on 10 March, at noon."""
    listing = listed()
    noon = datetime(2026, 3, 10, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    scope = Scope(date(2020, 1, 1), date(2020, 12, 31))

    def companies(as_of=None):
        return answer("L1", Scope(scope.first, scope.last, as_of=as_of)).row.companies

    assert companies() == 1
    review.reject(cast.administrator, listing, "wrong")
    Listing.objects.update(known_on=date(2026, 3, 1), left_at=noon, updated_at=timezone.now() + timedelta(1))
    assert companies() == 0
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 9), date(2026, 3, 10)]
    assert [companies(day) for day in days] == [0, 1, 1, 0]
    # It is counted, and its page is the administrators'.
    rows = f"{path('figure_rows', 'L1')}?column=listings&since=2020-01-01&until=2020-12-31&as_of=2026-03-09"
    assert listing.get_absolute_url() in page(cast.administrator, rows).text
    shown = page(cast.analyst, rows)
    assert shown.context["records"].counted == 1 and listing.get_absolute_url() not in shown.text


# --- Pages --------------------------------------------------------------------------------------------------------


def test_recording_as_people_write(cast, page):
    answer = page(cast.founder, path("listing_record"), typed())
    listing = Listing.objects.get()
    assert answer.url == listing.get_absolute_url()
    assert (listing.listed_on, listing.listed_precision) == (date(2020, 7, 1), "quarter")
    assert (listing.market_value, listing.offering.amount_text) == (12_000_000_000, "9.5亿元")
    stands(listing)
    stands(listing.offering)
    shown = page(cast.analyst, answer.url).text
    for word in ("科创板", "688X01", "2020年第三季度", "9.5亿元", "120亿元", "2020年9月30日"):
        assert word in shown


def test_recorded_offerings_are_shown_before_another_is_stored(cast, page, record):
    ipo = record(kind="ipo", round=None, investors=[])
    asked = page(cast.founder, path("listing_record"), typed(raised=""))
    assert asked.status_code == 200 and not Listing.objects.exists()
    assert f'<option value="{ipo.pk}"' in asked.text and "688X01" in asked.text
    page(cast.founder, path("listing_record"), typed(raised="", offering=ipo.pk))
    assert stands(Listing.objects.get()).offering == ipo
    assert "科创板" in page(cast.analyst, ipo.get_absolute_url()).text


def test_a_listing_that_is_here_is_led_to(cast, page, listed):
    known = listed()
    answer = page(cast.founder, path("listing_record"), typed(note="Typed with care", raised=""))
    assert answer.status_code == 400 and Listing.objects.count() == 1
    assert f'href="{known.get_absolute_url()}"' in answer.text and "Typed with care" in answer.text


def test_the_form_holds_what_is_recorded(cast, page, listed):
    listing = listed(
        ticker="688X01", filed_on=date(2019, 12, 1), market_value=parse_amount("120亿元"),
        market_value_on=date(2020, 9, 30), raised=parse_amount("1亿元"), note="By letter",
    )  # fmt: skip
    form = page(cast.founder, path("listing_edit", listing)).context["form"]
    held = {name: form[name].value() for name in form.fields}
    again = {name: getattr(value, "pk", value) or "" for name, value in held.items()}
    assert page(cast.founder, path("listing_edit", listing), again | {"ticker": "688X02"}).status_code == 302
    before = vars(listing)
    listing.refresh_from_db()
    assert listing.ticker == "688X02"
    assert not LogEntry.objects.get_for_object(listing).filter(changes__has_key="market_value").exclude(action=0)
    assert (listing.offering_id, listing.note, listing.market_value) == (
        before["offering_id"], "By letter", 12_000_000_000
    )  # fmt: skip


def test_the_company_of_the_address_is_prefilled(cast, page):
    shown = page(cast.administrator, f"{path('listing_record')}?company={cast.company.pk}").text
    assert f"磐石工控安全 #{cast.company.pk}" in shown
    for value, code in ((cast.other_company.pk, 404), ("x", 404), ("9" * 30, 404)):
        assert page(cast.founder, f"{path('listing_record')}?company={value}").status_code == code


def test_the_page_follows_the_review(cast, page, listed):
    listing = listed()
    assert path("listing_edit", listing) in page(cast.founder, listing.get_absolute_url()).text
    assert path("listing_verify", listing) not in page(cast.founder, listing.get_absolute_url()).text
    assert page(cast.administrator, path("listing_verify", listing), {}).url == listing.get_absolute_url()
    assert page(cast.administrator, path("listing_verify", listing), {}).status_code == 409
    assert path("listing_edit", listing) not in page(cast.founder, listing.get_absolute_url()).text
    assert page(cast.administrator, path("listing_reject", listing), {}).status_code == 400
    page(cast.administrator, path("listing_reject", listing), {"reject_reason": "wrong"})
    assert page(cast.founder, listing.get_absolute_url()).status_code == 404
    # An administrator reads what became of it.
    assert "信息有误" in page(cast.administrator, listing.get_absolute_url()).text
    assert listing.get_absolute_url() not in page(cast.founder, cast.company.get_absolute_url()).text


def test_the_way_there_from_the_company(cast, page, listed):
    record_here = f"{path('listing_record')}?company={cast.company.pk}"
    assert record_here in page(cast.founder, cast.company.get_absolute_url()).text
    listing = listed()
    shown = page(cast.analyst, cast.company.get_absolute_url()).text
    assert listing.get_absolute_url() in shown and record_here not in shown
    rows = page(cast.analyst, path("figure_rows", "L1") + "?column=listings&since=2020-01-01&until=2020-12-31").text
    assert listing.get_absolute_url() in rows


def test_what_an_offering_raised_is_kept_to_the_parties(cast, page, listed, record):
    listing = listed(offering=record(kind="ipo", round=None, investors=[], amount_audience="parties"))
    for address in (listing.get_absolute_url(), path("listings")):
        assert "1,500万元" in page(cast.founder, address).text
        assert "1,500万元" not in page(cast.other_founder, address).text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True), ("q=磐石", True), ("q=688x01", True), ("q=nothing", False), ("board=star", True),
        ("board=hkex", False), ("category=security", True), ("category=devices", False), ("region=CN-YRD", True),
        ("region=CN-BJ", False), ("since=2020", True), ("since=2021", False), ("until=2020", True),
        ("until=2019", False), ("status=verified", False), ("board=nonsense", False), ("since=soon", False),
        ("since=2021&until=2020", False), ("company=99999999", False),
    ],
)  # fmt: skip
def test_the_list_is_narrowed(cast, page, listed, query, found):
    cast.company.refresh_search_text()
    listing = listed(ticker="688X01")
    answer = page(cast.analyst, f"{path('listings')}?{query}")
    assert (f'href="{listing.get_absolute_url()}"' in answer.text) == found
    part = page(cast.analyst, f"{path('listings')}?{query}", headers={"HX-Request": "true", "HX-Target": "results"})
    assert "<html" not in part.text


@pytest.mark.parametrize("boards", [1, 5])
def test_the_queries_of_the_list_do_not_grow(cast, client, listed, django_assert_num_queries, boards):
    for number, board in enumerate(Board.objects.exclude(pk__in=["unknown", "beijing"])[:boards]):
        raised = parse_amount(f"{number + 1}亿元")
        listed(board=board, raised=raised, listed=parse_date(str(2020 + number)))
    client.force_login(cast.analyst)
    with django_assert_num_queries(12):
        client.get(path("listings"))
