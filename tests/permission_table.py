"""The rows of the permission table, and what each address is asked with. See `test_permissions.py`."""

from types import SimpleNamespace

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from accounts.models import Notification
from accounts.outbox import EmailBackend
from deals import actions
from investors.models import Investor
from taxonomy.amounts import parse_amount
from taxonomy.dates import parse_date
from taxonomy.models import Round

ROLES = [
    "anonymous", "founder", "company_viewer", "investor", "investor_viewer", "other_founder", "other_investor",
    "analyst", "administrator",
]  # fmt: skip

# The company, institution, introduction and deal of every row are those of founder and investor.
TABLE = """
                                             anonymous    company                 investor
                                                      founder viewer  investor viewer other f other i analyst admin

GET    landing                               200      done    done    done    done    done    done    done    done
GET    home                                  login    200     200     200     200     200     200     200     200
GET    settings                              login    200     200     200     200     200     200     200     200
POST   settings                              login    done    done    done    done    done    done    done    done
POST   set_language                          done     done    done    done    done    done    done    done    done
GET    notifications                         login    200     200     200     200     200     200     200     200
GET    notification                          login    done    404     404     404     404     404     404     404
GET    outbox                                200      200     200     200     200     200     200     200     200
GET    outbox_message                        200      200     200     200     200     200     200     200     200

GET    account_login                         200      done    done    done    done    done    done    done    done
POST   account_login                         done     done    done    done    done    done    done    done    done
GET    account_logout                        done     200     200     200     200     200     200     200     200
POST   account_logout                        done     done    done    done    done    done    done    done    done
GET    account_signup                        200      done    done    done    done    done    done    done    done
POST   account_signup                        done     done    done    done    done    done    done    done    done
GET    account_inactive                      200      200     200     200     200     200     200     200     200
GET    account_reauthenticate                login    200     200     200     200     200     200     200     200
POST   account_reauthenticate                login    done    done    done    done    done    done    done    done
GET    account_email                         login    200     200     200     200     200     200     200     200
POST   account_email                         login    done    done    done    done    done    done    done    done
GET    account_email_verification_sent       200      200     200     200     200     200     200     200     200
GET    account_change_password               login    200     200     200     200     200     200     200     200
POST   account_change_password               login    done    done    done    done    done    done    done    done
GET    account_set_password                  login    done    done    done    done    done    done    done    done
POST   account_set_password                  login    done    done    done    done    done    done    done    done
GET    account_reset_password                200      200     200     200     200     200     200     200     200
POST   account_reset_password                done     done    done    done    done    done    done    done    done
GET    account_reset_password_done           200      200     200     200     200     200     200     200     200
GET    account_reset_password_from_key       200      200     200     200     200     200     200     200     200
POST   account_reset_password_from_key       200      200     200     200     200     200     200     200     200
GET    account_reset_password_from_key_done  200      200     200     200     200     200     200     200     200
GET    account_confirm_email                 200      200     200     200     200     200     200     200     200
POST   account_confirm_email                 404      404     404     404     404     404     404     404     404
GET    account_confirm_login_code            login    done    done    done    done    done    done    done    done
POST   account_confirm_login_code            login    done    done    done    done    done    done    done    done

GET    admin:*                               login    login   login   login   login   login   login   login   200

GET    api:docs                              200      200     200     200     200     200     200     200     200
GET    api:schema                            200      200     200     200     200     200     200     200     200
GET    api:scheme-list                       403      200     200     200     200     200     200     200     200
GET    api:scheme-detail                     403      200     200     200     200     200     200     200     200
GET    api:scheme-tree                       403      200     200     200     200     200     200     200     200
GET    api:category-list                     403      200     200     200     200     200     200     200     200
GET    api:category-detail                   403      200     200     200     200     200     200     200     200
GET    api:region-list                       403      200     200     200     200     200     200     200     200
GET    api:region-detail                     403      200     200     200     200     200     200     200     200
GET    api:round-list                        403      200     200     200     200     200     200     200     200
GET    api:round-detail                      403      200     200     200     200     200     200     200     200
GET    api:board-list                        403      200     200     200     200     200     200     200     200
GET    api:board-detail                      403      200     200     200     200     200     200     200     200
GET    api:currency-list                     403      200     200     200     200     200     200     200     200
GET    api:currency-detail                   403      200     200     200     200     200     200     200     200
GET    api:introduction-list                 403      200     200     200     200     200     200     200     200
POST   api:introduction-list                 403      201     403     403     403     403     403     403     403
GET    api:introduction-detail               403      200     200     200     200     404     404     404     200
POST   api:introduction-accept               403      403     403     200     403     404     404     404     403
POST   api:introduction-decline              403      403     403     200     403     404     404     404     403
POST   api:introduction-withdraw             403      200     403     403     403     404     404     404     403
GET    api:deal-list                         403      200     200     200     200     200     200     200     200
POST   api:deal-list                         403      201     403     201     403     403     403     403     201
GET    api:deal-detail                       403      200     200     200     200     200     200     200     200
POST   api:deal-confirm                      403      403     403     200     403     403     403     403     403
POST   api:deal-verify                       403      403     403     403     403     403     403     403     200
POST   api:deal-reject                       403      403     403     403     403     403     403     403     200
"""


