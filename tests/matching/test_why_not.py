"""How any pair matches: the same as the list says of those on it, and what forbids the others, as far as one may know."""

import re

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from companies.models import Company, Raise
from deals.models import Deal, Participation, Side
from investors.models import Investor, Thesis
from matching import actions, advice, bars, edits, reading, refreshing, runs, why_not
from matching.models import Feedback, ModelRun, Publication, RecommendationList
from taxonomy.models import Category, Region
from tests.conftest import make_cast
from tests.matching.markets import build

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def market():
    """The cast in a small market."""
    cast = make_cast()
    build(companies=40, investors=12, raising=8)
    Thesis.objects.get(investor__name_en="Fund 0").regions.add(Region.objects.get(code="CN-JS"))
    return cast


@pytest.fixture(scope="module")
def once(matching_once):
    with matching_once(market, length=5, windows=1, max_queries=30) as found:
        yield found


def refreshed():
    while refreshing.refresh_next():
        pass


def codes(pair: why_not.Pair) -> list[str]:
    return [bar.code for bar in pair.bars]


def for_company(cast) -> str:
    return reverse("matching:investor_for_company", args=[cast.company.pk, cast.investor_firm.pk])


def for_investor(cast) -> str:
    return reverse("matching:company_for_investor", args=[cast.investor_firm.pk, cast.company.pk])


def main(response) -> str:
    assert response.status_code == 200
    text = re.sub(r"<[^>]+>", " ", response.content.decode().split("<main")[1].split("</main>")[0])
    return re.sub(r"\s+", " ", text)


def checked(pair: why_not.Pair, listed: list[reading.Entry]) -> why_not.Pair:
    """`pair` as its list has it, or below all that is on it; its comparison adds up."""
    assert not pair.bars
    assert pair.entry.score == pytest.approx(sum(pair.entry.factors.values()), abs=1e-9)
    assert {reason.factor for reason in pair.entry.reasons} == set(pair.entry.factors) >= {"ticket", "text"}
    if entry := next((entry for entry in listed if entry.target == pair.target), None):
        assert (pair.standing, pair.entry.rank) == (why_not.LISTED, entry.rank)
        assert {name: value for name, value in pair.entry.factors.items() if value} == entry.factors
        assert pair.entry.score == entry.score
        other = listed[0]
    else:
        assert (pair.standing, pair.entry.rank) == (why_not.OUTSIDE, 0)
        other = listed[-1]
        assert pair.entry.score <= other.score
    if pair.entry.rank == 1:
        assert pair.comparison is None
        return pair
    beside = pair.comparison
    assert (beside.other.target, beside.is_last) == (other.target, not entry)
    lacking = pair.entry.score - other.score
    values = [one.value for one in beside.differences]
    assert sum(values) == pytest.approx(lacking, abs=1e-9)
    # Two may be level, and lack nothing of each other.
    assert (beside.short.value if beside.short else 0) == min([0, *values]) <= lacking / len(pair.entry.factors)
    return pair


def test_a_pair_says_what_the_list_says_and_ranks_what_is_not_on_it(matched, monkeypatch):
    # What could be stated has tests of its own, and is what takes time.
    monkeypatch.setattr(advice, "for_pair", lambda *given: [])
    company = Company.objects.get(short_en="Company 0")
    listed = reading.for_company(company).entries
    pairs = [
        checked(why_not.look(company, firm), listed) for firm in Investor.objects.filter(name_en__startswith="Fund")
    ]
    assert sorted(pair.entry.rank for pair in pairs if pair.entry.rank) == [1, 2, 3, 4, 5] and len(pairs) == 12
    pairs.append(why_not.look(company, matched.investor_firm))
    best_first = sorted(pairs, key=lambda pair: (-pair.entry.score, pair.target.pk))
    places = [why_not.Place(rank, 13) for rank in range(6, 14)]
    assert [pair.place for pair in best_first] == [*[None] * 5, *places]
    investor = Investor.objects.get(name_en="Fund 0")
    listed = reading.for_investor(investor).entries
    raising = Company.objects.filter(raises__isnull=False)
    pairs = [checked(why_not.look(investor, one), listed) for one in raising]
    assert sorted(pair.entry.rank for pair in pairs if pair.entry.rank) == [1, 2, 3, 4, 5] and len(pairs) == 9


