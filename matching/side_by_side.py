"""Two runs beside each other: rows of (name, what one says, what two says, the change)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from matching import quality
from matching.models import ModelRun
from matching.training import DIRECTIONS


@dataclass(frozen=True)
class Row:
    name: str
    # A figure with its interval, or a bare number, or None.
    one: dict | float | None
    two: dict | float | None

    @property
    def both(self) -> list[dict]:
        return [figure if isinstance(figure, dict) else {"mean": figure} for figure in (self.one, self.two)]

    @property
    def change(self) -> float | None:
        one, two = (figure["mean"] for figure in self.both)
        return None if one is None or two is None else two - one


@dataclass(frozen=True)
class Block:
    name: str
    rows: list[Row]


def blocks(one: ModelRun, two: ModelRun) -> list[Block]:
    """A block per direction that at least one of the two was measured in."""
    mine = {direction.code: direction for direction in quality.directions(one)}
    other = {direction.code: direction for direction in quality.directions(two)}
    found = []
    for code in DIRECTIONS:
        if code in mine or code in other:
            found.append(Block(str(quality.DIRECTION_NAMES[code]), _rows(mine.get(code), other.get(code))))
    return found


def _rows(one: quality.Direction | None, two: quality.Direction | None) -> list[Row]:
    sides = [{row.code: row.figures for row in side.methods} if side else {} for side in (one, two)]
    rows = [
        Row(str(name), *(side.get("model", {}).get(measure) for side in sides))
        for measure, name, _help in quality.MEASURES
    ]
    for method, name in quality.METHODS.items():
        if method != "model" and any(method in side for side in sides):
            label = _("NDCG@10: %(method)s") % {"method": name}
            rows.append(Row(label, *(side.get(method, {}).get("ndcg_10") for side in sides)))
    shares = [side.exposure.get("largest_share") if side else None for side in (one, two)]
    return [*rows, Row(_("Largest share of first tens that one party holds"), *shares)]


def measured_on_the_same_months(one: ModelRun, two: ModelRun) -> bool:
    """Whether both were measured, and from the same day to the same day."""
    windows = [((run.figures.get("quality") or {}).get("window") or {}) for run in (one, two)]
    days = [(window.get("start"), window.get("end")) for window in windows]
    return None not in days[0] and days[0] == days[1]


def paired(one: ModelRun, two: ModelRun) -> tuple[ModelRun, list[dict]] | None:
    """(the newer of the two, its paired differences), where that was compared with the other when it was trained."""
    for newer, older in ((two, one), (one, two)):
        if (newer.figures.get("promotion") or {}).get("against") == older.pk and (found := quality.comparison(newer)):
            return newer, found
    return None
