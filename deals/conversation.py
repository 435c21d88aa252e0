"""The thread of an accepted introduction. Pages call these."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import uploads
from accounts.errors import ActionError
from accounts.models import User
from deals import conduct, notices
from deals.actions import speaks_for
from deals.checks import check_text
from deals.models import Attachment, Introduction, Message, Side

MOST_FILES = 5


def side_of(user, introduction: Introduction) -> str | None:
    """The side for which `user` writes, or None. The company's for someone on both."""
    if speaks_for(user, introduction.company):
        return Side.COMPANY
    return Side.INVESTOR if speaks_for(user, introduction.investor) else None


def may_write(user, introduction: Introduction) -> bool:
    """Owners and editors of both sides, once the introduction is accepted and until one side blocks the other."""
    return (
        introduction.is_accepted
        and side_of(user, introduction) is not None
        and not conduct.is_blocked(introduction.company, introduction.investor)
    )


def post(user: User, introduction: Introduction, text: str, files, key: UUID) -> Message:
    """Write to the other side. The same `key` again is the message that was sent, once."""
    if not may_write(user, introduction):
        raise PermissionDenied(_("Only the two sides of an accepted introduction write to each other."))
    text = check_text(text, "text", 4000)
    if not text and not files:
        raise ActionError(_("Write something, or attach a file."), "required", "text")
    if len(files) > MOST_FILES:
        raise ActionError(_("At most %(most)d files in one message."), "too_many", "files", {"most": MOST_FILES})
    try:
        with transaction.atomic():
            message = Message.objects.create(
                introduction=introduction, side=side_of(user, introduction), author=user, text=text, key=key
            )
            for file in files:
                Attachment.objects.create(
                    message=message, file=file, name=uploads.clean_name(file.name), size=file.size
                )
            notices.message_received(message)
    except IntegrityError:
        sent = Message.objects.filter(key=key, introduction=introduction, author=user).first()
        if not sent:
            raise ActionError(_("This key belongs to another message: make a new one."), "key", "key") from None
        return sent
    return message
