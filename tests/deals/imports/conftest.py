import pytest
from django.apps import apps
from django.utils import translation

from deals.imports.actions import import_market
from tests.deals.imports.market import write_market


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def bring(tmp_path, db):
    """Write the tiny market with changes and take it in: `bring(deals=("old", "new"), check=True)`."""

    def bring(source="tiny", check=False, attribution="", **changes):
        folder = write_market(tmp_path / "tiny", **changes)
        return import_market(folder, source, check=check, attribution=attribution)

    return bring


@pytest.fixture
def everything(db):
    """`everything()` is the content of all tables, to compare before and after."""

    def everything():
        return {
            model._meta.label: sorted(model._base_manager.values_list(), key=repr)
            for model in apps.get_models(include_auto_created=True)
            if model._meta.managed
        }

    return everything
