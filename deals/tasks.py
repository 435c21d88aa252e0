"""What runs in the background for introductions."""

from celery import shared_task

from deals import actions


@shared_task
def expire_introductions() -> int:
    """Close requests whose deadline has passed. Runs hourly; running twice at once is harmless."""
    return actions.expire_overdue()
