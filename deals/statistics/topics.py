"""Which figures stand together on a page."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Topic:
    code: str
    name: str | Promise
    lead: str | Promise
    figures: tuple[str, ...]
    # Whether it belongs to the part that an administrator can open to everybody.
    public: bool = True


TOPICS = {
    topic.code: topic
    for topic in (
        Topic(
            "venture",
            _("Venture events"),
            _("How many rounds were closed, when, in which round, how much they raised, and who raised again."),
            ("V1", "V2", "V3", "R1", "V4", "V12", "V13", "V14", "V15", "R4"),
        ),
        Topic(
            "categories",
            _("Categories"),
            _("Where companies, events and capital go, and which categories fall short."),
            ("V5", "V6", "P2", "L8"),
        ),
        Topic(
            "regions",
            _("Regions"),
            _("Which provinces and clusters lead, how far the East is ahead, and whether the gap widens."),
            ("V7", "V8", "V9", "V10", "V11", "P1", "L9"),
        ),
        Topic(
            "listings",
            _("Listings"),
            _("Who went public, on which board, how fast, and how much was raised there."),
            ("L1", "L2", "L3", "L4", "L5", "L6", "L7", "L10", "L11", "L12"),
        ),
        Topic(
            "investors",
            _("Investors"),
            _("Who is active, who is new, and how wide institutions of each type spread."),
            ("I1", "I1b", "I2", "I3", "I3b", "R2", "R3"),
        ),
        Topic(
            "supply",
            _("Supply and demand"),
            _("Which companies seek capital that nobody active offers, and how often reaching out is answered."),
            ("P3", "P3b", "P3c", "P3d"),
            public=False,
        ),
    )
}
# These tell of single deals, whose amounts are open to everyone logged in and to nobody else.
_OF_SINGLE_DEALS = {"V12", "V13", "V14", "V15", "L10"}
PUBLIC_FIGURES = {code for topic in TOPICS.values() if topic.public for code in topic.figures} - _OF_SINGLE_DEALS
