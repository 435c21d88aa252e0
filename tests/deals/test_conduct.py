"""Keeping others away, and reporting them."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.errors import ActionError, TooLate
from accounts.models import Notification
from deals import actions, conduct
from deals.models import Block, Introduction, Report
from matching import datasets
from matching.models import Refresh
from taxonomy.dates import date


def blocked_pairs() -> set:
    return set(datasets.load(date(2100, 1, 1)).blocks.itertuples(index=False, name=None))


def test_a_block_closes_what_waits_and_lets_nothing_new_begin(cast, asked):
    Refresh.objects.all().delete()
    row = conduct.block(cast.investor, cast.company, cast.investor_firm)
    asked.refresh_from_db()
    assert asked.status == Introduction.Status.DECLINED
    assert not Notification.objects.filter(user=cast.founder).exclude(kind="introduction_declined").exists()
    for user in (cast.founder, cast.investor):
        with pytest.raises(ActionError) as refused:
            actions.ask_introduction(user, cast.company, cast.investor_firm, "Hello")
        assert refused.value.code == "blocked"
    # Neither is recommended to the other, and both are matched again.
    assert (cast.company.pk, cast.investor_firm.pk) in blocked_pairs()
    assert Refresh.objects.filter(company=cast.company).exists()
    assert Refresh.objects.filter(investor=cast.investor_firm).exists()
    with pytest.raises(PermissionDenied):
        conduct.unblock(cast.founder, row)
    conduct.unblock(cast.investor, row)
    assert (cast.company.pk, cast.investor_firm.pk) not in blocked_pairs()
    assert actions.ask_introduction(cast.founder, cast.company, cast.investor_firm, "Hello").is_waiting


def test_each_side_lifts_its_own_block(cast):
    conduct.block(cast.founder, cast.company, cast.investor_firm)
    theirs = conduct.block(cast.investor, cast.company, cast.investor_firm)
    assert conduct.block(cast.investor, cast.company, cast.investor_firm) == theirs
    assert [row.side for row in conduct.blocks_of(cast.founder)] == ["company"]
    assert not conduct.blocks_of(cast.company_viewer)
    conduct.unblock(cast.investor, theirs)
    assert conduct.is_blocked(cast.company, cast.investor_firm)


def test_blocking_from_the_page_of_an_introduction(client, cast, asked):
    client.force_login(cast.investor)
    page = client.get(asked.get_absolute_url()).text
    assert reverse("deals:block") in page
    data = {"company": cast.company.pk, "investor": cast.investor_firm.pk}
    page = client.post(reverse("deals:block"), data, follow=True).text
    assert "磐石工控安全" in page
    page = client.post(reverse("deals:unblock", args=[Block.objects.get().pk]), follow=True).text
    assert "您没有屏蔽任何人" in page
    assert client.post(reverse("deals:block"), {"company": "x", "investor": "1"}).status_code == 404


def test_a_report_reaches_the_administrators_and_its_outcome_who_reported(client, cast, asked):
    client.force_login(cast.investor)
    address = reverse("deals:report", args=["company", cast.company.pk])
    assert "必填" in client.post(address, {"reason": "spam", "text": ""}).text
    client.post(address, {"reason": "fake", "text": "The licence is not theirs."})
    row = Report.objects.get()
    assert (row.party, row.introduction) == (cast.company, asked)
    assert Notification.objects.get(kind="reported").user == cast.administrator
    assert "您已举报过" in client.post(address, {"reason": "spam", "text": "Again"}).text
    client.force_login(cast.administrator)
    queue = reverse("deals:reports")
    assert "The licence is not theirs." in client.get(queue).text
    settle = reverse("deals:report_settle", args=[row.pk])
    page = client.post(settle, {f"{row.pk}-answer": "We looked."})
    assert page.status_code == 200 and "We looked." in page.text
    client.post(settle, {f"{row.pk}-status": "upheld", f"{row.pk}-answer": "We looked.", f"{row.pk}-hide": "on"})
    cast.company.refresh_from_db()
    assert not cast.company.is_published
    assert Notification.objects.get(kind="report_settled").user == cast.investor
    assert "The licence" not in client.get(queue).text and "We looked." in client.get(f"{queue}?settled=1").text
    with pytest.raises(TooLate):
        conduct.settle(cast.administrator, row, "dismissed")
    # Once settled, the same person may report anew; oneself nobody reports.
    conduct.report(cast.investor, cast.company, "spam", "Again")
    with pytest.raises(PermissionDenied):
        conduct.report(cast.founder, cast.company, "spam", "Myself")
