"""`manage.py import_market`: what it prints, and how it ends."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from companies.models import Company
from deals.imports.changes import Changes
from deals.management.commands.import_market import ProgressLine
from taxonomy.facts import Source
from tests.deals.imports.market import write_market

pytestmark = pytest.mark.django_db


def run(folder, *arguments) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_market", str(folder), *arguments, stdout=out, stderr=err, no_color=True)
    return out.getvalue(), err.getvalue()


def test_the_report_counts_every_table_and_names_what_could_not_be_mapped(tmp_path):
    out, err = run(write_market(tmp_path / "tiny"))
    assert "companies: 4 (4 new, 0 changed, 0 unchanged)" in out
    assert "participations: 4 (4 new, 0 changed, 0 unchanged)" in out
    assert "round: moonshot (1)" in out
    assert "regions: 极地 (1)" in out
    assert "24 changes written" in out
    assert "companies.csv" in err
    assert "\r" not in err


def test_the_source_is_the_folder_unless_it_is_given(tmp_path):
    run(write_market(tmp_path / "my market 2024"))
    run(write_market(tmp_path / "my market 2024"), "--source", "given", "--attribution", "Data: Given, CC-BY")
    assert Source.objects.filter(code="my-market-2024").exists()
    assert Source.objects.get(code="given").attribution == "Data: Given, CC-BY"


def test_a_later_attribution_replaces_the_former(tmp_path):
    folder = write_market(tmp_path / "tiny")
    run(folder, "--attribution", "One")
    run(folder, "--attribution", "Two")
    assert Source.objects.get(code="tiny").attribution == "Two"
    run(folder)
    assert Source.objects.get(code="tiny").attribution == "Two"


def test_an_attribution_that_is_too_long(tmp_path):
    with pytest.raises(CommandError, match="300"):
        run(write_market(tmp_path / "tiny"), "--attribution", "x" * 301)


def test_check_says_that_nothing_was_written(tmp_path):
    out, _err = run(write_market(tmp_path / "tiny"), "--check")
    assert "24 changes would be made; nothing was written" in out
    assert not Company.objects.exists()


def test_a_refusal_names_every_bad_row_and_exits_with_one(tmp_path):
    folder = write_market(
        tmp_path / "tiny",
        companies=("2014-03", "2013-02-30"),
        participations=("D7,I2", "D9,I2"),
    )
    with pytest.raises(CommandError) as refused:
        run(folder)
    assert refused.value.returncode == 1
    assert str(refused.value).splitlines() == [
        "companies.csv, line 2, column founded_on: “2013-02-30” is not a date. "
        "Write 2013-02-28, 2013-02, 2013-Q1 or 2013.",
        "participations.csv, line 5, column deal_id: “D9” is not in deals.csv. Add the deal, or remove this row.",
        "Nothing was written: 2 problems.",
    ]


def test_a_long_refusal_is_cut(tmp_path):
    rows = "".join(f"D{number},I1\n" for number in range(100, 350))
    with pytest.raises(CommandError) as refused:
        run(write_market(tmp_path / "tiny", participations="deal_id,investor_id\n" + rows))
    lines = str(refused.value).splitlines()
    assert len(lines) == 202
    assert lines[-2:] == ["… and 50 more.", "Nothing was written: 250 problems."]


@pytest.mark.parametrize("code", ["two words", "ä", "x" * 65])
def test_a_source_code_that_is_none(tmp_path, code):
    with pytest.raises(CommandError, match="--source"):
        run(write_market(tmp_path / "tiny"), "--source", code)


def test_what_the_database_refuses_undoes_everything(tmp_path, everything, monkeypatch):
    """The last table fails: the tables written before it are as they were."""
    before = everything()
    write = Changes.write

    def failing(self):
        if self.model._meta.model_name == "raise":
            raise IntegrityError("no raise today")
        write(self)

    monkeypatch.setattr(Changes, "write", failing)
    with pytest.raises(CommandError, match="no raise today"):
        run(write_market(tmp_path / "tiny"))
    assert everything() == before


class Terminal(StringIO):
    def isatty(self):
        return True


def test_progress_writes_over_its_line_on_a_terminal():
    terminal = Terminal()
    progress = ProgressLine(terminal)
    progress("deals.csv", 2000)
    progress("deals.csv", 4000)
    progress.end()
    assert terminal.getvalue().count("\r") == 3
    assert "\n" not in terminal.getvalue()


def test_progress_is_a_line_for_each_step_elsewhere():
    stream = StringIO()
    progress = ProgressLine(stream)
    progress("deals.csv", 2000)
    progress("deals.csv", 4000)
    progress("writing deal", 10)
    progress.end()
    assert stream.getvalue().splitlines() == ["deals.csv …", "writing deal …"]
