"""Rows of CSV files, one by one, with their line numbers. What is wrong becomes a problem, not an exception."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deals.imports.problems import Notices, Problems

COLUMNS = {
    "companies.csv": [
        "company_id", "name", "description", "categories", "keywords", "country", "region", "city", "founded_on",
        "website",
    ],
    "investors.csv": [
        "investor_id", "name", "type", "description", "categories", "stages", "regions", "country",
    ],
    "deals.csv": ["deal_id", "company_id", "announced_on", "round", "amount_text", "amount", "currency"],
    "participations.csv": ["deal_id", "investor_id"],
    "raises.csv": ["company_id", "opened_on", "round", "amount_text", "amount", "currency"],
}  # fmt: skip
OPTIONAL = {"raises.csv"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass
class Line:
    """One row of a file; `line` is that of its first character."""

    file: str
    line: int
    cells: dict[str, str]
    problems: Problems
    notices: Notices

    def bad(self, code: str, column: str = "", **values) -> None:
        self.problems.add(code, self.file, self.line, column, **values)

    def notice(self, code: str, value: str = "") -> None:
        self.notices.add(code, self.file, self.line, value)

    def text(self, column: str, limit: int) -> str:
        cell = self.cells[column]
        if len(cell) > limit:
            self.bad("too_long", column, length=len(cell), limit=limit)
            return ""
        return cell

    def required(self, column: str, limit: int) -> str:
        if not self.cells[column]:
            self.bad("required", column)
        return self.text(column, limit)

    def many(self, column: str, limit: int) -> tuple[str, ...]:
        """The values of a cell that `|` parts, each once, in order; `limit` holds for one value."""
        if not self.cells[column]:
            return ()
        values = tuple(dict.fromkeys(part.strip() for part in self.cells[column].split("|") if part.strip()))
        longest = max(map(len, values), default=0)
        if longest > limit:
            self.bad("too_long", column, length=longest, limit=limit)
            return ()
        return values


class Folder:
    """A folder of CSV files; `lines(file)` reads one of them. A file larger than `max_bytes` is refused."""

    def __init__(self, path: Path, problems: Problems, notices: Notices, max_bytes: int):
        self.path, self.problems, self.notices, self.max_bytes = path, problems, notices, max_bytes
        # Files of which rows could not be read at all: what points into them cannot be judged.
        self.broken: set[str] = set()
        # By file the cells of rows of a wrong length: one of them is the row's id.
        self.loose: defaultdict[str, set[str]] = defaultdict(set)

    def _broken(self, code: str, file: str, line: int = 0, column: str = "", **values) -> None:
        self.broken.add(file)
        self.problems.add(code, file, line, column, **values)

    def missing(self, file: str) -> bool:
        return not (self.path / file).exists()

    def lines(self, file: str) -> Iterator[Line]:
        """Rows of `file` whose number of cells fits; surrounding blanks of cells are dropped."""
        if self.missing(file):
            if file not in OPTIONAL:
                self._broken("missing_file", file)
            return
        try:
            if self._is_text(file):
                with (self.path / file).open(encoding="utf-8-sig", newline="") as handle:
                    yield from self._rows(file, csv.reader(handle, strict=True))
        except OSError as error:
            self._broken("not_readable", file, why=error.strerror or str(error))

    def _is_text(self, file: str) -> bool:
        path = self.path / file
        size = path.stat().st_size
        if size > self.max_bytes:
            self._broken("too_large", file, size=round(size / 1e6), limit=round(self.max_bytes / 1e6))
            return False
        with path.open("rb") as handle:
            for number, line in enumerate(handle, 1):
                if number == 1 and line[:2] in (b"\xff\xfe", b"\xfe\xff"):
                    self._broken("encoding", file, 1, guess="UTF-16")
                    return False
                if b"\x00" in line:
                    self._broken("nul", file, number)
                    return False
                try:
                    line.decode("utf-8")
                except UnicodeDecodeError:
                    self._broken("encoding", file, number, guess=_guess(line))
                    return False
        return True

    def _rows(self, file: str, reader) -> Iterator[Line]:
        expected = COLUMNS[file]
        header, start = None, 1
        try:
            for row in reader:
                line, start = start, reader.line_num + 1
                if not row:
                    continue
                if header is None:
                    header = [name.strip() for name in row]
                    if not self._fits(file, line, header, expected):
                        return
                elif len(row) != len(header):
                    code = "too_many_cells" if len(row) > len(header) else "too_few_cells"
                    self.problems.add(code, file, line, count=len(row), expected=len(header))
                    self.loose[file].update(cell.strip() for cell in row)
                else:
                    cells = {name: cell.strip() for name, cell in zip(header, row, strict=True)}
                    for name, cell in cells.items():
                        if _CONTROL.search(cell):
                            self.problems.add("control", file, line, name)
                            cells[name] = _CONTROL.sub("", cell)
                    yield Line(file, line, cells, self.problems, self.notices)
        except csv.Error as error:
            if "field limit" in str(error):
                self._broken("too_long", file, start, length="> 131072", limit=8000)
            else:
                self._broken("bad_csv", file, start, why=str(error))
            return
        if header is None:
            self._broken("empty_file", file, columns=",".join(expected))

    def _fits(self, file: str, line: int, header: list[str], expected: list[str]) -> bool:
        missing = [name for name in expected if name not in header]
        twice = sorted({name for name in header if header.count(name) > 1})
        for name in missing:
            self._broken("missing_column", file, line, name)
        for name in twice:
            self._broken("duplicate_column", file, line, name)
        for name in header:
            if name not in expected:
                self.notices.add("extra_column", file, line, name)
        return not missing and not twice


def _guess(line: bytes) -> str:
    for encoding in ("gb18030", "big5"):
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding.upper()
    return "Latin-1"
