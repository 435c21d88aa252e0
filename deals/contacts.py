"""How to reach a company or an institution, and who may read that."""

from dataclasses import dataclass

from deals.models import Introduction


@dataclass(frozen=True)
class Contact:
    name: str
    email: str
    phone: str

    def __bool__(self):
        return bool(self.email or self.phone)


def contacts_visible(user, party) -> bool:
    """Whether `user` may read how to reach `party`, a company or an investor.

    Its own members and administrators may; others once an introduction between a side of theirs and `party` was
    accepted.
    """
    if not user.is_authenticated:
        return False
    if user.is_administrator or party.has_member(user):
        return True
    return party.introductions.accepted().involving(user).exists()


def contact_of(introduction: Introduction, side: str) -> Contact:
    """Return how the company or the investor of an introduction is reached.

    Where the profile names nobody, it is the person of that side who asked or answered.
    """
    party = introduction.party(side)
    person = introduction.asked_by if introduction.asked_side == side else introduction.answered_by
    # An administrator who answered for a party without members is not its contact.
    known = person if person and party.has_member(person) else None
    return Contact(
        name=party.contact_name or (known.get_full_name() if known else ""),
        email=party.contact_email or (known.email if known else ""),
        phone=party.contact_phone,
    )
