"""Pages of recommendations, answers to them, and the pages of runs."""

import pytest
from django.urls import reverse

from companies.models import Company, Raise
from deals.actions import accept, ask_introduction
from deals.models import Deal, Participation, Side
from investors.models import Investor
from matching import actions, reading, refreshing
from matching.models import Feedback, ModelRun, RecommendationList
from tests.conftest import make_cast
from tests.matching.markets import build

pytestmark = pytest.mark.django_db


def market():
    """The cast in a small market; security is what the cast's fund wants."""
    cast = make_cast()
    build(companies=40, investors=12, raising=8)
    # The cast's fund has one deal, so that its reasons name evidence.
    earlier = Company.objects.create(short_en="Earlier Security", region=cast.company.region)
    earlier.category_links.create(category=cast.security, is_primary=True)
    deal = Deal.objects.create(company=earlier, round_id="a", announced_on="2025-03-01", known_on="2025-03-01")
    Participation.objects.create(deal=deal, investor=cast.investor_firm)
    return cast


@pytest.fixture(scope="module")
def once(matching_once):
    with matching_once(market, windows=1, max_queries=30) as found:
        yield found


def company_url(cast):
    return reverse("matching:for_company", args=[cast.company.pk])


def investor_url(cast):
    return reverse("matching:for_investor", args=[cast.investor_firm.pk])


def test_a_founder_sees_investors_with_reasons(matched, english):
    english.force_login(matched.founder)
    page = english.get(company_url(matched)).content.decode()
    assert "Far Shore Capital" in page
    assert "1 of its 1 deals since 2025 was in Security" in page
    assert "All factors" in page


def test_an_investor_sees_companies_with_reasons(matched, english):
    english.force_login(matched.investor)
    page = english.get(investor_url(matched)).content.decode()
    assert "Panshi Security" in page
    assert "Your thesis wants Security" in page


@pytest.mark.parametrize("who", ["other_founder", "investor", "other_investor", "analyst"])
def test_strangers_do_not_see_a_company_s_list(matched, client, who):
    client.force_login(getattr(matched, who))
    assert client.get(company_url(matched)).status_code == 404


def test_a_viewer_reads_and_does_not_answer(matched, english):
    english.force_login(matched.company_viewer)
    page = english.get(company_url(matched)).content.decode()
    assert "Far Shore Capital" in page
    assert "Ask for an introduction" not in page
    answer = english.post(reverse("matching:feedback"), said(matched, "saved"))
    assert answer.status_code == 403
    assert not Feedback.objects.exists()


def said(cast, kind, side=Side.COMPANY, **fields):
    return {"company": cast.company.pk, "investor": cast.investor_firm.pk, "side": side, "kind": kind, **fields}


def test_save_pass_and_take_back(matched, english):
    english.force_login(matched.founder)
    address = reverse("matching:feedback")
    # Without JavaScript the way leads back to the entry.
    assert (
        english.post(address, said(matched, "saved")).url == company_url(matched) + f"#match-{matched.investor_firm.pk}"
    )
    assert Feedback.objects.get().kind == "saved"
    page = english.get(company_url(matched) + "?show=saved").content.decode()
    assert "Far Shore Capital" in page
    english.post(address, said(matched, "passed", reason="ticket"))
    assert Feedback.objects.get().reason == "ticket"
    assert "Far Shore Capital" not in english.get(company_url(matched)).content.decode()
    answered = english.get(company_url(matched) + "?show=answered").content.decode()
    assert "Far Shore Capital" in answered and "Amount does not fit" in answered
    english.post(address, said(matched, "none"))
    assert not Feedback.objects.exists()


def in_place(client, cast, kind, **fields) -> str:
    answer = client.post(reverse("matching:feedback"), said(cast, kind, **fields), HTTP_HX_REQUEST="true")
    assert answer.status_code == 200
    page = answer.content.decode()
    # One element takes the place of the entry, and what is pressed next has the focus.
    assert page.strip().startswith("<li") and page.count(f'id="match-{cast.investor_firm.pk}"') == 1
    assert page.count("autofocus") == 1
    return page


def test_an_answer_takes_the_place_of_the_entry(matched, english):
    english.force_login(matched.founder)
    saved = in_place(english, matched, "saved")
    assert "Noted: Saved." in saved and "Take back" in saved and "All factors" in saved
    # A saved entry can still be passed or hidden.
    assert 'value="passed"' in saved and 'value="hidden"' in saved
    passed = in_place(english, matched, "passed", reason="ticket")
    assert "Noted: Passed." in passed and "Amount does not fit" in passed and "Undo" in passed
    assert "All factors" not in passed
    back = in_place(english, matched, "none")
    assert "Your answer is taken back." in back and 'value="saved"' in back and "All factors" in back
    assert not Feedback.objects.exists()
    # Nothing is left over for the next page to say.
    assert "Noted" not in english.get(company_url(matched)).content.decode()


