"""What is checked of every record before it is stored. Each complaint names the input at fault and what to do."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import ActionError
from accounts.models import User
from companies.models import Company
from deals.models import Deal, Listing
from taxonomy import display
from taxonomy.dates import PartialDate
from taxonomy.models import Round

# Shares that are sold after the first offering are those of a listed company.
OF_LISTED = (Deal.Kind.FOLLOW_ON, Deal.Kind.RIGHTS_ISSUE)


def check_date(company: Company, announced: PartialDate) -> None:
    if announced.first > timezone.localdate():
        raise ActionError(_("The date lies in the future: record a deal once it is closed."), "future", "announced")
    check_founding(company, announced, "announced")


def check_founding(company: Company, when: PartialDate, field: str) -> None:
    """A period that reaches into the time since the founding may be meant: only what ended before it is refused."""
    if company.founded_on and when.last < company.founded_on:
        founded = display.partial_date(company.founded_on, company.founded_precision)
        raise ActionError(
            _(
                "The date lies before the company was founded (%(founded)s). Correct the date, "
                "or the founding date in the company's profile."
            ),
            "before_founding",
            field,
            {"founded": founded},
        )


def check_kind(user: User, company: Company, kind: str, round: Round | None, announced: PartialDate) -> None:
    """A venture round has a round, money raised on a board has none; what follows an offering needs a listing that
    `user` may read."""
    if kind == Deal.Kind.VENTURE and round is None:
        raise ActionError(_("Choose the round; “Unknown round” if none is known."), "round_missing", "round")
    if kind in Deal.PUBLIC_KINDS and round is not None:
        raise ActionError(_("Money raised on a board has no round: leave the round empty."), "round_of_none", "round")
    if kind in OF_LISTED:
        listed = Listing.objects.visible_to(user).present().filter(company=company, listed_on__lte=announced.last)
        if not listed.exists():
            raise ActionError(
                _("%(company)s is not listed here by that date. Record its listing first, or choose another kind."),
                "not_listed",
                "kind",
                {"company": company.name},
            )


def check_text(text: str, field: str, limit: int = 1000) -> str:
    """Return `text` without blanks around it. The database does not limit a text: this does."""
    text = text.strip()
    if len(text) > limit:
        raise ActionError(
            _("Too long: %(length)d characters, at most %(limit)d."),
            "too_long",
            field,
            {"length": len(text), "limit": limit},
        )
    return text


def save_checked(row, taken: str, field: str = "") -> None:
    """Validate and insert or save. A unique constraint that another transaction took first raises `taken`."""
    try:
        row.full_clean()
        with transaction.atomic():
            row.save()
    except ValidationError as error:
        raise first_complaint(error, taken) from error
    except IntegrityError as error:
        raise ActionError(taken, "taken", field) from error


def first_complaint(error: ValidationError, taken: str = "") -> ActionError:
    """Return the first of several complaints as one."""
    field, complaints = next(iter(error.error_dict.items()))
    field = "" if field == "__all__" else field
    if taken and complaints[0].code == "unique":
        return ActionError(taken, "taken", field)
    return ActionError(" ".join(complaints[0].messages), complaints[0].code or "invalid", field)
