"""Who may read how an institution is reached. Pages and API ask here."""

from functools import cached_property

from accounts import introduced
from investors.models import Investor, Membership


class Reader:
    """One person's rights, each looked up once however many institutions are shown."""

    def __init__(self, user):
        self.user = user

    @cached_property
    def _own(self) -> set[int]:
        return set(Membership.objects.filter(user=self.user).values_list("investor_id", flat=True))

    @cached_property
    def _introduced(self) -> set[int]:
        return introduced.investors(self.user)

    def sees_contacts(self, investor: Investor) -> bool:
        """Members, administrators, and those who were introduced."""
        if not self.user.is_authenticated:
            return False
        return self.user.is_administrator or investor.pk in self._own or investor.pk in self._introduced


def reader(request) -> Reader:
    """Return the rights of the person who asks, kept for the time of the request."""
    if not hasattr(request, "_investor_reader"):
        request._investor_reader = Reader(request.user)
    return request._investor_reader