def test_what_is_no_longer_recommended_is_taken_back_in_a_line(matched, english):
    english.force_login(matched.founder)
    Feedback.objects.create(
        company=matched.company, investor=matched.other_investor_firm, side=Side.COMPANY, kind="hidden"
    )
    runs_list = RecommendationList.objects.get(company=matched.company)
    runs_list.items = [item for item in runs_list.items if item["id"] != matched.other_investor_firm.pk]
    runs_list.save()
    given = said(matched, "none") | {"investor": matched.other_investor_firm.pk}
    page = english.post(reverse("matching:feedback"), given, HTTP_HX_REQUEST="true").content.decode()
    assert "Northwood" in page and "Your answer is taken back." in page and "<form" not in page


def test_a_request_that_waits_takes_the_place_of_asking(matched, english):
    asked = ask_introduction(matched.founder, matched.company, matched.investor_firm, "Shall we meet?")
    for reader, address, words in (
        (matched.founder, company_url(matched), "Introduction asked for"),
        (matched.investor, investor_url(matched), "Asks to meet you: answer"),
    ):
        english.force_login(reader)
        page = english.get(address).content.decode()
        assert words in page and asked.get_absolute_url() in page
        assert f'company={matched.company.pk}&amp;investor={matched.investor_firm.pk}"' not in page
    accept(matched.investor, asked)
    assert "You are introduced" in english.get(investor_url(matched)).content.decode()


def test_a_pass_without_a_reason_says_what_is_missing(matched, english):
    english.force_login(matched.founder)
    answer = english.post(reverse("matching:feedback"), said(matched, "passed"))
    assert answer.status_code == 400
    assert "Say why you pass" in answer.content.decode()
    assert not Feedback.objects.exists()


def test_nobody_answers_for_the_other_side(matched, english):
    english.force_login(matched.founder)
    assert english.post(reverse("matching:feedback"), said(matched, "hidden", Side.INVESTOR)).status_code == 403
    assert not Feedback.objects.exists()


def test_an_answer_does_not_lead_off_the_site(matched, english):
    english.force_login(matched.founder)
    answer = english.post(reverse("matching:feedback"), said(matched, "saved", next="https://elsewhere.example/"))
    assert answer.url.startswith(company_url(matched) + "#")


def test_before_the_first_run_the_page_says_so(unmatched, english):
    english.force_login(unmatched.founder)
    assert "The first matching is still to come" in english.get(company_url(unmatched)).content.decode()


def test_without_a_raise_the_page_leads_to_one(unmatched, english):
    Raise.objects.all().delete()
    english.force_login(unmatched.founder)
    page = english.get(company_url(unmatched)).content.decode()
    assert "Say what you raise" in page
    assert reverse("companies:raise_create", args=[unmatched.company.pk]) in page


def test_a_page_that_is_behind_looks_again_by_itself(matched, english):
    english.force_login(matched.founder)
    assert "hx-trigger" not in english.get(company_url(matched)).content.decode().split('id="feed"')[1][:300]
    refreshing.ask(company_id=matched.company.pk)
    page = english.get(company_url(matched)).content.decode()
    assert "A change is being matched" in page
    assert "hx-trigger" in page.split('id="feed"')[1][:300]


def test_queries_do_not_grow_with_the_list(matched, client, django_assert_max_num_queries):
    client.force_login(matched.founder)
    client.get(company_url(matched))
    with django_assert_max_num_queries(51):
        client.get(company_url(matched))
    # Three investors more on the page ask for nothing more.
    for number in range(3):
        firm = Investor.objects.create(name_en=f"Further {number}")
        firm.theses.create().categories.add(matched.security)
    while refreshing.refresh_next():
        pass
    with django_assert_max_num_queries(51):
        client.get(company_url(matched))


def test_amounts_on_the_list_are_shown_to_whom_the_owner_allows(matched, english):
    Raise.objects.filter(company=matched.company).update(amount_audience=Raise.Audience.INTRODUCED)
    english.force_login(matched.investor)
    page = english.get(investor_url(matched)).content.decode()
    assert "amount not open to you" in page.split("Panshi Security")[1].split("</li>")[0]


def test_more_like_one_of_the_list_is_the_list_in_another_order_until_it_is_left(matched, english):
    english.force_login(matched.investor)
    usual = [entry.target for entry in english.get(investor_url(matched)).context["page"]]
    model = usual[-1]
    answer = english.get(investor_url(matched), {"like": model.pk})
    entries = list(answer.context["page"])
    listed = [entry.target for entry in entries]
    assert listed[0] == model and sorted(one.pk for one in listed) == sorted(one.pk for one in usual)
    category = model.primary_category
    like = [one.primary_category == category for one in listed]
    assert like == sorted(like, reverse=True), "those of its field first"
    assert all(entry.reasons for entry in entries), "the reasons stay"
    assert any("Both in" in reason.text for reason in entries[1].common)
    assert f"Like {model.name}:" in answer.text and 'href="?"' in answer.text.split("Back to your list")[0][-400:]
    # Whoever is not on the list orders nothing.
    assert english.get(investor_url(matched), {"like": "99999999"}).context["like"] is None
    assert english.get(investor_url(matched), {"like": "x"}).context["like"] is None


