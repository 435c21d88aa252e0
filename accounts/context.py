from functools import cache

from django.conf import settings

from accounts.models import Notification
from taxonomy.models import Source


def site(request) -> dict:
    """What every page needs: unread notifications, the sources of what it shows, whether some are simulated.

    Each value is a function that asks the database once, and only on a page that shows it.
    """
    user = getattr(request, "user", None)

    @cache
    def sources() -> list[Source]:
        return list(Source.objects.order_by("name"))

    @cache
    def unread() -> int:
        return Notification.objects.of(user).unread().count() if user and user.is_authenticated else 0

    return {
        "outbox_page": settings.OUTBOX_PAGE,
        "simulated_sources": lambda: any(source.simulated for source in sources()),
        "attributed_sources": lambda: [source for source in sources() if source.attribution],
        "unread": unread,
    }
