"""The rows of the permission table, and what each address is asked with. See `test_permissions.py`."""

from types import SimpleNamespace

from django.urls import reverse

ROLES = [
    "anonymous", "founder", "company_viewer", "investor", "investor_viewer", "other_founder", "other_investor",
    "analyst", "administrator",
]  # fmt: skip

# The company, institution, introduction and deal of every row are those of founder and investor.
TABLE = """
                                             anonymous    company                 investor
                                                      founder viewer  investor viewer other f other i analyst admin

GET    account_login                         200      done    done    done    done    done    done    done    done
POST   account_login                         200      done    done    done    done    done    done    done    done
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
GET    account_reset_password                200      200     200     200     200     200     200     200     200
POST   account_reset_password                done     done    done    done    done    done    done    done    done
GET    account_reset_password_done           200      200     200     200     200     200     200     200     200
GET    account_reset_password_from_key       200      200     200     200     200     200     200     200     200
GET    account_reset_password_from_key_done  200      200     200     200     200     200     200     200     200
GET    account_confirm_email                 200      200     200     200     200     200     200     200     200
GET    account_confirm_login_code            login    done    done    done    done    done    done    done    done

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


# What stands in an address beside its name, from the scene.
ARGUMENTS = {
    "account_confirm_email": lambda scene: ["a-key"],
    "account_reset_password_from_key": lambda scene: ["a", "a-key"],
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
    "POST account_reset_password": lambda scene: {"email": "fang@example.com"},
}  # fmt: skip


def payload(scene: SimpleNamespace, method: str, name: str) -> dict:
    return PAYLOADS.get(f"{method} {name}", lambda scene: {})(scene)


def stage(cast: SimpleNamespace) -> SimpleNamespace:
    """Return the cast with what happens between them."""
    return SimpleNamespace(**vars(cast), password="a long enough secret 7")
