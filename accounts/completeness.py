"""How complete a profile is, and what to fill in next.

Points say what a field is worth to the matches, after what each was measured to add on later deals (docs/cold-start.md), and
to a reader who decides in a minute whether to go on.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """`name` in the middle of a sentence; `url` leads to the field."""

    name: str
    points: int
    is_filled: bool
    url: str


@dataclass(frozen=True)
class Meter:
    parts: list[Part]

    @property
    def percent(self) -> int:
        return round(
            100 * sum(part.points for part in self.parts if part.is_filled) / sum(p.points for p in self.parts)
        )

    @property
    def missing(self) -> list[Part]:
        """What is left open, the most useful first."""
        return sorted((part for part in self.parts if not part.is_filled), key=lambda part: -part.points)

    @property
    def is_complete(self) -> bool:
        return not self.missing
