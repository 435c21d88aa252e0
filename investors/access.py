"""Who may read how an institution is reached. Pages and API ask here."""

from accounts import introduced
from investors.models import Investor


def sees_contacts(user, investor: Investor) -> bool:
    """Members, administrators, and those who were introduced."""
    if not user.is_authenticated:
        return False
    return user.is_administrator or investor.has_member(user) or investor.pk in introduced.investors(user)
