"""Getting verified: asked for, answered, seen by others, lapsed with another name, and told to the owner."""

from functools import partial

import pytest
from auditlog.models import LogEntry
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts import verification
from accounts.errors import ActionError, TooLate
from accounts.models import Notification
from companies.models import Company
from deals import review
from deals.models import Deal
from investors.models import Investor

CODE, OTHER_CODE = "91320100MA1MMMMM1B", "91110108551385082Q"
QUEUE = reverse("verifications")
DOCUMENT = b"%PDF-1.4 business licence"


def told(kind: str) -> set[str]:
    return set(Notification.objects.filter(kind=kind).values_list("user__email", flat=True))


def fresh(party):
    return type(party).objects.get(pk=party.pk)


@pytest.fixture
def read(client, cast):
    client.cookies["language"] = "en"

    def page(who, address, data=None):
        client.force_login(getattr(cast, who))
        return client.get(address) if data is None else client.post(address, data)

    return page


@pytest.fixture
def page(cast):
    return verification.page_of(cast.company)


def test_an_owner_asks_and_an_administrator_answers(cast, read, page, django_capture_on_commit_callbacks):
    licence = SimpleUploadedFile("licence.pdf", DOCUMENT)
    assert "What verification means" in read("founder", page).text
    with django_capture_on_commit_callbacks(execute=True):
        asked = read("founder", page, {"credit_code": OTHER_CODE, "website": "panshi.example", "file": licence})
    assert asked.status_code == 302 and told("verification_asked") == {"ada@example.com"}
    assert "申请核实" in mail.outbox[-1].body
    shown = read("founder", page).text
    assert "Waiting for an answer" in shown and "licence.pdf" in shown
    # Nobody can ask twice, and a viewer neither asks nor opens what was handed in.
    assert read("founder", page, {"note": "again"}).status_code == 400
    row = cast.company.verifications.get()
    file = reverse("companies:verification_file", args=[row.pk])
    assert read("company_viewer", file).status_code == 404
    assert b"".join(read("founder", file).streaming_content) == DOCUMENT

    assert page in read("administrator", QUEUE).text
    evidence = read("administrator", page).text
    assert OTHER_CODE in evidence and "fang@example.com" in evidence
    with django_capture_on_commit_callbacks(execute=True):
        read("administrator", f"{page}verify/", {"facts": ["name", "credit_code"], "answer": "Welcome."})
    company = fresh(cast.company)
    assert company.verified_at and company.verified_facts == ["name", "credit_code"]
    # The code that was checked is now that of the profile.
    assert company.credit_code == OTHER_CODE
    assert told("verification_verified") == {"fang@example.com"} and "Welcome." in mail.outbox[-1].body
    entry = LogEntry.objects.get_for_object(company).filter(changes__has_key="verified_at").latest("pk")
    assert entry.changes["verified_facts"][1]
    assert page not in read("administrator", QUEUE).text


def test_a_badge_says_what_was_verified_and_since_when(cast, read):
    address = cast.company.get_absolute_url()
    assert "not verified" in read("other_investor", address).text
    verification.verify(cast.administrator, cast.company, ["people", "name"])
    shown = read("other_investor", address).text
    assert "Checked by an administrator on" in shown and ": name, people who act for it." in shown
    assert "not verified" in read("founder", cast.investor_firm.get_absolute_url()).text
    assert "Checked by an administrator on" in read("other_investor", reverse("companies:list")).text


def test_beside_an_introduction_stands_who_is_not_verified(cast, read):
    from deals import actions  # noqa: PLC0415

    asked = actions.ask_introduction(cast.founder, cast.company, cast.investor_firm, "Hello")
    assert "not verified" in read("investor", asked.get_absolute_url()).text


def test_a_refusal_names_its_reason_and_can_be_asked_again(cast, read, page):
    verification.ask(cast.founder, cast.company, note="See the register")
    assert read("administrator", f"{page}refuse/", {"reason": ""}).status_code == 400
    read("administrator", f"{page}refuse/", {"reason": "code", "answer": "Send the licence."})
    assert told("verification_refused") == {"fang@example.com"}
    shown = read("founder", page).text
    assert "The credit code is not registered" in shown and "Send the licence." in shown
    assert verification.ask(cast.founder, cast.company, note="Here").pk
    with pytest.raises(ActionError):
        verification.refuse(cast.administrator, cast.company, "mood")


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [("company", "short_zh", "磐石"), ("company", "credit_code", OTHER_CODE), ("investor_firm", "name_en", "Far")],
)
def test_it_lapses_with_another_name_or_code(cast, model, field, value):
    party = getattr(cast, model)
    verification.verify(cast.administrator, party, ["name"])
    party = fresh(party)
    party.city = "上海"
    party.save()
    assert fresh(party).verified_at
    setattr(party, field, value)
    party.save(update_fields=[field])
    assert (fresh(party).verified_at, fresh(party).verified_facts) == (None, [])
    assert len(told("verification_lapsed")) == 1
    assert party.verifications.filter(status="lapsed").count() == 1


