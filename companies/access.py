"""Who may read what a company asks for and how it is reached. Pages and API ask here."""

from functools import cached_property

from django.db.models import Q

from accounts import introduced
from accounts.models import User
from companies.models import Company, Membership, Raise


class Reader:
    """One person's rights, each looked up once however many companies are shown."""

    def __init__(self, user):
        self.user = user

    @cached_property
    def _own(self) -> set[int]:
        return set(Membership.objects.filter(user=self.user).values_list("company_id", flat=True))

    @cached_property
    def _introduced(self) -> set[int]:
        return introduced.companies(self.user)

    @cached_property
    def is_investor(self) -> bool:
        return self.user.role == User.Role.INVESTOR or self.user.investor_roles.exists()

    def sees_amount(self, asked: Raise) -> bool:
        """Whether the amount of a raise may be read: by its company and administrators always, else by whom it names."""
        if not self.user.is_authenticated:
            return False
        if self.user.is_administrator or asked.amount_audience == Raise.Audience.MEMBERS:
            return True
        if asked.company_id in self._own:
            return True
        if asked.amount_audience == Raise.Audience.INVESTORS and self.is_investor:
            return True
        return asked.company_id in self._introduced

    def amount_is_open(self) -> Q:
        """The condition on raises that `sees_amount` answers for one."""
        if not self.user.is_authenticated:
            return Q(pk__in=[])
        if self.user.is_administrator:
            return Q()
        named = Q(amount_audience=Raise.Audience.MEMBERS)
        if self.is_investor:
            named |= Q(amount_audience=Raise.Audience.INVESTORS)
        return named | Q(company__in=self._own | self._introduced)

    def sees_contacts(self, company: Company) -> bool:
        """Members, administrators, and those who were introduced."""
        if not self.user.is_authenticated:
            return False
        return self.user.is_administrator or company.pk in self._own or company.pk in self._introduced


def reader(request) -> Reader:
    """Return the rights of the person who asks, kept for the time of the request."""
    if not hasattr(request, "_company_reader"):
        request._company_reader = Reader(request.user)
    return request._company_reader
