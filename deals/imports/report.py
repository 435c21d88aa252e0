"""What an import did, or would do: counts, unmapped labels, notices, time."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deals.imports.problems import NOTICES, Notices

TABLES = {
    "companies": gettext_lazy("companies"),
    "investors": gettext_lazy("investors"),
    "theses": gettext_lazy("theses"),
    "deals": gettext_lazy("deals"),
    "listings": gettext_lazy("listings"),
    "participations": gettext_lazy("participations"),
    "raises": gettext_lazy("raises"),
}
SHOWN_LABELS = 20


@dataclass
class Tally:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    # Rows that differ, but whose record is looked after here.
    kept: int = 0

    @property
    def changes(self) -> int:
        return self.created + self.updated

    @property
    def rows(self) -> int:
        return self.created + self.updated + self.unchanged + self.kept


@dataclass
class Report:
    source: str
    written: bool = False
    tallies: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in TABLES})
    # Labels that have no place in the taxonomy, with their counts, by column.
    unmapped: dict[str, Counter] = field(default_factory=dict)
    notices: Notices = field(default_factory=Notices)
    # Organisations whose name is also that of a record from elsewhere: (kind, name), never merged here.
    duplicates: list[tuple[str, str]] = field(default_factory=list)
    places: int = 0
    categories: int = 0
    seconds: float = 0.0

    @property
    def changes(self) -> int:
        return sum(tally.changes for tally in self.tallies.values())

    def unread(self, column: str, label: str) -> None:
        self.unmapped.setdefault(column, Counter())[label] += 1

    def audit_line(self) -> str:
        """One line for the audit record: bulk writing sends no signals, so no row has its own."""
        counts = " ".join(
            f"{name}=+{tally.created}~{tally.updated}" for name, tally in self.tallies.items() if tally.rows
        )
        return f"import source={self.source} {counts}"

    def lines(self) -> list[str]:
        """The report in the reader's language, one line each."""
        found = [_("Source %(source)s") % {"source": self.source}]
        for name, tally in self.tallies.items():
            text = _("%(created)s new, %(updated)s changed, %(unchanged)s unchanged") % {
                "created": f"{tally.created:,}",
                "updated": f"{tally.updated:,}",
                "unchanged": f"{tally.unchanged:,}",
            }
            if tally.kept:
                text += _(", %(kept)s left alone") % {"kept": f"{tally.kept:,}"}
            if tally.rows:
                found.append(f"  {TABLES[name]}: {tally.rows:,} ({text})")
        if self.places or self.categories:
            found.append(
                "  "
                + _("made from the source's labels: %(places)s places, %(categories)s categories")
                % {"places": self.places, "categories": self.categories}
            )
        if self.unmapped:
            found.append(_("Labels without a place in the taxonomy, kept as the source wrote them:"))
        for column, labels in sorted(self.unmapped.items()):
            shown = ", ".join(f"{label} ({count})" for label, count in labels.most_common(SHOWN_LABELS))
            more = len(labels) - SHOWN_LABELS
            found.append(f"  {column}: {shown}" + (_(" and %(count)s more") % {"count": more} if more > 0 else ""))
        if self.notices.counts:
            found.append(_("Worth a look:"))
        for code, count in self.notices.counts.items():
            places = "; ".join(
                f"{file}" + (f":{line}" if line else "") + (f" {value}" if value else "")
                for file, line, value in self.notices.places[code]
            )
            found.append(f"  {count:,} {NOTICES[code]} ({places}{', …' if count > self.notices.keep else ''})")
        if self.duplicates:
            examples = ", ".join(name for _kind, name in self.duplicates[:3])
            found.append(
                _("%(count)s organisations are perhaps recorded from elsewhere too (%(examples)s); nothing was merged.")
                % {"count": len(self.duplicates), "examples": examples}
            )
        found.append(self._ending())
        return found

    def _ending(self) -> str:
        values = {"count": self.changes, "seconds": f"{self.seconds:.1f}"}
        if self.written:
            text = ngettext(
                "%(count)s change written in %(seconds)s s.",
                "%(count)s changes written in %(seconds)s s.",
                self.changes,
            )
        else:
            text = ngettext(
                "%(count)s change would be made; nothing was written (%(seconds)s s).",
                "%(count)s changes would be made; nothing was written (%(seconds)s s).",
                self.changes,
            )
        return text % values
