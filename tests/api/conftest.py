import pytest
from rest_framework.test import APIClient


@pytest.fixture
def as_(cast):
    """`as_(user)` or `as_("founder")`: an API client of that person; `as_(None)` of a stranger."""

    def client(person=None) -> APIClient:
        api = APIClient()
        if person:
            api.force_login(getattr(cast, person) if isinstance(person, str) else person)
        return api

    return client
