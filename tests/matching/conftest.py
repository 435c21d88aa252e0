"""Markets that are matched once for all tests of a file, and who looks at them."""

import copy
import shutil
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import transaction
from django.test import override_settings

from matching import runs, tasks
from matching.matcher import Matcher
from matching.models import ModelRun, Publication, Refresh

LOCAL = {
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
}


@pytest.fixture(scope="module")
def matching_once(django_db_setup, django_db_blocker, tmp_path_factory):
    """`with matching_once(fill, windows=1, …)`: what `fill` puts into the database, matched by a `Matcher` of such
    parameters, in lists of `length`.

    Its rows stand outside the transactions of the tests: each takes back what it did itself, and nobody trains again.
    To be yielded by the fixture `once` of a file, whose tests ask for `matched` and must not ask for `cast` as well.
    """

    @contextmanager
    def standing(fill, length=50, **parameters):
        files, around = tmp_path_factory.mktemp("matched"), transaction.atomic()
        with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(runs, "Matcher", partial(Matcher, **parameters))
            patch.setattr(tasks, "enqueue", lambda *given: None)
            around.__enter__()
            with override_settings(MEDIA_ROOT=files, MATCHING_LIST_LENGTH=length, **LOCAL):
                made = fill()
                Refresh.objects.all().delete()
                run = runs.finish_inline(runs.request().pk)
        yield run, made, files, length
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            around.__exit__(None, None, None)

    return standing


@pytest.fixture
def matched(db, once, settings):
    """What the market was filled with, as it stands in the database, in copies of the test's own."""
    run, made, files, length = once
    assert run.status == ModelRun.Status.PUBLISHED
    settings.MATCHING_LIST_LENGTH = length
    shutil.copytree(files, settings.MEDIA_ROOT)
    return copy.deepcopy(made)


@pytest.fixture
def unmatched(matched):
    """The same market before its first run."""
    Publication.objects.all().delete()
    ModelRun.objects.all().delete()
    return matched


@pytest.fixture
def english(client):
    client.cookies["language"] = "en"
    return client
