"""The log-ins of the demonstration."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import MemberRole, Notification, User
from companies.models import Company
from companies.models import Membership as CompanyMembership
from deals import pipeline
from deals.models import Deal, Introduction, Listing, PipelineCard, Side, Stage
from investors.models import Investor
from investors.models import Membership as InvestorMembership
from taxonomy.amounts import parse_amount

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


# What the manager's institution is looking at beside whom it was introduced to: the stage, the next step and a task.
LOOKED_AT = [
    (Stage.REVIEWING, "看产品演示 · See the product", 3, "读商业计划书 · Read the business plan", 1),
    (Stage.REVIEWING, "", 0, "", 0),
    (Stage.MEETING, "与创始人谈订单与回款 · Talk to the founder about orders", 1, "", 0),
    (Stage.DILIGENCE, "访谈两家客户 · Call two customers", 6, "索取三年财务报表 · Ask for three years of accounts", -2),
    (Stage.TERMS, "送出投资条款 · Send the term sheet", 2, "", 0),
]
NOTE = "产品已在三家工厂上线，续费率高；客户集中，需核实。\nIn use at three plants, and renewed; few customers, to be checked."


def _fill_pipeline(investor: Investor, manager: User) -> None:
    """Leave the cards of those who were introduced, and of some that raise in a category which the institution seeks."""
    for met in Introduction.objects.accepted().filter(investor=investor).order_by("pk"):
        PipelineCard.objects.introduced(met)
    for card in investor.pipeline.all():
        if pipeline.deal_of(card):
            card.moved(Stage.INVESTED, manager)
    wanted = Company.objects.raising().filter(category_links__category__wanted_by__investor=investor)
    known = Company.objects.filter(deals__participations__investor=investor)
    asked = Introduction.objects.filter(investor=investor).values("company")
    found = wanted.exclude(pk__in=known).exclude(pk__in=asked).distinct().order_by("pk")
    today = timezone.localdate()
    for company, (stage, step, days, task, due) in zip(found, LOOKED_AT, strict=False):
        card, _made = pipeline.add(manager, investor, company, stage)
        if step:
            pipeline.edit(manager, card, card.version, manager, step, today + timedelta(days))
        if task:
            pipeline.add_task(manager, card, task, today + timedelta(due), manager)
        if stage == Stage.DILIGENCE:
            pipeline.write_note(manager, card, NOTE)


# What the founder says and the manager has not confirmed.
SAID = "创始人的登记，等待投资方确认。 Recorded by the founder; the institution has yet to confirm it."


def _assert_deal(company: Company, investor: Investor, founder: User, manager: User) -> None:
    """Leave a deal that the founder alone says: both parties and the administrator find it, and no figure counts it."""
    recorded = timezone.now() - timedelta(days=2)
    deal = Deal(
        company=company,
        round_id="strategic",
        announced_on=timezone.localdate() - timedelta(days=6),
        amount_audience=Deal.Audience.PARTIES,
        note=SAID,
        recorded_by=founder,
        recorded_at=recorded,
        company_confirmed_at=recorded,
        status=Deal.Status.ASSERTED,
        established_at=None,
    )
    deal.amount = parse_amount("1200万元")
    deal.save()
    deal.participations.create(investor=investor, recorded_at=recorded)
    Notification.objects.create(
        user=manager,
        kind="deal_recorded",
        values={"company": {"zh": company.short_zh, "en": company.short_en}, "round": deal.round_id, "kind": deal.kind},
        path=deal.get_absolute_url(),
        created_at=recorded,
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
    _fill_pipeline(investor, manager)
    _assert_deal(company, investor, founder, manager)
    return [
        Login(founder, str(company)),
        Login(manager, str(investor)),
        Login(analyst, ""),
        Login(administrator, ""),
    ]
