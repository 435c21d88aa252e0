"""Over the API what people do with each other: searches kept, messages, documents, blocks, reports, teams, claims."""

from uuid import uuid4

import pytest

from accounts.models import MemberRole
from companies.models import Company
from deals import conduct
from deals.models import Block, Introduction, Message, Opening, Report, SavedSearch
from investors.models import Investor
from tests.permission_table import picture, stage

API = "/api/v1"


@pytest.fixture
def scene(cast):
    return stage(cast)


def send(client, method: str, path: str, body: dict | None = None):
    answer = getattr(client, method)(f"{API}{path}", body or {}, format="json")
    return answer.status_code, answer.json() if answer.content and "json" in answer["Content-Type"] else None


def test_a_search_is_kept_renamed_and_dropped(as_, scene):
    ivy, firm = as_("investor"), scene.investor_firm.pk
    body = {"investor": firm, "name": "Near us", "query": {"region": "CN-JS", "nonsense": "1"}, "alerts": True}
    status, made = send(ivy, "post", "/searches/", body)
    assert (status, made["query"], made["url"]) == (201, {"region": "CN-JS"}, "/companies/?region=CN-JS")
    status, refused = send(ivy, "post", "/searches/", body)
    assert (status, refused["code"]) == (409, "taken")
    status, refused = send(ivy, "post", "/searches/", body | {"name": "All", "query": {"sort": "founded"}})
    assert (status, list(refused["errors"])) == (400, ["query"])
    _status, changed = send(ivy, "patch", f"/searches/{made['id']}/", {"alerts": False})
    assert (changed["name"], changed["alerts"]) == ("Near us", False)
    assert send(ivy, "get", "/searches/")[1]["count"] == 2
    assert send(as_("administrator"), "get", "/searches/")[1]["count"] == 0
    assert send(ivy, "delete", f"/searches/{made['id']}/")[0] == 204
    assert SavedSearch.objects.get() == scene.search


def test_messages_are_read_and_written_once_a_key(as_, scene):
    ivy, path = as_("investor"), f"/introductions/{scene.met.pk}/messages/"
    (first,) = send(ivy, "get", path)[1]["results"]
    assert (first["text"], first["side"], first["author"]) == ("Here it is.", "company", "Fang")
    file = ivy.get(f"{API}/attachments/{first['attachments'][0]['id']}/")
    assert file["Content-Disposition"].startswith("attachment") and b"PNG" in b"".join(file.streaming_content)
    body = {"text": "Thank you.", "key": str(uuid4())}
    assert [send(ivy, "post", path, body)[1]["id"] for _time in range(2)] == [Message.objects.latest("pk").pk] * 2
    assert send(ivy, "post", path, {"text": " "})[0] == 400
    # The key of somebody else's message brings nothing.
    status, refused = send(ivy, "post", path, {"text": "Hm.", "key": first["key"]})
    assert (status, list(refused["errors"])) == (400, ["key"])
    assert Message.objects.count() == 2
    # Before a yes there is no thread, and none after a block.
    assert send(ivy, "post", f"/introductions/{scene.introduction.pk}/messages/", {"text": "Hello?"})[0] == 403
    conduct.block(scene.founder, scene.second_company, scene.investor_firm)
    assert send(ivy, "post", path, {"text": "Still there?"})[0] == 403


def test_documents_are_listed_and_opened_by_their_rule_and_the_opening_is_logged(as_, scene):
    ivy, path = as_("investor"), f"/raises/{scene.raise_.pk}/documents/"
    (shown,) = send(ivy, "get", path)[1]
    assert (shown["title"], shown["opens"], shown["access"]) == ("Teaser", True, "granted")
    file = ivy.get(f"{API}/documents/{shown['id']}/file/")
    assert file.status_code == 200 and b"PNG" in b"".join(file.streaming_content)
    assert Opening.objects.get().investor == scene.investor_firm
    assert ivy.head(f"{API}/documents/{shown['id']}/file/").status_code == 405
    # Shi's institution has only asked: not told of, and not opened.
    shi = as_("other_investor")
    assert send(shi, "get", path) == (200, [])
    assert send(shi, "get", f"/documents/{shown['id']}/file/")[0] == 403
    assert send(as_("analyst"), "get", path) == (200, [])
    assert Opening.objects.count() == 1
    # Whoever was introduced is told of what is shown by name, and may ask once.
    Introduction.objects.filter(pk=scene.introduction.pk).update(status="accepted", answered_at="2026-01-01T00:00Z")
    scene.raise_.documents.create(title="Plan", audience="granted", file=picture(), name="plan.png", size=1)
    plan = next(one for one in send(ivy, "get", path)[1] if one["title"] == "Plan")
    assert (plan["opens"], plan["may_ask"]) == (False, True)
    assert send(ivy, "post", f"/documents/{plan['id']}/ask/")[1]["access"] == "asked"
    assert send(ivy, "post", f"/documents/{plan['id']}/ask/")[0] == 403


