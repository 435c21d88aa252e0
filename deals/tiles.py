"""The Chinese provinces as a grid of tiles: neighbours lie near each other, and no outline is drawn."""

from dataclasses import dataclass

from deals.statistics.rows import Figure, ShareRow

# Column and row of each province.
PLACES = {
    "CN-HL": (8, 0),
    "CN-XJ": (0, 1), "CN-NM": (5, 1), "CN-JL": (8, 1),
    "CN-GS": (2, 2), "CN-NX": (3, 2), "CN-SX": (4, 2), "CN-HE": (5, 2), "CN-BJ": (6, 2), "CN-LN": (7, 2),
    "CN-QH": (1, 3), "CN-SN": (3, 3), "CN-HA": (4, 3), "CN-SD": (5, 3), "CN-TJ": (6, 3),
    "CN-XZ": (0, 4), "CN-SC": (2, 4), "CN-CQ": (3, 4), "CN-HB": (4, 4), "CN-AH": (5, 4), "CN-JS": (6, 4),
    "CN-SH": (7, 4),
    "CN-YN": (2, 5), "CN-GZ": (3, 5), "CN-HN": (4, 5), "CN-JX": (5, 5), "CN-ZJ": (6, 5),
    "CN-GX": (4, 6), "CN-GD": (5, 6), "CN-FJ": (6, 6), "CN-TW": (7, 6),
    "CN-HI": (4, 7), "CN-MO": (5, 7), "CN-HK": (6, 7),
}  # fmt: skip
SIZE, GAP = 64, 5
WIDTH, HEIGHT = 9 * (SIZE + GAP), 8 * (SIZE + GAP)
STEPS = 5


@dataclass(frozen=True)
class Tile:
    row: ShareRow
    x: int
    y: int
    level: int

    @property
    def label(self) -> str:
        """The name where it is short, else the two letters of the code."""
        return self.row.name if len(self.row.name) <= 3 else self.row.key[3:]

    @property
    def middle(self) -> int:
        return self.x + SIZE // 2

    @property
    def name_y(self) -> int:
        return self.y + 27

    @property
    def value_y(self) -> int:
        return self.y + 47


def tiles(figure: Figure[ShareRow]) -> list[Tile]:
    """Place each province; `level` 0 is none, 1 to 5 a fifth each of the way to the largest."""
    largest = max((row.events for row in figure.rows), default=0)
    return [
        Tile(
            row,
            PLACES[row.key][0] * (SIZE + GAP),
            PLACES[row.key][1] * (SIZE + GAP),
            -(-row.events * STEPS // largest) if largest else 0,
        )
        for row in figure.rows
        if row.key in PLACES
    ]