def test_another_website_is_no_longer_named_in_the_badge(cast):
    verification.verify(cast.administrator, cast.company, ["name", "website"])
    company = fresh(cast.company)
    company.website = "https://elsewhere.example"
    company.save()
    assert fresh(cast.company).verified_at and fresh(cast.company).verified_facts == ["name"]


def test_who_edits_a_profile_does_not_bring_a_verification_back(cast):
    """A form that was opened while it was verified is saved after it was taken away."""
    verification.verify(cast.administrator, cast.company, ["name"])
    opened = fresh(cast.company)
    verification.take(cast.administrator, cast.company, "It was another one.")
    opened.city = "上海"
    opened.save()
    assert fresh(cast.company).verified_at is None
    assert told("verification_ended") == {"fang@example.com"}


def test_it_is_said_before_the_name_is_saved(cast, read):
    edit = reverse("companies:edit", args=[cast.company.pk])
    assert "ends the verification" not in read("founder", edit).text
    verification.verify(cast.administrator, cast.company, ["name"])
    assert "ends the verification" in read("founder", edit).text


@pytest.mark.parametrize(
    ("facts", "code"),
    [([], "name"), (["website"], "name"), (["name", "face"], "name"), (["name", "credit_code"], "no_code")],
)
def test_nothing_is_verified_that_was_not_given(cast, facts, code):
    with pytest.raises(ActionError) as refused:
        verification.verify(cast.administrator, cast.company, facts)
    assert refused.value.code == code and not fresh(cast.company).verified_at


def test_a_code_of_another_profile_is_not_verified(cast):
    Company.objects.filter(pk=cast.other_company.pk).update(credit_code=OTHER_CODE)
    verification.ask(cast.founder, cast.company, credit_code=OTHER_CODE)
    with pytest.raises(ActionError) as refused:
        verification.verify(cast.administrator, cast.company, ["name", "credit_code"])
    assert refused.value.code == "taken" and not fresh(cast.company).verified_at
    assert verification.of(cast.company)


def test_the_code_of_the_profile_is_the_one_that_is_asked_about(cast):
    Company.objects.filter(pk=cast.company.pk).update(credit_code=OTHER_CODE)
    with pytest.raises(ActionError) as refused:
        verification.ask(cast.founder, fresh(cast.company), credit_code=CODE)
    assert refused.value.code == "other_code"


def test_only_owners_ask_and_only_administrators_answer(cast):
    for user in (cast.company_viewer, cast.other_founder, cast.administrator):
        with pytest.raises(PermissionDenied):
            verification.ask(user, cast.company, note="Me")
    row = verification.ask(cast.founder, cast.company, note="Me")
    for act in (
        partial(verification.verify, facts=["name"]), partial(verification.refuse, reason="other"), verification.take
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):
            act(cast.founder, cast.company)
    verification.withdraw(cast.founder, row)
    with pytest.raises(TooLate):
        verification.withdraw(cast.founder, row)
    with pytest.raises(TooLate):
        verification.refuse(cast.administrator, cast.company, "other")


def test_the_queues_are_one_area_with_counts(cast, read):
    verification.ask(cast.investor, cast.investor_firm, note="Me")
    for name in ("verifications", "claims", "deals:queue", "deals:reports", "deals:duplicates"):
        assert f'href="{QUEUE}"' in (text := read("administrator", reverse(name)).text)
        assert 'Organisations<span class="tab-count">1</span>' in text, name
    others = read("administrator", f"{QUEUE}?tab=others").text
    assert verification.page_of(cast.company) in others and verification.page_of(cast.investor_firm) not in others
    assert read("administrator", f"{QUEUE}?tab=all").status_code == 404


def test_a_verification_in_the_administration_establishes_too(cast, client):
    deal = Deal.objects.create(
        company=cast.company, round_id="a", announced_on="2020-07-01", status="asserted", established_at=None,
        recorded_by=cast.founder, company_confirmed_at="2020-07-02T00:00Z",
    )  # fmt: skip
    deal.participations.create(investor=cast.investor_firm)
    review.confirm(cast.investor, deal)
    client.force_login(cast.administrator)
    client.post(
        reverse("admin:investors_investor_changelist"),
        {"action": "verify", "_selected_action": [cast.investor_firm.pk]},
    )
    assert Investor.objects.get(pk=cast.investor_firm.pk).verified_facts == ["name"]
    assert Deal.objects.get().established_at


def test_one_of_many_administrators_answers(at_once, cast):
    verification.ask(cast.founder, cast.company, note="Me")
    act = {
        0: lambda: verification.verify(cast.administrator, cast.company, ["name"]),
        1: lambda: verification.refuse(cast.administrator, cast.company, "other"),
        2: lambda: verification.withdraw(cast.founder, verification.of(cast.company) or row),
    }
    row = verification.of(cast.company)

    def answer(number, start):
        start()
        return act[number % 3]()

    results = at_once(*(partial(answer, number) for number in range(12)))
    assert all(result is None or isinstance(result, ActionError) for result in results), results
    decided = cast.company.verifications.exclude(status="waiting")
    assert bool(fresh(cast.company).verified_at) == decided.filter(status="verified").exists()
    assert decided.count() == sum(result is None for result in results)