def test_the_rank_outside_the_list_counts_what_is_so_now(matched, english, monkeypatch):
    """One that is passed is not counted; among very many investors the rank is not told, nor ever one of companies."""
    monkeypatch.setattr(advice, "for_pair", lambda *given: [])
    company = Company.objects.get(short_en="Company 0")
    firms = Investor.objects.filter(name_en__startswith="Fund")
    pairs = sorted((why_not.look(company, firm) for firm in firms), key=lambda pair: -pair.entry.score)
    (last, before), first = (pairs[-1], pairs[-2]), pairs[0]
    actions.answer(None, company, before.target, Side.COMPANY, "passed", "known")
    place = why_not.look(company, last.target).place
    assert (place.rank, place.of) == (last.place.rank - 1, last.place.of - 1)
    english.force_login(matched.administrator)
    address = reverse("matching:investor_for_company", args=[company.pk, last.target.pk])
    assert f"comes about {place.rank} of the {place.of} that could be recommended" in main(english.get(address))
    assert "could be recommended" not in main(
        english.get(reverse("matching:investor_for_company", args=[company.pk, first.target.pk]))
    )
    english.cookies["language"] = "zh-hans"
    assert f"在可推荐给您的 {place.of} 家机构中约排第 {place.rank} 位" in main(english.get(address))
    monkeypatch.setattr(why_not, "MOST_RANKED", 12)
    assert why_not.look(company, last.target).place is None
    investor = Investor.objects.get(name_en="Fund 0")
    outside = [why_not.look(investor, one) for one in Company.objects.filter(raises__isnull=False)]
    assert {pair.place for pair in outside} == {None} and why_not.OUTSIDE in {pair.standing for pair in outside}


def test_a_change_counts_before_the_list_knows_of_it(matched):
    before = why_not.look(matched.company, matched.investor_firm).entry.factors["thesis"]
    matched.thesis.rounds.set(["b"])
    newcomer = Investor.objects.create(name_en="Newcomer")
    newcomer.theses.create().categories.add(matched.security)
    # A deal with a third one makes that one's companies speak for others.
    third = Investor.objects.get(name_en="Fund 0")
    deal = Deal.objects.create(
        company=matched.company, round_id="angel", announced_on="2025-03-01", known_on="2025-03-01"
    )
    Participation.objects.create(deal=deal, investor=third)
    pair = why_not.look(matched.company, matched.investor_firm)
    assert pair.entry.factors["thesis"] < before
    due = why_not.look(matched.company, newcomer)
    assert (due.standing, due.entry.rank) == (why_not.DUE, 0) and due.entry.factors["thesis"] > 0
    friend = Investor.objects.get(name_en="Fund 7")
    ahead = why_not.look(matched.company, friend).entry
    assert codes(why_not.look(matched.company, third)) == [bars.INVESTED]
    refreshed()
    for target, said in ((newcomer, due.entry), (friend, ahead)):
        pair = why_not.look(matched.company, target)
        assert (pair.standing, pair.entry.factors) == (why_not.LISTED, said.factors)
        checked(pair, reading.for_company(matched.company).entries)


def test_what_was_only_answered_about_is_read_as_it_is_now(matched, monkeypatch):
    """The security company that the institution saved, of which no list speaks, has moved to another business since."""
    monkeypatch.setattr(advice, "for_pair", lambda *given: [])
    saved = Company.objects.create(short_en="Saved")
    saved.category_links.create(category=matched.security, is_primary=True)
    Feedback.objects.create(company=saved, investor=matched.investor_firm, side=Side.INVESTOR, kind="saved")
    matched.investor_firm.save()
    refreshed()
    runs.finish_inline(runs.request().pk)
    before = why_not.look(matched.company, matched.investor_firm).entry.factors["answers"]
    saved.category_links.update(category=Category.objects.offered().roots().exclude(pk=matched.security.pk).first())
    saved.save()
    pair = why_not.look(matched.company, matched.investor_firm)
    assert pair.entry.factors["answers"] < before
    matched.company.save()
    refreshed()
    checked(why_not.look(matched.company, matched.investor_firm), reading.for_company(matched.company).entries)


