import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def test_the_schema_is_valid_and_leaves_nothing_to_guess(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


def test_the_page_runs_no_script_and_no_style_of_its_own(client):
    page = client.get("/api/docs/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "<style" not in text and "style=" not in text
    assert text.count("<script") == text.count("<script src=")
    assert "http://" not in text.replace("http://testserver", "") and "https://" not in text
    script = client.get("/api/docs/?script=")
    assert "/api/v1/schema/" in script.content.decode().replace("\\u002D", "-")


def test_the_page_leads_back_to_the_site(client):
    assert 'href="/"' in client.get("/api/docs/").text
