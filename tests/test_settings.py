"""What the environment makes of the settings."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

PUBLIC = {"ALLOWED_HOSTS": "there.example", "SECRET_KEY": "k" * 50}
SET_HERE = ("BIND", "SITE_URL", "ALLOWED_HOSTS", "DEBUG", "REQUIRE_STAFF_MFA")


def settings_of(tmp_path, given: dict, name: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in SET_HERE}
    done = subprocess.run(
        [sys.executable, "-c", f"from config import settings; print(settings.{name})"],
        cwd=settings.BASE_DIR,
        env=environment | {"DATA_DIR": str(tmp_path)} | given,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://localhost:8000"),
        ({"BIND": "127.0.0.1:8123"}, "http://localhost:8123"),
        ({"BIND": "127.0.0.1:8123", "SITE_URL": "http://here.example/"}, "http://here.example"),
        ({"BIND": "0.0.0.0:8123"} | PUBLIC, "https://there.example"),
    ],
)
def test_mails_lead_to_where_the_site_listens(tmp_path, given, address):
    assert settings_of(tmp_path, given, "SITE_URL") == address


@pytest.mark.parametrize(
    ("given", "required"),
    [({}, "False"), (PUBLIC, "True"), (PUBLIC | {"DEBUG": "1"}, "False"), ({"REQUIRE_STAFF_MFA": "1"}, "True")],
)
def test_staff_need_a_second_step_behind_a_public_name(tmp_path, given, required):
    assert settings_of(tmp_path, given, "REQUIRE_STAFF_MFA") == required
