"""What companies and investors of a market have in common.

An empty cell says nothing: it never erases. A record that was verified here, or that its own people look after, is
left alone. Spellings are only ever added.
"""

from taxonomy import labels
from taxonomy.names import fold, spellings


def given(**fields) -> dict:
    """The fields that a row states."""
    return {name: value for name, value in fields.items() if value not in ("", None, [], ())}


def other_names(name: str, places: labels.Places) -> set[str]:
    """Spellings inside a name that stand for the organisation, and not for where it sits."""
    return {part for part in spellings(name) if part != name and not places.is_name(part)}


def known_elsewhere(names: set[str], rows, places: labels.Places) -> list[str]:
    """Names of rows of which one spelling, folded, is among `names`."""
    if not names:
        return []
    return [
        row.name
        for row in rows
        if row.name and not names.isdisjoint({fold(name) for name in (row.name, *other_names(row.name, places))})
    ]


def folded(rows) -> set[str]:
    """All names of `values_list` rows, folded."""
    return {fold(name) for names in rows for name in names if name}
