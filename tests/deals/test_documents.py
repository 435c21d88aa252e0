"""The documents of a raise: three levels of visibility, revocable, with a log."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from deals import actions, conduct, documents
from deals.models import Access, Document, Opening
from tests.accounts.test_uploads import PDF

Audience = Document.Audience


@pytest.fixture
def shelf(cast):
    """One document of each audience."""
    return {
        audience: documents.add(
            cast.founder,
            cast.raise_,
            SimpleUploadedFile(f"{audience}.pdf", PDF),
            f"A {audience} plan",
            "plan",
            audience,
        )
        for audience in Audience.values
    }


def opens(user, shelf) -> list[str]:
    """The audiences whose document `user` can open; the page must say the same."""
    found = []
    for audience, document in shelf.items():
        try:
            documents.open_for(user, document)
        except PermissionDenied:
            continue
        found.append(audience)
    reader = documents.Reader(user, next(iter(shelf.values())).company)
    kept = Document.objects.kept().order_by("pk")
    assert [one.document.audience for one in reader.shown(kept) if one.opens] == found
    return found


def test_each_level_opens_to_whom_it_says(client, cast, shelf, asked):
    everything = list(shelf)
    for user in (cast.founder, cast.company_viewer, cast.administrator):
        assert opens(user, shelf) == everything
    for user in (cast.other_founder, cast.analyst, cast.investor):
        assert opens(user, shelf) == []
    cast.investor_firm.verified_at = timezone.now()
    cast.investor_firm.save(update_fields=["verified_at"])
    assert opens(cast.investor, shelf) == opens(cast.investor_viewer, shelf) == ["verified"]
    client.force_login(cast.investor)
    page = client.get(cast.company.get_absolute_url()).text
    assert "A introduced plan" in page and "引荐后开放" in page and "A granted plan" not in page
    actions.accept(cast.investor, asked)
    assert opens(cast.investor, shelf) == ["verified", "introduced"]
    documents.let_in(cast.founder, shelf["granted"], cast.investor_firm)
    assert opens(cast.investor, shelf) == everything
    client.force_login(cast.other_founder)
    assert "plan" not in client.get(cast.company.get_absolute_url()).text
    assert client.get(reverse("deals:document", args=[shelf["verified"].pk])).status_code == 403


def test_a_raise_that_ended_and_a_block_close_the_shelf(cast, shelf, accepted):
    cast.investor_firm.verified_at = timezone.now()
    cast.investor_firm.save(update_fields=["verified_at"])
    cast.raise_.end("closed")
    shelf = {name: Document.objects.select_related("raise_shown").get(pk=row.pk) for name, row in shelf.items()}
    # Who was introduced goes on reading what it was shown; the public level ends with the raise.
    assert opens(cast.investor, shelf) == ["verified", "introduced"]
    accepted.delete()
    assert opens(cast.investor, shelf) == []
    documents.let_in(cast.founder, shelf["granted"], cast.investor_firm)
    assert opens(cast.investor, shelf) == ["granted"]
    conduct.block(cast.founder, cast.company, cast.investor_firm)
    assert opens(cast.investor, shelf) == []


def test_asking_letting_in_and_taking_it_back(client, cast, shelf, accepted):
    granted = shelf["granted"]
    address = reverse("deals:document", args=[granted.pk])
    client.force_login(cast.investor)
    page = client.get(cast.company.get_absolute_url()).text
    assert reverse("deals:document_ask", args=[granted.pk]) in page
    client.post(reverse("deals:document_ask", args=[granted.pk]))
    assert client.post(reverse("deals:document_ask", args=[granted.pk])).status_code == 403
    assert Notification.objects.get(kind="access_asked").user == cast.founder
    client.force_login(cast.founder)
    assert "远岸资本" in client.get(granted.get_absolute_url()).text
    client.post(reverse("deals:document_let_in", args=[granted.pk]), {"investor": cast.investor_firm.pk})
    client.force_login(cast.investor)
    answer = client.get(address)
    assert answer["Content-Disposition"] == 'attachment; filename="granted.pdf"'
    assert answer["Cache-Control"] == "private, no-store"
    opening = Opening.objects.get()
    assert (opening.user, opening.investor) == (cast.investor, cast.investor_firm)
    documents.shut_out(cast.founder, Access.objects.get())
    # An old link leads back with a word on what happened; the page says where it stands.
    page = client.get(address, follow=True).text
    assert "不再向您开放" in page and "查看权限已收回" in page
    kinds = Notification.objects.filter(user=cast.investor_viewer).values_list("kind", flat=True)
    assert set(kinds) == {"access_granted", "access_revoked"}
    client.force_login(cast.company_viewer)
    log = client.get(granted.get_absolute_url()).text
    assert "Ivy" in log and "已收回" in log
    # What was taken back may be asked for again.
    assert documents.ask(cast.investor, granted).status == "asked"
    documents.shut_out(cast.founder, Access.objects.get())
    assert Access.objects.get().status == "refused"
    with pytest.raises(PermissionDenied):
        documents.ask(cast.investor, granted)


def test_a_removed_document_is_gone_and_its_log_stays(
    client, cast, shelf, accepted, django_capture_on_commit_callbacks
):
    document = shelf["introduced"]
    documents.open_for(cast.investor, document)
    name = document.file.name
    assert default_storage.exists(name) and "introduced" not in name
    client.force_login(cast.founder)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("deals:document_remove", args=[document.pk]))
    assert not default_storage.exists(name)
    assert Opening.objects.filter(document=document).exists()
    for address in ("deals:document", "deals:document_log", "deals:document_edit"):
        assert client.get(reverse(address, args=[document.pk])).status_code == 404


def test_a_bad_file_is_refused_and_the_rest_of_the_form_kept(client, cast):
    client.force_login(cast.founder)
    file = SimpleUploadedFile("plan.pdf", b"<html>")
    data = {"file": file, "title": "Our plan", "kind": "plan", "audience": "granted"}
    page = client.post(reverse("deals:document_add", args=[cast.raise_.pk]), data).text
    assert "plan.pdf" in page and 'value="Our plan"' in page
    assert not Document.objects.exists()
    data["file"] = SimpleUploadedFile("计划.pdf", PDF)
    assert client.post(reverse("deals:document_add", args=[cast.raise_.pk]), data).status_code == 302
    document = Document.objects.get()
    assert (document.title, document.name, document.size) == ("Our plan", "计划.pdf", len(PDF))
    edit = reverse("deals:document_edit", args=[document.pk])
    client.post(edit, {"title": "The plan", "kind": "teaser", "audience": "verified"})
    document.refresh_from_db()
    assert (document.title, document.audience) == ("The plan", "verified")


def test_a_company_sees_itself_as_an_institution_does(client, cast, shelf, asked):
    client.force_login(cast.company_viewer)
    address = reverse("deals:preview", args=[cast.company.pk])

    def seen(**query) -> tuple[list[str], bool, bool]:
        context = client.get(address, query).context
        opened = [one.document.audience for one in context["shown"] if one.opens]
        return opened, bool(context["sees_amount"]), context["met"]

    cast.raise_.amount_audience = "introduced"
    cast.raise_.save()
    assert seen() == (["verified"], False, False)
    firm = {"investor": cast.investor_firm.pk}
    assert seen(**firm) == ([], False, False)
    actions.accept(cast.investor, asked)
    documents.let_in(cast.founder, shelf["granted"], cast.investor_firm)
    opened, sees_amount, met = seen(**firm)
    assert (sorted(opened), sees_amount, met) == (sorted(shelf), True, True)
    conduct.block(cast.investor, cast.company, cast.investor_firm)
    assert seen(**firm)[0] == []
    # Looking leaves no trace.
    assert not Opening.objects.exists()
