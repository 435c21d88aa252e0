"""The weekly digest: what is in it, when it is sent, and that it is sent once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts import digests
from accounts.models import Digest
from deals import actions, pipeline
from deals.models import PipelineCard
from matching.models import ModelRun, Publication, RecommendationList
from matching.packing import Items

WEEK = date(2026, 3, 2)


@pytest.fixture
def listed(cast):
    """A published run that recommends each side of the cast to the other."""
    run = ModelRun.objects.create(as_of="2026-01-01", status="published", finished_at=timezone.now())
    Publication.objects.create(run=run)

    def fill(*ids):
        row, _new = RecommendationList.objects.get_or_create(run=run, company=cast.company)
        row.fill(
            Items.of_dicts(
                {"id": pk, "score": -float(at), "factors": {"base": -float(at)}} for at, pk in enumerate(ids)
            ),
            50,
        )
        row.save()

    fill(cast.investor_firm.pk)
    return fill


def test_it_is_due_on_the_morning_of_a_monday_where_the_reader_is(cast):
    def readers(hour, day=2):
        return {pk for pk, _week in digests.due(datetime(2026, 3, day, hour, 12, tzinfo=UTC))}

    cast.founder.time_zone = "America/New_York"
    cast.founder.save()
    assert cast.founder.pk not in readers(0) and cast.investor.pk in readers(0)
    assert readers(14) == {cast.founder.pk}
    assert readers(2, day=3) == set()
    cast.investor.mute("digest", "mail")
    assert cast.investor.pk not in readers(0)
    Digest.objects.create(user=cast.analyst, week=WEEK)
    assert cast.analyst.pk not in readers(0)


def test_only_what_changed_is_in_it_and_a_week_without_news_is_silent(cast, listed):
    actions.ask_introduction(cast.investor, cast.company, cast.investor_firm, "Shall we meet?")
    cast.founder.language = "en"
    cast.founder.save()
    assert digests.send(cast.founder.pk, WEEK)
    (sent,) = mail.outbox
    assert sent.subject == "Your week on Rongqiao: 2 pieces of news"
    assert "Far Shore Capital would like to meet Panshi Security; answer by" in sent.body
    assert "New among the investors for Panshi Security\n· Far Shore Capital" in sent.body
    assert "List-Unsubscribe" in sent.extra_headers
    # A week later all of it is known.
    assert not digests.send(cast.founder.pk, WEEK + timedelta(7))
    assert Digest.objects.get(week=WEEK + timedelta(7)).lines == 0
    listed(cast.investor_firm.pk, cast.other_investor_firm.pk)
    assert digests.send(cast.founder.pk, WEEK + timedelta(14))
    assert "Northwood Ventures" in mail.outbox[-1].body and "Far Shore" not in mail.outbox[-1].body
    assert len(mail.outbox) == 2


def test_the_pipeline_tells_what_is_due_and_what_stands_still_once(cast):
    cast.investor.language = "en"
    cast.investor.save()
    card, _made = pipeline.add(cast.investor, cast.investor_firm, cast.other_company)
    still, _made = pipeline.add(cast.investor, cast.investor_firm, cast.company)
    PipelineCard.objects.update(moved_at=timezone.now() - timedelta(days=40))
    pipeline.add_task(cast.investor, card, "Call them", timezone.localdate() + timedelta(3), cast.investor)
    pipeline.add_task(cast.investor, card, "Later", timezone.localdate() + timedelta(30))
    pipeline.add_task(cast.investor, card, "For Ian", timezone.localdate(), cast.investor_viewer)
    assert digests.send(cast.investor.pk, WEEK)
    (sent,) = mail.outbox
    assert "To do in the pipeline of Far Shore Capital\n· Yunfan Robotics: Call them, by" in sent.body
    assert "Stands still in the pipeline of Far Shore Capital\n· Panshi Security: Reviewing since" in sent.body
    assert "Later" not in sent.body and "For Ian" not in sent.body
    # What is due is told again; what stands still is not.
    assert digests.send(cast.investor.pk, WEEK + timedelta(7))
    assert "Call them" in mail.outbox[-1].body and "Stands still" not in mail.outbox[-1].body
    pipeline.move(cast.investor, still, "meeting", still.version)
    PipelineCard.objects.update(moved_at=timezone.now() - timedelta(days=40))
    assert digests.send(cast.investor.pk, WEEK + timedelta(14))
    assert "Panshi Security: Meeting since" in mail.outbox[-1].body
    # A viewer is to do nothing, and what an institution does is nobody else's.
    assert not digests.send(cast.investor_viewer.pk, WEEK)
    assert not digests.send(cast.founder.pk, WEEK)


def test_nobody_who_has_no_news_gets_one(cast):
    assert not digests.send(cast.analyst.pk, WEEK)
    assert mail.outbox == []


def test_a_mail_server_that_was_away_is_tried_again(cast, listed, monkeypatch):
    def away(*arguments):
        raise OSError("away")

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMultiAlternatives.send", away)
        with pytest.raises(OSError):
            digests.send(cast.founder.pk, WEEK)
    assert digests.send(cast.founder.pk, WEEK)
    assert "磐石工控安全" in mail.outbox[0].body


def test_two_workers_send_it_once(at_once, cast, listed):
    def go(start):
        start()
        return digests.send(cast.founder.pk, WEEK)

    assert sorted(at_once(*[go] * 8)) == [False] * 7 + [True]
    assert len(mail.outbox) == 1
