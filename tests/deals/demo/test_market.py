"""The market as it is drawn, without a database, and what is stored of it."""

import re
from collections import Counter
from dataclasses import asdict
from datetime import date
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from stdnum.cn import uscc

from accounts.models import User
from companies.models import Company, Raise
from deals import duplicates
from deals.demo import calibration, people, store
from deals.demo.content import leaves
from deals.demo.market import Build
from deals.demo.spec import DEMONSTRATION, STUDY
from deals.models import Deal, Introduction, Listing
from investors.models import Investor, Thesis
from taxonomy.models import Category, Round, Source

TODAY = date(2026, 3, 16)
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def names(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return store.reference_names()


@pytest.fixture(scope="module")
def market(names):
    return Build(2020, TODAY, *names).market()


def invented(rows):
    return [row for row in rows if row.source == DEMONSTRATION]


def test_the_same_seed_and_day_draw_the_same_market(names, market):
    assert asdict(Build(2020, TODAY, *names).market()) == asdict(market)


def test_another_seed_draws_another_market_to_the_same_counts(names, market):
    other = Build(7, TODAY, *names).market()
    assert other.companies[20].short_zh != market.companies[20].short_zh

    def period(drawn):
        return [d for d in drawn.deals if d.kind == "venture" and date(2020, 1, 1) <= d.on <= date(2020, 9, 30)]

    assert Counter(deal.round for deal in period(other)) == Counter(deal.round for deal in period(market))
    assert len({deal.company for deal in period(other)}) == 302


def test_another_day_reaches_further_and_leaves_the_past(names, market):
    later = Build(2020, date(2026, 9, 1), *names).market()
    assert max(deal.on for deal in later.deals) > TODAY
    old = [deal.ref for deal in market.deals if deal.on.year < 2020]
    assert len(old) == len([deal for deal in later.deals if deal.on.year < 2020])


def test_a_market_of_2021_holds_nobody_from_later(names):
    early = Build(2020, date(2021, 2, 1), *names).market()
    active = {ref for deal in early.deals for ref, _ in deal.investors}
    assert active == {investor.ref for investor in early.investors}
    assert max(company.known_on for company in early.companies) <= date(2021, 2, 1)


def test_a_day_before_the_study_is_refused(names):
    with pytest.raises(ValueError, match="too early"):
        Build(2020, date(2020, 6, 1), *names)


def test_no_name_is_given_twice(market):
    for field in ("short_zh", "short_en", "name_zh", "name_en", "website", "contact_email", "ref"):
        seen = Counter(getattr(row, field) for row in invented(market.companies))
        assert seen.most_common(1)[0][1] == 1, field
    for field in ("name_zh", "name_en", "ref"):
        seen = Counter(getattr(row, field) for row in market.investors)
        assert seen.most_common(1)[0][1] == 1, field


def test_every_text_is_there_in_both_languages_and_filled(market):
    texts = [
        (getattr(row, f"{field}_zh"), getattr(row, f"{field}_en"))
        for row in market.companies
        for field in ("short", "summary", "description")
    ]
    texts += [(row.name_zh, row.name_en) for row in (*invented(market.companies), *market.investors)]
    texts += [(row.description_zh, row.description_en) for row in market.investors]
    for zh, en in texts:
        assert HAN.search(zh) and en and not HAN.search(en), (zh, en)
        assert not set("{}|") & set(zh + en), (zh, en)
    for row in market.companies:
        assert len(row.summary_zh) <= 160 and len(row.summary_en) <= 200


def test_descriptions_differ(market):
    seen = Counter(row.description_zh.replace(row.short_zh, "") for row in market.companies)
    assert seen.most_common(1)[0][1] == 1


def test_credit_codes_are_valid_and_of_no_authority(market):
    codes = [row.credit_code for row in invented(market.companies)]
    assert len(set(codes)) == len(codes) and all(uscc.is_valid(code) for code in codes)
    assert {code[4:8] for code in codes} == {"0099"}


def test_tickers_of_invented_companies_cannot_be_real(market):
    tickers = [row.ticker for row in invented(market.listings)]
    assert len(set(tickers)) == len(tickers)
    assert all(re.fullmatch(r"\d{3}X\d\d", ticker) for ticker in tickers)


def test_lives_are_in_order(market):
    founded = {row.ref: row.founded_on for row in market.companies}
    rounds, last = {}, {}
    for deal in market.deals:
        if founded[deal.company]:
            assert founded[deal.company] <= deal.on, deal.ref
        assert deal.on <= deal.known_on <= TODAY
        if deal.kind == "venture" and not deal.ref.endswith("-again"):
            rounds.setdefault(deal.company, []).append(deal.round)
            last[deal.company] = deal.on
    for company, codes in rounds.items():
        ladder = [code for code in codes if code != "strategic"]
        assert len(set(ladder)) == len(ladder), company
    for listing in market.listings:
        assert listing.filed_on is None or listing.filed_on < listing.cleared_on < listing.listed_on, listing.ref
        assert last.get(listing.company, date.min) < listing.listed_on


def test_investors_act_within_their_time_and_their_exclusions(market):
    investors = {row.ref: row for row in market.investors}
    categories = {row.ref: row.category for row in market.companies}
    for deal in market.deals:
        parts = [ref for ref, _ in deal.investors]
        assert len(set(parts)) == len(parts) and sum(leads for _, leads in deal.investors) <= 1
        for ref in parts:
            row = investors[ref]
            assert row.since <= deal.on and (row.until is None or deal.on <= row.until)
            excluded = {code for thesis in row.theses for code in thesis.excluded}
            assert categories[deal.company].split("-")[0] not in excluded


def test_real_institutions_act_in_no_simulated_round_after_the_study(market):
    real = {row.ref for row in market.investors if row.source == STUDY}
    last = max(deal.on for deal in market.deals if real & {ref for ref, _ in deal.investors})
    assert last <= date(2020, 9, 30)


def test_real_companies_have_only_what_the_study_tells(market):
    real = {row.ref for row in market.companies if row.source == STUDY}
    of_real = [row for row in (*market.deals, *market.listings) if row.company in real]
    assert {row.source for row in of_real} == {STUDY} and len(of_real) == 13
    assert not any(row.company in real for row in (*market.raises, *market.introductions))
    assert all(not deal.investors for deal in market.deals if deal.source == STUDY)


def test_there_is_something_to_match_now(market):
    categories = {row.ref: row.category.split("-")[0] for row in market.companies}
    open_ = [item for item in market.raises if item.status == "open"]
    assert len(open_) == len({item.company for item in open_}) == 90
    assert all(item.opened_on < TODAY <= item.closes_on and 0 < item.low < item.high for item in open_)
    assert {categories[item.company] for item in open_} == {
        "devices", "automation", "network", "platform", "software", "security", "services",
    }  # fmt: skip
    listed = {listing.company for listing in market.listings}
    bought = {deal.company for deal in market.deals if deal.kind == "acquisition"}
    assert not {item.company for item in open_} & (listed | bought)
    recent = {ref for deal in market.deals if (TODAY - deal.on).days < 365 for ref, _ in deal.investors}
    assert len(recent) > 60
    answers = Counter(item.status for item in market.introductions)
    assert all(answers[status] for status in ("asked", "accepted", "declined", "expired", "withdrawn"))


def test_the_log_ins_have_something_to_answer(market):
    waiting = [item for item in market.introductions if item.status == "asked"]
    assert any(item.investor == market.manager and item.asked_side == "company" for item in waiting)
    assert any(item.company == market.founder and item.asked_side == "investor" for item in waiting)


def test_answers_come_after_questions_and_before_now(market):
    for item in market.introductions:
        assert item.asked_at.date() < TODAY
        if item.status == "asked":
            assert item.answered_at is None and item.expires_on >= TODAY
        else:
            assert item.asked_at < item.answered_at and item.answered_at.date() <= TODAY
        assert bool(item.decline_reason) == (item.status == "declined")


def test_declines_give_the_reason_that_is_true(market):
    investors = {row.ref: row for row in market.investors}
    raises = {row.ref: row for row in market.raises}
    declined = [item for item in market.introductions if item.status == "declined"]
    assert len({item.decline_reason for item in declined}) > 2
    for item in declined:
        assert item.answer_note
        if item.decline_reason == "round":
            assert raises[item.raised].round not in investors[item.investor].rounds


def test_every_subcategory_has_material(names):
    for leaf in leaves().values():
        for part in ("products", "methods", "customers", "pains", "gains", "keywords"):
            phrases = getattr(leaf, part)
            assert all(zh and en for zh, en in phrases) and len(set(phrases)) == len(phrases)
        assert len(leaf.products) >= 9 and len(leaf.methods) >= 7


@pytest.mark.django_db
class TestStored:
    def test_two_runs_make_one_market_and_the_log_ins_work(self):
        out = StringIO()
        call_command("demo_market", today=TODAY, stdout=out)
        first = out.getvalue()
        assert "90 open raises" in first and people.PASSWORD in first
        count = Company.objects.count(), Deal.objects.count(), Introduction.objects.count()

        out = StringIO()
        call_command("demo_market", seed=3, today=TODAY, stdout=out)
        assert "there already" in out.getvalue()
        assert (Company.objects.count(), Deal.objects.count(), Introduction.objects.count()) == count

        told = User.objects.filter(notifications__kind="introduction_asked").values_list("email", flat=True)
        assert set(told) == set(people.ADDRESSES[:2])
        for email in people.ADDRESSES:
            assert email in first
            user = authenticate(None, email=email, password=people.PASSWORD)
            assert user and user.emailaddress_set.get().verified
        self.every_record_says_where_it_comes_from()
        self.search_finds_what_a_save_would_index()
        self.what_was_verified_says_by_whom()
        self.what_was_told_twice_waits()

    def what_was_verified_says_by_whom(self):
        administrator = User.objects.get(role=User.Role.ADMINISTRATOR)
        for rows in (Deal.objects.verified(), Listing.objects.verified()):
            assert set(rows.values_list("verified_by", flat=True)) == {administrator.pk}
        # Nobody confirms what was only reported, or what the study tells.
        both = Deal.objects.filter(company_confirmed_at__isnull=False, investor_confirmed_at__isnull=False)
        assert set(both.values_list("status", "source__code")) == {("verified", DEMONSTRATION)}
        assert 0.2 < both.count() / Deal.objects.verified().count() < 0.4
        published = Deal.objects.filter(source__code=DEMONSTRATION).exclude(source_url="")
        assert published.count() > 500
        assert all("rongqiao.example/simulated/" in url for url in published.values_list("source_url", flat=True))

    def what_was_told_twice_waits(self):
        again = set(Deal.objects.filter(source_ref__endswith="-again").values_list("pk", flat=True))
        pairs = duplicates.suspected()
        assert len(again) == len(pairs) == 6
        assert all(len({pair.first, pair.second} & again) == 1 for pair in pairs)
        # None of them is known in the study's period, or dated there.
        told = Deal.objects.filter(pk__in=again)
        assert not told.filter(announced_on__lte=calibration.LAST).exists()
        assert all("Simulated duplicate" in note for note in told.values_list("note", flat=True))

    def every_record_says_where_it_comes_from(self):
        for model in (Company, Investor, Thesis, Raise, Deal, Listing):
            rows = model.objects.all() if model is not Deal else Deal.objects.exclude(pk=self.what_one_side_says().pk)
            assert set(rows.values_list("source__code", flat=True)) <= {DEMONSTRATION, STUDY}, model
            assert not rows.filter(source_ref="").exists()
        source = Source.objects.get(code=DEMONSTRATION)
        assert source.simulated and not Source.objects.get(code=STUDY).simulated
        assert Company.objects.exclude(source=source).count() == 9
        assert Investor.objects.exclude(source=source).count() == 8
        assert Deal.objects.standing().exclude(source=source).count() == 11

    def what_one_side_says(self):
        """The founder's record, which waits for the manager, and counts nowhere."""
        deal = Deal.objects.asserted().get()
        assert not deal.source and deal.recorded_by.email == people.ADDRESSES[0]
        assert Deal.objects.to_confirm_by(User.objects.get(email=people.ADDRESSES[1])).filter(pk=deal.pk).exists()
        return deal

    def search_finds_what_a_save_would_index(self):
        for row in (*Company.objects.order_by("?")[:20], *Investor.objects.order_by("?")[:20]):
            assert row.search_text == row.index_words()

    def test_a_taken_address_leaves_nothing_behind(self):
        people._person(people.ADDRESSES[3], "a long enough secret 7", "Ada", "administrator")
        with pytest.raises(CommandError, match="in use"):
            call_command("demo_market", today=TODAY, stdout=StringIO())
        assert not Company.objects.exists() and not Source.objects.filter(code=DEMONSTRATION).exists()

    def test_codes_of_the_calibration_exist(self):
        assert set(calibration.CATEGORIES) <= set(Category.objects.values_list("code", flat=True))
        assert set(calibration.ROUNDS) <= set(Round.objects.values_list("code", flat=True))
