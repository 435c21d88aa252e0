"""The items of one list as a few thousand bytes: what is recommended, best first, and what each score is the sum of.

A thousandth of a market's pairs are stored, with their factors, millions of them; as text the names of the factors
alone would be most of it. Numbers are kept in whole `UNIT`s, so that they come back to the last digit.

Layout: version; then, deflated: number of items, of factors, bytes of an integer; names of the factors; ids; one column
per factor. Integers of a column are stored byte by byte (all first bytes, all second …), which deflates better.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence

import numpy as np

# Decimal places of a contribution.
DIGITS = 6
_SCALE = 10**DIGITS
# Shown contributions are whole multiples of this, so that they add up to the shown score in any arithmetic.
UNIT = 1e-6
_VERSION = 1
_HEAD = struct.Struct("<IHBH")
# More brings a twentieth less at thrice the time.
_LEVEL = 1


def in_units(contributions: np.ndarray) -> np.ndarray:
    """Contributions in whole `UNIT`s, as int64. Raises `ValueError` on what is no number: it would become one."""
    if not np.isfinite(contributions).all():
        raise ValueError("a contribution is no number")
    return np.rint(contributions / UNIT).astype(np.int64)


class Items(Sequence):
    """`{"id", "score", "factors": {factor: contribution}}` of each target, best first; factors of 0 are left out.

    ids (n,) int64; units (n, factors) int64 in whole `UNIT`s; names of the factors.
    """

    __slots__ = ("ids", "names", "units")

    def __init__(self, ids: np.ndarray, units: np.ndarray, names: tuple[str, ...]):
        """Put into order: the highest score first, of equal ones the smaller id."""
        order = np.lexsort((ids, -units.sum(axis=1)))
        self.ids, self.units, self.names = ids[order], units[order], names

    @classmethod
    def of_contributions(cls, ids, contributions: np.ndarray, names: tuple[str, ...]) -> Items:
        """Of `contributions` (n × factors) in float64, as of `matching.matcher.Ranking`."""
        return cls(np.asarray(ids, np.int64), in_units(contributions), names)

    @classmethod
    def of_dicts(cls, items: Iterable[dict]) -> Items:
        """Of items as they are read. Raises `ValueError` where a score is not the sum of its factors."""
        items = list(items)
        names = tuple(dict.fromkeys(name for item in items for name in item["factors"]))
        units = np.array(
            [[round(item["factors"].get(name, 0) * _SCALE) for name in names] for item in items], np.int64
        ).reshape(len(items), len(names))
        for item, units_of_item in zip(items, units, strict=True):
            if round(item["score"] * _SCALE) != units_of_item.sum():
                raise ValueError(f"the score of {item['id']} is not the sum of its factors")
        return cls(np.array([item["id"] for item in items], np.int64), units, names)

    @classmethod
    def from_bytes(cls, packed: bytes) -> Items:
        """What `to_bytes` packed. Raises `ValueError` on what another version wrote."""
        packed = bytes(packed)
        if not packed:
            return NONE
        if packed[0] != _VERSION:
            raise ValueError(f"items of version {packed[0]}")
        body = zlib.decompress(packed[1:])
        n, n_names, width, length = _HEAD.unpack_from(body)
        start = _HEAD.size + length
        names = tuple(body[_HEAD.size : start].decode().split()) if n_names else ()
        columns = np.frombuffer(body, np.uint8, offset=start).reshape(n_names + 1, width, n)
        numbers = np.ascontiguousarray(columns.transpose(0, 2, 1)).view(f"<i{width}")[:, :, 0].astype(np.int64)
        found = cls.__new__(cls)
        found.ids, found.units, found.names = numbers[0], numbers[1:].T, names
        return found

    def to_bytes(self) -> bytes:
        if not len(self.ids):
            return b""
        used = self.units.any(axis=0)
        names = " ".join(name for name, kept in zip(self.names, used, strict=True) if kept).encode()
        numbers = np.concatenate([self.ids[None], self.units.T[used]])
        width = 4 if np.abs(numbers).max() < 2**31 else 8
        columns = np.ascontiguousarray(numbers.astype(f"<i{width}")).view(np.uint8)
        columns = columns.reshape(len(numbers), len(self.ids), width).transpose(0, 2, 1)
        head = _HEAD.pack(len(self.ids), int(used.sum()), width, len(names))
        return bytes([_VERSION]) + zlib.compress(head + names + columns.tobytes(), _LEVEL)

    @property
    def scores(self) -> np.ndarray:
        return self.units.sum(axis=1) / _SCALE

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, at):
        if isinstance(at, slice):
            return [self._item(number) for number in range(*at.indices(len(self)))]
        return self._item(range(len(self))[at])

    def _item(self, at: int) -> dict:
        units = self.units[at].tolist()
        factors = {name: value / _SCALE for name, value in zip(self.names, units, strict=True) if value}
        return {"id": int(self.ids[at]), "score": sum(units) / _SCALE, "factors": factors}

    def __eq__(self, other) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None

    def __repr__(self) -> str:
        return f"Items({list(self)!r})"

    def under(self, names: tuple[str, ...]) -> np.ndarray:
        """`units` with a column for each of `names`."""
        if names == self.names:
            return self.units
        units = np.zeros((len(self), len(names)), np.int64)
        units[:, [names.index(name) for name in self.names]] = self.units
        return units

    def with_item(self, target: int, item: Items | None, length: int) -> Items:
        """These with `item`, a list of one, in its place instead of what is there of `target`; at most `length`."""
        kept = self.ids != target
        if item is None or not len(item):
            return Items(self.ids[kept], self.units[kept], self.names)
        names = tuple(dict.fromkeys(self.names + item.names))
        units = np.concatenate([self.under(names)[kept], item.under(names)])
        return Items(np.concatenate([self.ids[kept], item.ids]), units, names).first(length)

    def first(self, length: int) -> Items:
        return Items(self.ids[:length], self.units[:length], self.names)


NONE = Items(np.zeros(0, np.int64), np.zeros((0, 0), np.int64), ())
