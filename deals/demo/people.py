"""The log-ins of the demonstration."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress

from accounts.models import MemberRole, Notification, User
from companies.models import Company
from companies.models import Membership as CompanyMembership
from deals.models import Deal, Introduction, Listing, Side
from investors.models import Investor
from investors.models import Membership as InvestorMembership

PASSWORD = "rongqiao-demo-2020"
ADDRESSES = (
    "founder@rongqiao.example",
    "investor@rongqiao.example",
    "analyst@rongqiao.example",
    "admin@rongqiao.example",
)


@dataclass(frozen=True)
class Login:
    user: User
    place: str


def _person(email: str, password: str, full_name: str, role: str, **fields) -> User:
    user = User.objects.create_user(email, password, full_name=full_name, role=role, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _notify(user: User, asked: Introduction) -> None:
    """Leave the notification of a request that waits, without the email: it was asked days ago."""
    Notification.objects.create(
        user=user,
        kind="introduction_asked",
        values={
            "company": {"zh": asked.company.short_zh, "en": asked.company.short_en},
            "investor": {"zh": asked.investor.name_zh, "en": asked.investor.name_en},
            "asked_side": asked.asked_side,
        },
        path=asked.get_absolute_url(),
        created_at=asked.asked_at,
    )


def create(company: Company, investor: Investor, password: str) -> list[Login]:
    """Make a founder of `company`, a manager of `investor`, an analyst and an administrator who can log in.

    Raises `django.db.IntegrityError` where an address is in use.
    """
    role = User.Role
    founder = _person("founder@rongqiao.example", password, company.contact_name, role.STARTUP)
    manager = _person("investor@rongqiao.example", password, investor.contact_name, role.INVESTOR)
    analyst = _person("analyst@rongqiao.example", password, "沈知遥", role.ANALYST)
    administrator = _person(
        "admin@rongqiao.example", password, "梁桥", role.ADMINISTRATOR, is_staff=True, is_superuser=True
    )
    # What was verified was verified by her: there is no other administrator.
    for model in (Deal, Listing):
        model.objects.verified().filter(verified_by=None).update(verified_by=administrator)
    CompanyMembership.objects.create(company=company, user=founder, role=MemberRole.OWNER)
    InvestorMembership.objects.create(investor=investor, user=manager, role=MemberRole.OWNER)
    for asked in Introduction.objects.filter(company=company) | Introduction.objects.filter(investor=investor):
        sides = {Side.COMPANY: founder if asked.company_id == company.pk else None}
        sides[Side.INVESTOR] = manager if asked.investor_id == investor.pk else None
        Introduction.objects.filter(pk=asked.pk).update(
            asked_by=sides[asked.asked_side],
            answered_by=sides[asked.answering_side] if asked.answered_at else None,
        )
        if asked.is_waiting and sides[asked.answering_side]:
            _notify(sides[asked.answering_side], asked)
    return [
        Login(founder, str(company)),
        Login(manager, str(investor)),
        Login(analyst, ""),
        Login(administrator, ""),
    ]