def test_what_forbids_a_pair_that_both_may_know(matched, english):
    company, investor = matched.company, matched.investor_firm
    # Neither thesis nor deal.
    assert codes(why_not.look(company, matched.other_investor_firm)) == [bars.NO_RECORD]
    (bar,) = why_not.look(matched.other_investor_firm, company).bars
    assert bar.code == bars.NO_RECORD
    assert bar.url == reverse("investors:thesis_create", args=[matched.other_investor_firm.pk])
    # No raise.
    assert codes(why_not.look(matched.other_company, investor)) == [bars.NO_RAISE]
    assert codes(why_not.look(investor, matched.other_company)) == [bars.NO_RAISE]
    # Not published; an administrator sees both sides of it.
    Company.objects.filter(pk=company.pk).update(is_published=False)
    company.refresh_from_db()
    assert codes(why_not.look(company, investor)) == [bars.OWN_UNPUBLISHED]
    assert codes(why_not.look(investor, company)) == [bars.UNPUBLISHED]
    english.force_login(matched.administrator)
    assert "is not published" in main(english.get(for_investor(matched)))
    Company.objects.filter(pk=company.pk).update(is_published=True)
    company.refresh_from_db()
    # Invested already.
    deal = Deal.objects.create(company=company, round_id="a", announced_on="2025-03-01", known_on="2025-03-01")
    Participation.objects.create(deal=deal, investor=investor)
    for one, other in ((company, investor), (investor, company)):
        pair = why_not.look(one, other)
        assert codes(pair) == [bars.INVESTED] and pair.bars[0].url == deal.get_absolute_url()
        assert pair.entry is None and not pair.advice


def test_an_exclusion_is_named_to_the_institution_only(matched, english):
    root = Category.objects.get(scheme=matched.security.scheme, path=matched.security.path.split("/")[0])
    matched.thesis.excluded.add(root)
    pair = why_not.look(matched.company, matched.investor_firm)
    assert codes(pair) == [bars.EXCLUDED] and pair.standing == why_not.BARRED and not pair.entry.rank
    assert not pair.advice
    english.force_login(matched.founder)
    page = main(english.get(for_company(matched)))
    assert "Its stated exclusions rule this out." in page and "Without that, the score would be" in page
    assert root.name_en not in page.split("matches")[1].split("Without that")[0]
    assert "Ask for an introduction" not in page
    english.force_login(matched.investor)
    page = english.get(for_investor(matched))
    assert f"Your thesis “工业安全早期” excludes {root.name_en}." in main(page)
    assert reverse("investors:thesis_edit", args=[matched.thesis.pk]) in page.text
    # A viewer of the institution is not led to a form.
    english.force_login(matched.investor_viewer)
    assert reverse("investors:thesis_edit", args=[matched.thesis.pk]) not in english.get(for_investor(matched)).text


@pytest.mark.parametrize("kind", [Feedback.Kind.PASSED, Feedback.Kind.HIDDEN])
def test_an_answer_is_told_to_the_side_that_gave_it_and_to_no_other(matched, english, kind):
    reason = "quality" if kind == Feedback.Kind.PASSED else ""
    answer = {"company": matched.company, "investor": matched.investor_firm, "kind": kind, "reason": reason}
    Feedback.objects.create(**answer, side=Side.INVESTOR)
    english.force_login(matched.founder)
    page = main(english.get(for_company(matched)))
    assert "It is not recommended at present." in page
    # Nothing from which the answer could be read: no score, no place, no factors.
    assert not re.search("passed|hidden|score|All factors|number|Ask for", page.split("It is not")[1])
    assert why_not.look(matched.company, matched.investor_firm).entry is None
    english.force_login(matched.investor)
    page = english.get(for_investor(matched))
    assert f"You have {kind} it" in main(page) and "Without that, the score would be" in main(page)
    assert reverse("matching:for_investor", args=[matched.investor_firm.pk]) + "?show=answered" in page.text
    # Said by both, each reads of its own.
    Feedback.objects.create(**answer, side=Side.COMPANY)
    assert codes(why_not.look(matched.company, matched.investor_firm)) == [kind]


