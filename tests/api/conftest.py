import pytest
from django.core.cache import cache
from rest_framework.test import APIClient


@pytest.fixture(autouse=True)
def own_cache(settings):
    """The throttle counts in a cache of this test, so that queries are those of the view and no test slows another."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "api"}}
    cache.clear()


@pytest.fixture
def as_(cast):
    """`as_(user)` or `as_("founder")`: an API client of that person; `as_(None)` of a stranger."""

    def client(person=None) -> APIClient:
        api = APIClient()
        if person:
            api.force_login(getattr(cast, person) if isinstance(person, str) else person)
        return api

    return client