def rows() -> dict[tuple[str, str], dict[str, str]]:
    """Return role → outcome by method and name."""
    found = {}
    for line in TABLE.splitlines():
        if line[:1].isupper():
            method, name, *cells = line.split()
            assert len(cells) == len(ROLES), line
            assert (method, name) not in found, line
            found[method, name] = dict(zip(ROLES, cells, strict=True))
    return found


INTRODUCTION = [f"api:introduction-{act}" for act in ("detail", "accept", "decline", "withdraw")]
DEAL = [f"api:deal-{act}" for act in ("detail", "confirm", "verify", "reject")]
# What stands in an address beside its name, from the scene.
ARGUMENTS = {
    "account_confirm_email": lambda scene: ["a-key"],
    "account_reset_password_from_key": lambda scene: ["a", "a-key"],
    "notification": lambda scene: [scene.notification.pk],
    "outbox_message": lambda scene: [scene.message],
    **dict.fromkeys(INTRODUCTION, lambda scene: [scene.introduction.pk]),
    **dict.fromkeys(DEAL, lambda scene: [scene.deal.pk]),
    "api:scheme-detail": lambda scene: ["industrial-internet"],
    "api:scheme-tree": lambda scene: ["industrial-internet"],
    "api:category-detail": lambda scene: [scene.security.pk],
    "api:region-detail": lambda scene: ["CN-JS"],
    "api:round-detail": lambda scene: ["a"],
    "api:board-detail": lambda scene: ["star"],
    "api:currency-detail": lambda scene: ["CNY"],
}


def place(scene: SimpleNamespace, name: str) -> str:
    """Return the address of a row."""
    if name == "admin:*":
        return reverse("admin:index")
    return reverse(name, args=ARGUMENTS.get(name, lambda scene: [])(scene))


PASSWORD = "another long secret 8"
# The least that is valid, so that the outcome says who is entitled and not what was forgotten.
PAYLOADS = {
    "POST account_login": lambda scene: {"login": "fang@example.com", "password": scene.password},
    "POST account_signup": lambda scene: {
        "email": "new@example.com", "password1": PASSWORD, "password2": PASSWORD, "full_name": "Nan", "role": "startup"
    },
    "POST account_reauthenticate": lambda scene: {"password": scene.password},
    "POST account_email": lambda scene: {"action_add": "", "email": "second@example.com"},
    "POST account_change_password": lambda scene: {
        "oldpassword": scene.password, "password1": PASSWORD, "password2": PASSWORD
    },
    "POST settings": lambda scene: {"full_name": "Nan", "language": "en", "time_zone": "Asia/Shanghai"},
    "POST set_language": lambda scene: {"language": "en"},
    "POST api:introduction-list": lambda scene: {
        "company": scene.company.pk, "investor": scene.third_investor.pk, "message": "Shall we meet?"
    },
    "POST api:introduction-decline": lambda scene: {"decline_reason": "ticket"},
    "POST api:deal-list": lambda scene: {
        "company": scene.company.pk, "round": "a", "announced": "2020-08", "amount": {"kind": "undisclosed"},
        "investors": [{"investor": scene.investor_firm.pk}],
    },
    "POST api:deal-reject": lambda scene: {"reject_reason": "wrong"},
    "POST account_reset_password": lambda scene: {"email": "fang@example.com"},
}  # fmt: skip


def payload(scene: SimpleNamespace, method: str, name: str) -> dict:
    return PAYLOADS.get(f"{method} {name}", lambda scene: {})(scene)


def stage(cast: SimpleNamespace) -> SimpleNamespace:
    """Return the cast with what happens between them.

    Founder and investor: an introduction that waits for the investor, and a deal that the founder has recorded.
    `third_investor` knows nobody yet.
    """
    introduction = actions.ask_introduction(cast.founder, cast.company, cast.investor_firm, "Shall we meet?")
    deal = actions.record_deal(
        cast.founder,
        company=cast.company,
        round=Round.objects.get(pk="a"),
        announced=parse_date("2020-07"),
        amount=parse_amount("1500万元"),
        investors=[(cast.investor_firm, True)],
    )
    EmailMessage("Welcome", "Hello", to=["nan@example.com"], connection=EmailBackend()).send()
    (message,) = settings.OUTBOX_DIR.iterdir()
    return SimpleNamespace(
        **vars(cast),
        password="a long enough secret 7",
        introduction=introduction,
        deal=deal,
        third_investor=Investor.objects.create(name_en="Quiet Fund", name_zh="静水基金"),
        notification=Notification.objects.create(user=cast.founder, kind="welcome", path="/home/"),
        message=message.name,
    )
