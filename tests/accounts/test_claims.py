"""Claiming a profile that is here already: by an address of its domain, by an owner, by an administrator."""

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts import claims
from accounts.errors import ActionError, TooLate
from accounts.models import MemberRole, Notification
from companies.models import Claim, Company
from investors.models import Investor


@pytest.fixture
def orphan(db):
    """A company of an import: nobody runs it."""
    return Company.objects.create(short_en="Siasun", short_zh="新松", website="https://www.siasun.example/about")


def addresses(orphan):
    return reverse("companies:claim", args=[orphan.pk])


def test_an_address_of_its_domain_confirms_at_once(client, cast, orphan, django_capture_on_commit_callbacks):
    client.force_login(cast.other_investor)
    assert addresses(orphan) in client.get(orphan.get_absolute_url()).text
    page = client.post(addresses(orphan), {"position": "CFO", "proof_email": "li@elsewhere.example"}).text
    assert "@siasun.example" in page and 'value="CFO"' in page
    with django_capture_on_commit_callbacks(execute=True):
        client.post(addresses(orphan), {"position": "CFO", "proof_email": "Li@siasun.example"})
    (proof,) = (sent for sent in mail.outbox if sent.to == ["li@siasun.example"])
    link = next(line for line in proof.body.splitlines() if "/claims/" in line).partition("8000")[2]
    assert "li@siasun.example" in client.get(addresses(orphan)).text
    # The link is of no use to anybody else.
    client.force_login(cast.founder)
    assert client.post(link).status_code == 403
    client.force_login(cast.other_investor)
    assert client.get(link).status_code == 200 and not orphan.has_member(cast.other_investor)
    assert client.post(link).url == orphan.get_absolute_url()
    assert orphan.memberships.get().role == MemberRole.OWNER
    assert client.get(link[:-2] + "x/").status_code == 404


def test_an_administrator_decides_where_nobody_is(client, cast, orphan):
    client.force_login(cast.other_founder)
    client.post(addresses(orphan), {"position": "Founder", "note": "https://siasun.example/team"})
    row = Claim.objects.get()
    assert Notification.objects.get(kind="claim_made").user == cast.administrator
    assert "您的认领正在等待答复" in client.post(addresses(orphan), {"position": "Founder"}).text
    client.force_login(cast.administrator)
    assert "新松" in client.get(reverse("claims")).text
    client.post(reverse("companies:claim_decide", args=[row.pk]), {"confirmed": "0", "next": "claims"})
    assert Notification.objects.get(kind="claim_refused").user == cast.other_founder
    assert not orphan.memberships.exists() and "新松" not in client.get(reverse("claims")).text
    with pytest.raises(TooLate):
        claims.decide(cast.administrator, row, True)
    claims.decide(cast.administrator, claims.claim(cast.other_founder, orphan, "Founder"), True)
    assert orphan.memberships.get().role == MemberRole.OWNER


def test_owners_decide_who_joins_them(client, cast):
    firm = cast.investor_firm
    row = claims.claim(cast.other_founder, firm, "Partner")
    assert {told.user for told in Notification.objects.filter(kind="claim_made")} == {cast.investor}
    assert claims.waiting() == []
    client.force_login(cast.investor)
    assert "Partner" in client.get(reverse("investors:team", args=[firm.pk])).text
    for stranger in (cast.founder, cast.investor_viewer):
        with pytest.raises(PermissionDenied):
            claims.decide(stranger, row, True)
    client.post(reverse("investors:claim_decide", args=[row.pk]), {"confirmed": "1"})
    assert firm.memberships.get(user=cast.other_founder).role == MemberRole.EDITOR
    with pytest.raises(PermissionDenied):
        claims.claim(cast.investor, firm, "Partner")


def test_mailboxes_for_everybody_prove_nothing(cast, orphan):
    for website in ("https://qq.com/siasun", "https://mail.example", "", "not a site"):
        orphan.website = website
        with pytest.raises(ActionError) as refused:
            claims.claim(cast.founder, orphan, "CFO", proof_email="x@qq.com")
        assert refused.value.field == "proof_email"


def test_what_is_taken_back_and_how_many_may_wait(client, cast, orphan):
    row = claims.claim(cast.founder, orphan, "CFO")
    client.force_login(cast.founder)
    client.post(reverse("companies:claim_withdraw", args=[row.pk]))
    row.refresh_from_db()
    assert row.status == "withdrawn"
    for number in range(claims.WAITING_LIMIT):
        claims.claim(cast.founder, Investor.objects.create(name_en=f"Fund {number}"), "CFO")
    with pytest.raises(ActionError, match="5"):
        claims.claim(cast.founder, orphan, "CFO")


def test_of_two_who_are_confirmed_at_once_one_is_the_owner(at_once, cast, orphan):
    rows = [claims.claim(user, orphan, "Founder") for user in (cast.founder, cast.other_founder)]

    def confirm(row):
        def go(start):
            start()
            claims.decide(cast.administrator, row, True)

        return go

    assert at_once(*map(confirm, rows)) == [None, None]
    assert sorted(orphan.memberships.values_list("role", flat=True)) == ["editor", "owner"]


def test_the_form_of_a_new_company_offers_the_claim(client, cast, orphan):
    client.force_login(cast.founder)
    data = {"short_en": "Siasun", "summary_en": "Robots", "region": cast.company.region_id, "primary": cast.security.pk}
    page = client.post(reverse("companies:create"), data).text
    assert addresses(orphan) in page


def test_a_claim_that_waits_stands_on_the_home_page(client, cast, orphan):
    claims.claim(cast.founder, orphan, "CFO")
    client.force_login(cast.founder)
    assert "您对<strong>新松</strong>的认领正在等待答复" in client.get(reverse("home")).text
