"""Board, table and card: what is shown, what a form keeps, where a move leads."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from companies.models import Company
from deals import actions, pipeline
from deals.models import Deal, PipelineCard, Stage

HTMX = {"HX-Request": "true", "HX-Target": "board"}


@pytest.fixture
def desk(client, cast):
    """The investor's browser, in English."""
    cast.investor.language = "en"
    cast.investor.save()
    client.force_login(cast.investor)
    return client


@pytest.fixture
def card(cast):
    return pipeline.add(cast.investor, cast.investor_firm, cast.other_company)[0]


def act(client, card, what, **data):
    return client.post(reverse(f"deals:pipeline_{what}", args=[card.pk]), data)


def board_of(cast):
    return reverse("deals:pipeline", args=[cast.investor_firm.pk])


def test_an_empty_board_says_how_companies_get_here(desk, cast):
    shown = desk.get(board_of(cast)).content.decode()
    assert "No company in the pipeline yet" in shown
    assert reverse("matching:for_investor", args=[cast.investor_firm.pk]) in shown


def test_a_company_is_added_from_its_page_by_name_and_from_the_table_of_recommendations(desk, cast):
    page = desk.get(cast.other_company.get_absolute_url()).content.decode()
    add = reverse("deals:pipeline_add", args=[cast.investor_firm.pk])
    assert add in page and "Add to pipeline" in page
    back = desk.post(add, {"company": f"#{cast.other_company.pk}", "stage": "reviewing", "next": "/home/#x"})
    assert back.headers["Location"] == "/home/#x"
    page = desk.get(cast.other_company.get_absolute_url()).content.decode()
    assert "Reviewing" in page and add not in page
    # Again, by name: it leads to the card that is there. An address elsewhere is no way back.
    again = desk.post(add, {"company": "Yunfan Robotics", "stage": "meeting", "next": "https://example.org/"})
    card = PipelineCard.objects.get()
    assert (again.headers["Location"], card.stage) == (card.get_absolute_url(), "reviewing")
    wrong = desk.post(add, {"company": "Nobody", "stage": "invested"})
    assert wrong.status_code == 400 and "Nobody of this name" in wrong.content.decode()


def test_a_viewer_reads_and_sees_no_form(client, cast, card):
    pipeline.write_note(cast.investor, card, "A good talk.")
    client.force_login(cast.investor_viewer)
    for path in (board_of(cast), card.get_absolute_url()):
        shown = client.get(path).content.decode()
        assert "move-panel" not in shown and 'draggable="true"' not in shown and "/move/" not in shown
    assert "A good talk." in shown


def test_passing_from_the_board_without_a_reason_keeps_the_choice_and_says_what_is_missing(desk, card):
    refused = act(desk, card, "move", stage="passed", version=card.version, back="board")
    shown = refused.content.decode()
    assert refused.status_code == 400
    assert "Say why you pass" in shown and '<option value="passed" selected>' in shown
    done = act(desk, card, "move", stage="passed", version=card.version, back="board", reason="place")
    assert done.status_code == 302
    card.refresh_from_db()
    assert (card.stage, card.pass_reason) == ("passed", "place")


def test_a_move_by_script_brings_the_board_and_an_undo(desk, cast, card):
    path = reverse("deals:pipeline_move", args=[card.pk])
    answer = desk.post(path, {"stage": "passed", "version": 1, "back": "board", "reason": "place"}, headers=HTMX)
    shown = answer.content.decode()
    assert shown.lstrip().startswith('<div id="board"') and "Undo" in shown
    assert "Yunfan Robotics: Passed." in shown
    undone = desk.post(
        reverse("deals:pipeline_undo", args=[card.pk]), {"version": card.version + 1, "back": "board"}, headers=HTMX
    )
    assert "Yunfan Robotics: Reviewing." in undone.content.decode()
    # What a colleague changed meanwhile is told beside the card, in an answer that is swapped in.
    late = desk.post(path, {"stage": "terms", "version": 1, "back": "board"}, headers=HTMX)
    shown = late.content.decode()
    assert late.status_code == 200 and "A colleague changed this card" in shown
    assert '<option value="terms" selected>' in shown and 'name="version" value="3"' in shown


def test_invested_leads_to_the_record_of_the_deal_filled_in(desk, cast, card):
    answer = act(desk, card, "move", stage="invested", version=card.version)
    record = answer.headers["Location"]
    form = desk.get(record).content.decode()
    assert "Yunfan Robotics #" in form and "Far Shore Capital #" in form
    assert f'href="{card.get_absolute_url()}"' in form, "it leads back to the card"
    # With an introduction, the deal comes out of it; with a deal, there is nothing to record.
    asked = actions.ask_introduction(cast.founder, cast.company, cast.investor_firm, "Hello")
    actions.accept(cast.investor, asked)
    met = PipelineCard.objects.get(company=cast.company)
    answer = act(desk, met, "move", stage="invested", version=met.version)
    assert answer.headers["Location"] == f"{reverse('deals:record')}?introduction={asked.pk}&card={met.pk}"
    shown = desk.get(met.get_absolute_url()).content.decode()
    assert "Record the deal" in shown
    typed = {
        "company": "云帆机器人", "kind": "venture", "round": "a", "announced": "2026-05", "amount": "未披露", "currency": "CNY",
        "amount_audience": "parties", "part-0-investor": "远岸资本", "part-TOTAL_FORMS": "1", "part-INITIAL_FORMS": "0",
    }  # fmt: skip
    recorded = desk.post(record, typed)
    assert recorded.headers["Location"] == card.get_absolute_url()
    assert Deal.objects.get().get_absolute_url() in desk.get(card.get_absolute_url()).content.decode()