def test_before_the_first_run_and_with_a_model_that_cannot_be_opened(unmatched, client):
    client.force_login(unmatched.founder)
    assert codes(why_not.look(unmatched.company, unmatched.investor_firm)) == [bars.NO_RUN]
    assert "首次运行之前没有得分" in main(client.get(for_company(unmatched)))
    assert "还没有可供衡量的列表" in main(
        client.get(reverse("matching:advice_for_company", args=[unmatched.company.pk]))
    )
    run = ModelRun.objects.create(as_of="2026-01-01", status=ModelRun.Status.PUBLISHED, artefact="models/gone.model")
    Publication.objects.create(run=run)
    item = {"id": unmatched.investor_firm.pk, "score": 1.0, "factors": {"base": 1.0}}
    RecommendationList.objects.create(run=run, company=unmatched.company, items=[item])
    assert not default_storage.exists(run.artefact)
    assert "模型目前无法打开" in main(client.get(for_company(unmatched)))
    ModelRun.objects.update(artefact="")
    assert "模型目前无法打开" in main(client.get(for_company(unmatched)))
    assert "还没有可供衡量的列表" in main(
        client.get(reverse("matching:advice_for_company", args=[unmatched.company.pk]))
    )


def test_what_one_leaves_open_leads_to_its_field(matched, english):
    Raise.objects.filter(company=matched.company).update(amount_low=None, amount_high=None)
    Raise.objects.get(company=matched.company).save()
    second = Thesis.objects.create(investor=matched.investor_firm, title="Second")
    second.categories.add(matched.security)
    refreshed()
    for subject, target, user, line, expected in (
        (matched.company, matched.investor_firm, matched.founder, "advice_for_company",
         {edits.AMOUNT, edits.KEYWORDS, edits.FOUNDED_ON, edits.TEXT, edits.CATEGORIES}),
        (matched.investor_firm, matched.company, matched.investor, "advice_for_investor",
         {edits.ROUNDS, edits.TICKET, edits.REGIONS, edits.KEYWORDS, edits.TEXT}),
    ):  # fmt: skip
        english.force_login(user)
        pair = why_not.look(subject, target)
        found = {one.field for one in pair.advice}
        assert found == expected
        gains = [one.gain for one in pair.advice if one.gain is not None]
        assert gains and gains == sorted(gains, reverse=True)
        # Of what no one in this market states nothing can be said.
        assert {one.gain for one in pair.advice if one.field == edits.KEYWORDS} == {None}
        forms = {form: english.get(form).text for form in {one.url.partition("#")[0] for one in pair.advice}}
        for one in pair.advice:
            form, _, anchor = one.url.partition("#")
            assert f'id="{anchor}"' in forms[form]
        feed = reading.for_company(subject) if subject == matched.company else reading.for_investor(subject)
        of_list = advice.for_list(feed)
        assert {one.field for one in of_list} == found
        page = main(english.get(reverse(f"matching:{line}", args=[subject.pk])))
        for one in of_list:
            assert str(one.name) in page
        if subject == matched.investor_firm:
            assert {one.thesis for one in pair.advice} == {"工业安全早期", "Second"}
    assert edits.AMOUNT in {one.field for one in why_not.look(matched.company, matched.investor_firm).advice}


def test_the_gain_of_a_pair_is_what_its_score_becomes(matched):
    """Through the product: all raises of this market ask for the same, and that is what stating it brings."""
    asked = Raise.objects.get(company=matched.company)
    asked.amount_low = asked.amount_high = None
    asked.save()
    pair = why_not.look(matched.company, matched.investor_firm)
    assert {"unknown_amount", "no_record"} <= {sentence.code for sentence in pair.told["unknown"]}
    (said,) = [one for one in pair.advice if one.field == edits.AMOUNT]
    asked.amount_low, asked.amount_high = 5_000_000, 20_000_000
    asked.save()
    after = why_not.look(matched.company, matched.investor_firm)
    assert after.entry.score - pair.entry.score == pytest.approx(said.gain, abs=2e-5)
    assert abs(said.gain) > 1e-3
    assert edits.AMOUNT not in {one.field for one in after.advice}


