"""What the environment makes of the settings."""

import os
import subprocess
import sys

import pytest
from django.conf import settings


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://localhost:8000"),
        ({"BIND": "127.0.0.1:8123"}, "http://localhost:8123"),
        ({"BIND": "127.0.0.1:8123", "SITE_URL": "http://here.example/"}, "http://here.example"),
        ({"BIND": "0.0.0.0:8123", "ALLOWED_HOSTS": "there.example", "SECRET_KEY": "k" * 50}, "https://there.example"),
    ],
)
def test_mails_lead_to_where_the_site_listens(tmp_path, given, address):
    environment = {
        name: value for name, value in os.environ.items() if name not in ("BIND", "SITE_URL", "ALLOWED_HOSTS")
    }
    done = subprocess.run(
        [sys.executable, "-c", "from config import settings; print(settings.SITE_URL)"],
        cwd=settings.BASE_DIR,
        env=environment | {"DATA_DIR": str(tmp_path)} | given,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == address