def test_who_is_kept_away_waits_no_longer_and_is_let_back(as_, scene):
    fang = as_("founder")
    body = {"company": scene.company.pk, "investor": scene.investor_firm.pk}
    status, made = send(fang, "post", "/blocks/", body)
    assert (status, made["side"]) == (201, "company")
    assert Introduction.objects.get(pk=scene.introduction.pk).status == "withdrawn"
    assert send(fang, "get", "/blocks/")[1]["count"] == 2
    # The other side is not told.
    assert send(as_("investor"), "get", "/blocks/")[1]["count"] == 0
    assert send(fang, "delete", f"/blocks/{made['id']}/")[0] == 204
    assert Block.objects.get() == scene.block


def test_a_report_is_made_once_and_settled_by_an_administrator(as_, scene):
    fei, ada = as_("company_viewer"), as_("administrator")
    body = {"company": scene.other_company.pk, "reason": "fake", "text": "No such firm."}
    status, made = send(fei, "post", "/reports/", body)
    assert (status, made["status"], made["investor"]) == (201, "open", None)
    assert send(fei, "post", "/reports/", body)[0] == 409
    assert send(fei, "post", "/reports/", body | {"investor": scene.investor_firm.pk})[0] == 400
    assert send(as_("founder"), "post", "/reports/", body | {"company": scene.company.pk})[0] == 403
    # One reads what one has reported; who reported it stands nowhere.
    assert [row["id"] for row in send(fei, "get", "/reports/")[1]["results"]] == [made["id"]]
    assert send(ada, "get", "/reports/?status=open")[1]["count"] == 2
    assert "fei@" not in str(send(ada, "get", "/reports/")[1])
    settled = send(ada, "post", f"/reports/{made['id']}/settle/", {"status": "upheld", "hide": True})[1]
    assert (settled["status"], Company.objects.get(pk=scene.other_company.pk).is_published) == ("upheld", False)
    assert send(ada, "post", f"/reports/{made['id']}/settle/", {"status": "dismissed"})[0] == 409
    assert Report.objects.open().get() == scene.report


def test_a_team_is_read_by_its_own_and_changed_by_owners(as_, scene):
    fang, path = as_("founder"), f"/companies/{scene.company.pk}"
    team = send(fang, "get", f"{path}/team/")[1]
    assert [(one["person"], one["role"]) for one in team["members"]] == [("Fang", "owner"), ("Fei", "viewer")]
    assert [one["email"] for one in team["invitations"]] == ["sun@example.com"]
    assert send(as_("company_viewer"), "get", f"{path}/team/")[1]["invitations"] == []
    status, made = send(fang, "post", f"{path}/invitations/", {"email": "Nan@example.com", "role": "viewer"})
    assert (status, made["email"]) == (201, "nan@example.com")
    assert send(fang, "post", f"{path}/invitations/", {"email": "fei@example.com", "role": "viewer"})[0] == 400
    assert send(fang, "post", f"{path}/invitations/", {"email": f"{'x' * 260}@a.cn", "role": "viewer"})[0] == 400
    assert send(fang, "delete", f"{path}/invitations/{made['id']}/")[0] == 204
    assert send(fang, "delete", f"{path}/invitations/{made['id']}/")[0] == 409
    owner, viewer = (one["id"] for one in team["members"])
    status, refused = send(fang, "delete", f"{path}/members/{owner}/")
    assert (status, refused["code"]) == (409, "last_owner")
    assert send(fang, "patch", f"{path}/members/{viewer}/", {"role": "owner"})[1]["role"] == "owner"
    assert send(fang, "delete", f"{path}/members/{owner}/")[0] == 204
    assert send(fang, "get", f"{path}/team/")[0] == 404
    # A member of another team is nobody here.
    stranger = scene.other_company.memberships.get().pk
    assert send(as_("company_viewer"), "patch", f"{path}/members/{stranger}/", {"role": "viewer"})[0] == 404


def test_a_claim_is_made_decided_and_taken_back(as_, scene):
    path = f"/investors/{scene.investor_firm.pk}/claims/"
    fang = as_("founder")
    status, made = send(fang, "post", path, {"position": "Partner"})
    assert (status, made["status"]) == (201, "waiting")
    assert [one["party"] for one in send(fang, "get", "/claims/")[1]] == [scene.investor_firm.pk]
    assert send(fang, "post", path, {"position": "Partner"})[0] == 409
    wrong = send(fang, "post", path, {"position": "Partner", "proof_email": "a@elsewhere.example"})
    assert (wrong[0], list(wrong[1]["errors"])) == (400, ["proof_email"])
    assert {one["person"] for one in send(as_("investor"), "get", path)[1]} == {"Fang", "Sun"}
    assert send(as_("investor"), "post", f"{path}{made['id']}/decide/", {"confirmed": True})[1]["status"] == "confirmed"
    assert scene.investor_firm.memberships.get(user=scene.founder).role == MemberRole.EDITOR
    assert send(fang, "post", f"{path}{made['id']}/withdraw/")[0] == 409
    unpublished = Investor.objects.create(name_en="Hidden", is_published=False)
    assert send(fang, "post", f"/investors/{unpublished.pk}/claims/", {"position": "Partner"})[0] == 404