def test_the_line_on_the_list(matched, english, monkeypatch):
    address = reverse("matching:advice_for_company", args=[matched.company.pk])
    english.force_login(matched.founder)
    page = english.get(reverse("matching:for_company", args=[matched.company.pk])).text
    assert f'hx-get="{address}" hx-trigger="load"' in page and f'href="{address}"' in page
    first = [edits.Edit(edits.CITY, *2 * [np.array([0.25])], 3)]
    asked = []
    monkeypatch.setattr(edits, "company_edits", lambda *given: asked.append(given) or first)
    line = english.get(address, HTTP_HX_REQUEST="true").text
    assert "What would help most: stating your city (+0.25 on average for the top 5 of your list)." in line
    assert f"{reverse('companies:edit', args=[matched.company.pk])}#id_city" in line
    # The model is asked once, until the list changes.
    english.get(address, HTTP_HX_REQUEST="true")
    assert len(asked) == 1
    matched.company.save()
    refreshed()
    first[:] = [edits.Edit(edits.CITY, *2 * [-first[0].gains], 3)]
    assert "Nothing that you leave open would raise your list" in english.get(address, HTTP_HX_REQUEST="true").text
    first.clear()
    matched.company.save()
    refreshed()
    assert "Nothing is missing" in english.get(address, HTTP_HX_REQUEST="true").text
    assert "State it" not in english.get(address).text


def test_looking_up_by_name(unmatched, english):
    for number in (11, 1, 10):
        Investor.objects.create(name_en=f"Fonds {number}")
    english.force_login(unmatched.founder)
    address = reverse("matching:look_up_investor", args=[unmatched.company.pk])
    assert english.get(address + "?q=远岸").url == for_company(unmatched)
    assert "No institution of this name" in main(english.get(address + "?q=nowhere"))
    page = english.get(address + "?q=fonds 1").text
    # An exact name comes first.
    assert re.findall(r">(Fonds \d+)<", page) == ["Fonds 1", "Fonds 11", "Fonds 10"]
    hidden = Investor.objects.get(name_en="Fonds 10")
    Investor.objects.filter(pk=hidden.pk).update(is_published=False)
    part = english.get(address + "?q=fonds 1", HTTP_HX_REQUEST="true").text
    assert part.startswith("<section") and re.findall(r">(Fonds \d+)<", part) == ["Fonds 1", "Fonds 11"]
    pair = reverse("matching:investor_for_company", args=[unmatched.company.pk, hidden.pk])
    assert english.get(pair).status_code == 404
    english.force_login(unmatched.investor)
    address = reverse("matching:look_up_company", args=[unmatched.investor_firm.pk])
    assert english.get(address + "?q=Panshi").url == for_investor(unmatched)
    # It raises nothing.
    assert "No company of this name raises" in main(english.get(address + "?q=Yunfan"))


def test_the_page_of_either_leads_to_the_pair(unmatched, english):
    english.force_login(unmatched.founder)
    assert for_company(unmatched) in english.get(unmatched.investor_firm.get_absolute_url()).text
    assert "How you match" not in english.get(unmatched.company.get_absolute_url()).text
    english.force_login(unmatched.investor)
    assert for_investor(unmatched) in english.get(unmatched.company.get_absolute_url()).text
    # It raises nothing.
    assert "How you match" not in english.get(unmatched.other_company.get_absolute_url()).text


def test_the_page_of_a_pair(matched, english, django_assert_max_num_queries):
    """Names are escaped once, and the whole costs so many queries, whatever the market."""
    first = reading.for_company(matched.company).entries[0].target
    Investor.objects.filter(pk=first.pk).update(name_en="Böse & <b>Söhne</b>")
    english.force_login(matched.founder)
    target = reading.for_company(matched.company).entries[1].target
    address = reverse("matching:investor_for_company", args=[matched.company.pk, target.pk])
    assert "The first on your list is Böse &amp; &lt;b&gt;Söhne&lt;/b&gt; with" in english.get(address).text
    with django_assert_max_num_queries(85):
        english.get(address)


def test_an_amount_is_told_to_whom_its_owner_allows(matched, english):
    Thesis.objects.filter(pk=matched.thesis.pk).update(ticket_low=50_000_000, ticket_high=None)
    english.force_login(matched.investor)
    assert "The amount asked (CNY 10–20 million) is smaller than the ticket" in main(english.get(for_investor(matched)))
    Raise.objects.filter(company=matched.company).update(amount_audience=Raise.Audience.INTRODUCED)
    page = main(english.get(for_investor(matched)))
    assert "The amount asked is not shown" in page and not re.search("10–20|smaller than", page)
