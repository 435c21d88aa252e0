"""What runs in the background for introductions and deals."""

from celery import shared_task

from deals import actions, duplicates, refreshing, searches


@shared_task
def expire_introductions() -> int:
    """Close requests whose deadline has passed. Runs hourly; running twice at once is harmless."""
    return actions.expire_overdue()


@shared_task
def seek_duplicates() -> int:
    """Compare the market's deals anew, so that no page has to. Running twice at once is harmless."""
    return duplicates.refresh()


@shared_task
def refresh_statistics() -> int:
    """Count anew what readers of the statistics asked for of late. Running twice at once is harmless."""
    return refreshing.refresh()


@shared_task
def alert_searches() -> int:
    """Tell institutions which companies newly fit what they search for. Running twice at once is harmless."""
    return searches.alert()