def test_a_founder_s_list_in_the_order_of_likeness_to_an_institution(matched, english):
    english.force_login(matched.founder)
    usual = [entry.target for entry in english.get(company_url(matched)).context["page"]]
    answer = english.get(company_url(matched), {"like": usual[3].pk})
    assert answer.context["page"].object_list[0].target == usual[3]
    assert f'like={usual[0].pk}"' in answer.text


def test_a_company_has_neighbours_in_the_running_model(matched, english):
    english.force_login(matched.investor)
    target = Company.objects.get(short_en="Company 20")
    page = english.get(reverse("matching:companies_like", args=[target.pk]))
    found = page.context["found"]
    assert found and all(one.reasons for one in found)
    assert found[0].party.primary_category == target.primary_category


def test_a_pass_says_before_what_it_would_change(matched, english):
    english.force_login(matched.investor)
    listed = [entry.target for entry in english.get(investor_url(matched)).context["feed"].open()]
    target = next(one for one in listed if one.short_en.startswith("Company"))
    alike = [one for one in listed if one.primary_category == target.primary_category and one != target]
    address = reverse("matching:pass_on_company", args=[matched.investor_firm.pk, target.pk])
    part = english.get(address, {"reason": "category"}, headers={"hx-request": "true"}).text
    assert alike and f"of {target.primary_category.name} on your list would move down" in part
    assert part.startswith(f"{len(alike)} compan") and alike[0].name in part
    silent = english.get(address, {"reason": "conflict"}, headers={"hx-request": "true"}).text
    assert "says nothing about others" in silent
    page = english.get(address).text
    assert "Amount does not fit" in page and "that raise at" in page
    assert Feedback.objects.count() == 0, "nothing is answered by looking"
    # What was said comes true: every one of them scores lower once the pass is matched.
    before = {entry.target.pk: entry.score for entry in reading.for_investor(matched.investor_firm).entries}
    actions.answer(matched.investor, target, matched.investor_firm, Side.INVESTOR, "passed", "category")
    while refreshing.refresh_next():
        pass
    after = {entry.target.pk: entry.score for entry in reading.for_investor(matched.investor_firm).entries}
    assert all(after[one.pk] < before[one.pk] for one in alike if one.pk in after)


def test_a_founder_hears_it_of_institutions_and_a_hidden_amount_is_not_compared(matched, english):
    english.force_login(matched.founder)
    target = next(entry.target for entry in english.get(company_url(matched)).context["feed"].open())
    address = reverse("matching:pass_on_investor", args=[matched.company.pk, target.pk])
    assert "institution" in english.get(address, {"reason": "quality"}, headers={"hx-request": "true"}).text
    english.force_login(matched.investor)
    Raise.objects.exclude(company=matched.company).update(amount_audience=Raise.Audience.INTRODUCED)
    of_company = reverse("matching:pass_on_company", args=[matched.investor_firm.pk, matched.company.pk])
    ticket = english.get(of_company, {"reason": "ticket"}, headers={"hx-request": "true"}).text
    assert "Nothing else on your list shares it" in ticket


class TestRuns:
    def test_only_administrators(self, unmatched, client):
        for who in ("founder", "investor", "analyst"):
            client.force_login(getattr(unmatched, who))
            assert client.get(reverse("matching:runs")).status_code == 403
            assert client.post(reverse("matching:runs")).status_code == 403
        assert not ModelRun.objects.exists()

    def test_an_administrator_starts_a_run_and_follows_it(self, unmatched, english, surroundings):
        english.force_login(unmatched.administrator)
        assert "No run yet" in english.get(reverse("matching:runs")).content.decode()
        answer = english.post(reverse("matching:runs"))
        run = ModelRun.objects.get()
        assert answer.url == reverse("matching:run", args=[run.pk])
        assert ("matching.tasks.train", (run.pk,)) in surroundings
        assert run.requested_by == unmatched.administrator
        page = english.get(answer.url).content.decode()
        assert "Queued" in page and "hx-trigger" in page

    def test_a_second_request_leads_to_the_run_under_way(self, unmatched, english):
        english.force_login(unmatched.administrator)
        first = english.post(reverse("matching:runs")).url
        assert english.post(reverse("matching:runs")).url == first
        assert ModelRun.objects.count() == 1
