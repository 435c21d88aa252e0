"""Statistics that readers asked for are counted and drawn anew before they ask again."""

from django.core.cache import cache
from django.utils import translation

from deals.sheets import PAGES, sheet_of
from deals.statistics.asked import latest
from deals.statistics.state import KEPT_SECONDS, RELEASE, state

REFRESHED, REFRESHING = "statistics-refreshed", "statistics-refreshing"
# After so long a worker that is at it is taken for dead.
LEASE_SECONDS = 600


def refresh() -> int:
    """Prepare the pages of the last hours for the records as they are now; return how many.

    Nothing happens where nothing has changed since, or while another worker is at it.
    """
    at = state()
    if cache.get(REFRESHED) == [RELEASE, at] or not cache.add(REFRESHING, True, LEASE_SECONDS):
        return 0
    try:
        pages = [asked for page in PAGES for asked in latest(page)]
        for asked in pages:
            with translation.override(asked.language):
                sheet_of(asked.page, asked.scope, asked.opens_records, at).prepare()
        cache.set(REFRESHED, [RELEASE, at], KEPT_SECONDS)
    finally:
        cache.delete(REFRESHING)
    return len(pages)
