from django.conf import settings

from accounts.models import Notification
from taxonomy.models import Source


def site(request) -> dict:
    """What every page needs: unread notifications, and whether simulated records are among those shown."""
    user = request.user
    return {
        "outbox_page": settings.OUTBOX_PAGE,
        "simulated_sources": lambda: Source.objects.filter(simulated=True).exists(),
        "unread": lambda: Notification.objects.of(user).unread().count() if user.is_authenticated else 0,
    }
