"""What the recommendations bring to the weekly digest: who is new among the first ten."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.digests import Section
from accounts.models import User
from companies.models import Company
from investors.models import Investor
from matching import reading

FIRST = 10
MOST = 3


def sections(user: User, since: datetime, seen: dict) -> list[Section]:
    found = []
    for company in Company.objects.of(user).raising().order_by("pk"):
        heading = _("New among the investors for %(name)s") % {"name": company.name}
        path = reverse("matching:for_company", args=[company.pk])
        found.append(_news(reading.for_company(company), f"company:{company.pk}", heading, path, seen))
    for investor in Investor.objects.of(user).order_by("pk"):
        heading = _("New among the companies for %(name)s") % {"name": investor.name}
        path = reverse("matching:for_investor", args=[investor.pk])
        found.append(_news(reading.for_investor(investor), f"investor:{investor.pk}", heading, path, seen))
    return [section for section in found if section.lines]


def _news(feed: reading.Feed, key: str, heading: str, path: str, seen: dict) -> Section:
    """The first few of the list's first ten that were not shown before, with what speaks for each."""
    first = feed.open()[:FIRST]
    known = set(seen.get(key, []))
    new = [entry for entry in first if entry.target.pk not in known]
    # Whoever falls out of the first ten and comes back is no news.
    seen[key] = sorted({*known, *(entry.target.pk for entry in first)})[-200:]
    lines = []
    for entry in feed.with_reasons(new[:MOST]):
        reasons = [sentence.text for sentence in entry.highlights[0]]
        lines.append(pgettext("between a name and its value", ": ").join([entry.target.name, *reasons[:1]]))
    return Section(heading, lines, path)