def test_a_card_in_another_institution_s_pipeline_is_no_way_back(client, cast, card):
    client.force_login(cast.other_investor)
    assert client.get(reverse("deals:record"), {"card": card.pk}).status_code == 404


def test_the_menu_of_a_card_offers_the_stages_where_it_does_not_stand(desk, cast, card):
    for stage, following in [("reviewing", "meeting"), ("terms", "invested"), ("invested", "reviewing")]:
        PipelineCard.objects.update(stage=stage)
        for path in (board_of(cast), card.get_absolute_url()):
            menu = desk.get(path).content.decode().partition('name="stage"')[2].partition("</select>")[0]
            assert f'value="{stage}"' not in menu and menu.count("<option") == 6
            assert f'<option value="{following}" selected>' in menu


def test_what_was_typed_is_kept_when_a_colleague_was_faster(desk, cast, card):
    pipeline.edit(cast.investor, card, 1, None, "Visit the plant", None)
    late = act(desk, card, "edit", version=1, next_step="Call the founder", next_step_on="2026-05-04")
    shown = late.content.decode()
    assert late.status_code == 409
    assert "Call the founder" in shown and "2026-05-04" in shown and "Visit the plant" in shown
    card.refresh_from_db()
    assert card.next_step == "Visit the plant"
    # Sent once more, knowing how it stands, it is written.
    assert 'name="version" value="2"' in shown
    assert act(desk, card, "edit", version=2, next_step="Call the founder").status_code == 302
    late = act(desk, card, "move", version=1, stage="passed", reason="place")
    shown = late.content.decode()
    assert late.status_code == 409
    assert '<option value="passed" selected>' in shown and '<option value="place" selected>' in shown


def test_notes_and_tasks_are_written_and_refused_with_what_was_typed(desk, cast, card):
    assert act(desk, card, "note", text="They have <b>six</b> customers.").status_code == 302
    assert act(desk, card, "task", text="Ask for the accounts", due_on="2020-01-01").status_code == 302
    shown = desk.get(card.get_absolute_url()).content.decode()
    assert "They have &lt;b&gt;six&lt;/b&gt; customers." in shown
    assert "Ask for the accounts" in shown and "overdue" in shown
    assert act(desk, card, "note", text=" ").status_code == 400
    refused = act(desk, card, "task", text="Call", due_on="soon")
    assert refused.status_code == 400 and 'value="Call"' in refused.content.decode()
    # Who is no colleague cannot be chosen.
    assert act(desk, card, "task", text="Call", assignee=cast.founder.pk).status_code == 400
    assert act(desk, card, "edit", version=1, owner=cast.founder.pk).status_code == 400
    assert act(desk, card.tasks.get(), "tick", done="1").status_code == 302
    assert card.tasks.get().done_by == cast.investor
    assert act(desk, card, "remove").status_code == 302
    assert not PipelineCard.objects.exists()


def test_the_table_is_narrowed_and_sorted(desk, cast, card):
    other, _made = pipeline.add(cast.investor, cast.investor_firm, cast.company, Stage.INTRODUCED)
    other.owner = None
    other.save()
    cast.other_company.refresh_search_text()
    pipeline.edit(cast.investor, card, card.version, cast.investor, "Call", timezone.localdate() - timedelta(1))

    def rows(query):
        page = desk.get(reverse("deals:pipeline_table", args=[cast.investor_firm.pk]) + query)
        return [row.pk for row in page.context["page"]]

    assert rows("") == rows("?sort=stage") == [other.pk, card.pk]
    assert rows("?sort=due") == [card.pk, other.pk]
    assert rows("?sort=name") == [other.pk, card.pk], "panshi before yunfan"
    cast.company.short_zh, cast.company.short_en = "中山机电", "Zhongshan"
    cast.company.save()
    assert rows("?sort=name") == [card.pk, other.pk]
    assert rows("?stage=introduced") == rows("?owner=null") == [other.pk]
    assert rows("?overdue=true") == rows(f"?owner={cast.investor.pk}") == rows("?q=机器人") == [card.pk]
    assert rows("?stage=nowhere") == rows(f"?owner={cast.founder.pk}") == []


def test_home_says_what_to_do_next(desk, cast, card):
    assert "What to do next" not in desk.get(reverse("home")).content.decode()
    pipeline.add_task(cast.investor, card, "Read the accounts", timezone.localdate())
    shown = desk.get(reverse("home")).content.decode()
    assert "What to do next" in shown and "Read the accounts" in shown and board_of(cast) in shown


def test_more_cards_cost_no_more_queries(desk, cast, card, django_assert_num_queries):
    paths = (board_of(cast), reverse("deals:pipeline_table", args=[cast.investor_firm.pk]))
    with django_assert_num_queries(33) as few:
        for path in paths:
            desk.get(path)
    for number in range(8):
        company = Company.objects.create(short_en=f"Company {number}")
        pipeline.add(cast.investor, cast.investor_firm, company)
    with django_assert_num_queries(len(few)):
        for path in paths:
            desk.get(path)
