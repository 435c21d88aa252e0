"""Each bad input ends in a problem that names file, line and column, and in an unchanged database."""

import pytest

from deals.imports.actions import import_market
from deals.imports.problems import Refused
from tests.deals.imports.market import FILES, write_market


def problems(bring, **changes) -> list[tuple]:
    with pytest.raises(Refused) as refused:
        bring(**changes)
    found = refused.value.problems
    assert found.count == len(found.first)
    assert all(str(problem).startswith(problem.file) for problem in found.first)
    return [(problem.code, problem.file, problem.line, problem.column) for problem in found.first]


CELLS = {
    "name too long": ("companies", ("Plain Sensors", "x" * 201), "too_long", 4, "name"),
    "one of several keywords too long": ("companies", ("cobots", "x" * 301), "too_long", 3, "keywords"),
    "round label too long": ("deals", ("moonshot", "x" * 61), "too_long", 7, "round"),
    "id too long": ("investors", ("I3,", "I" * 51 + ","), "too_long", 4, "investor_id"),
    "no such day": ("deals", ("2015-05-04", "2013-02-30"), "bad_date", 2, "announced_on"),
    "no date at all": ("deals", ("2015-05-04", ""), "required", 2, "announced_on"),
    "a word for a date": ("companies", ("2014-03", "long ago"), "bad_date", 2, "founded_on"),
    "a year of another subject": ("deals", ("2015-05-04", "0215-05-04"), "bad_date", 2, "announced_on"),
    "a deal of tomorrow": ("deals", ("2015-05-04", "2095-05-04"), "future_date", 2, "announced_on"),
    "negative amount": ("deals", (",12500000", ",-12500000"), "negative_amount", 3, "amount"),
    "negative amount in words": ("deals", ("数千万人民币", "-1000万人民币"), "negative_amount", 2, "amount_text"),
    "amount that is no number": ("deals", (",12500000", ",12 mln"), "bad_amount", 3, "amount"),
    "infinite amount": ("deals", (",12500000", ",Infinity"), "bad_amount", 3, "amount"),
    "amount beyond the field": ("deals", (",12500000", ",1e18"), "too_large_amount", 3, "amount"),
    "range that ends before it begins": ("raises", ("5000万-8000万", "9000万-8000万"), "backwards_amount", 2, "amount_text"),
    "unknown currency": ("deals", ("500000,EUR", "500000,XQZ"), "unknown_currency", 8, "currency"),
    "no id": ("investors", ("I3,", ","), "required", 4, "investor_id"),
    "duplicate company": ("companies", ("C2,Quiet", "C1,Quiet"), "duplicate_id", 3, "company_id"),
    "deal of an unknown company": ("deals", ("D7,C3", "D7,C9"), "unknown_company", 8, "company_id"),
    "participation of an unknown deal": ("participations", ("D7", "D9"), "unknown_deal", 5, "deal_id"),
    "participation of an unknown investor": ("participations", ("D2,I3", "D2,I9"), "unknown_investor", 4, "investor_id"),
    "investor twice in a deal": ("participations", ("D2,I3", "D2,I2"), "duplicate_participation", 4, "investor_id"),
    "two open raises of a company": ("raises", ("C3,2017", "C1,2017"), "second_raise", 3, "company_id"),
    "raise of an unknown company": ("raises", ("C3,2017", "C8,2017"), "unknown_company", 3, "company_id"),
    "control character": ("companies", ("Plain Sensors", "Plain\x07Sensors"), "control", 4, "name"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "change", "code", "line", "column"), CELLS.values(), ids=CELLS.keys())
def test_bad_cell(bring, everything, name, change, code, line, column):
    before = everything()
    found = problems(bring, **{name: change})
    assert found[0] == (code, f"{name}.csv", line, column)
    # Where an id is what is wrong, rows that point to it are told too, and nothing else is.
    assert {file for _code, file, _line, _column in found[1:]} <= {"deals.csv", "participations.csv"}
    assert everything() == before


def test_a_row_of_a_wrong_length_hides_no_other_mistake(bring):
    found = problems(bring, companies=("SF Bay,Oakland,2011", "SF Bay,Oakland,CA,2011"), deals=("D7,C3", "D7,C9"))
    # What points to the row itself is not told: it may be there.
    assert [(code, file) for code, file, _line, _column in found] == [
        ("too_many_cells", "companies.csv"),
        ("unknown_company", "deals.csv"),
    ]


FILES_SPOILT = {
    "missing file": ({"deals": None}, ("missing_file", "deals.csv", 0, "")),
    "empty file": ({"participations": ""}, ("empty_file", "participations.csv", 0, "")),
    "blank lines only": ({"participations": "\n\n"}, ("empty_file", "participations.csv", 0, "")),
    "GB18030": ({"companies": FILES["companies.csv"].encode("gb18030")}, ("encoding", "companies.csv", 2, "")),
    "UTF-16": ({"companies": FILES["companies.csv"].encode("utf-16")}, ("encoding", "companies.csv", 1, "")),
    "cut inside a character": ({"investors": FILES["investors.csv"].encode()[:110]}, ("encoding", "investors.csv", 2, "")),
    "NUL byte": ({"deals": ("moonshot", "moon\x00shot")}, ("nul", "deals.csv", 7, "")),
    "missing column": ({"deals": ("amount_text,", "")}, ("missing_column", "deals.csv", 1, "amount_text")),
    "column twice": ({"deals": ("currency\n", "currency,currency\n")}, ("duplicate_column", "deals.csv", 1, "currency")),
    "too many cells": ({"deals": ("D5,C2,2015,post-ipo,,,", "D5,C2,2015,post-ipo,,,,x")}, ("too_many_cells", "deals.csv", 6, "")),
    "too few cells": ({"deals": ("D5,C2,2015,post-ipo,,,", "D5,C2,2015")}, ("too_few_cells", "deals.csv", 6, "")),
    "quotation mark left open": ({"companies": ("Plain Sensors", '"Plain Sensors')}, ("bad_csv", "companies.csv", 4, "")),
    "an enormous cell": ({"companies": ("Plain Sensors", "x" * 200_000)}, ("too_long", "companies.csv", 4, "")),
    "another separator": ({"participations": "deal_id;investor_id\nD1;I1\n"}, ("missing_column", "participations.csv", 1, "deal_id")),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), FILES_SPOILT.values(), ids=FILES_SPOILT.keys())
def test_bad_file(bring, everything, changes, expected):
    before = everything()
    found = problems(bring, **changes)
    assert found[0] == expected
    # A file that cannot be read is told once; what points into it is not judged.
    assert {file for _code, file, _line, _column in found} == {expected[1]}
    assert everything() == before


@pytest.mark.parametrize(("encoding", "guess"), [("gb18030", "GB18030"), ("utf-16", "UTF-16")])
def test_another_encoding_is_guessed(bring, encoding, guess):
    with pytest.raises(Refused) as refused:
        bring(companies=FILES["companies.csv"].encode(encoding))
    assert f"it could be {guess}" in str(refused.value.problems.first[0])


def test_a_large_file_is_refused_with_its_limit(bring, everything, settings):
    settings.IMPORT_MAX_BYTES = 300
    before = everything()
    assert ("too_large", "companies.csv", 0, "") in problems(bring)
    assert everything() == before


def test_two_hundred_megabytes_are_refused_before_they_are_read(tmp_path, everything):
    before = everything()
    folder = write_market(tmp_path / "tiny")
    with (folder / "deals.csv").open("ab") as handle:
        handle.truncate(200_000_000)
    with pytest.raises(Refused) as refused:
        import_market(folder, "tiny")
    assert refused.value.problems.codes == ["too_large"]
    assert "200 MB" in str(refused.value.problems.first[0])
    assert everything() == before


def test_all_bad_rows_are_named_at_once(bring):
    found = problems(
        bring,
        companies=("2014-03", "soon"),
        deals=("2015-05-04,A轮,数千万人民币,,CNY", "2013-02-30,A轮,,-3,QQQ"),
        participations=("D7,I2", "D7,I7"),
    )
    assert found == [
        ("bad_date", "companies.csv", 2, "founded_on"),
        ("bad_date", "deals.csv", 2, "announced_on"),
        ("unknown_currency", "deals.csv", 2, "currency"),
        ("negative_amount", "deals.csv", 2, "amount"),
        ("unknown_investor", "participations.csv", 5, "investor_id"),
    ]


def test_a_bad_row_is_no_reason_to_doubt_the_rows_that_point_to_it(bring):
    assert problems(bring, companies=("Plain Sensors", "x" * 201)) == [("too_long", "companies.csv", 4, "name")]


def test_lines_are_counted_through_cells_of_several_lines(bring):
    found = problems(
        bring,
        companies=("Arms that listen", '"Arms\nthat\nlisten"'),
        deals=("2015-05-04", "never"),
    )
    assert found == [("bad_date", "deals.csv", 2, "announced_on")]
    companies = FILES["companies.csv"].replace("Arms that listen", '"Arms\nthat\nlisten"')
    assert problems(bring, companies=companies.replace("Plain Sensors", "x" * 201)) == [
        ("too_long", "companies.csv", 6, "name")
    ]


def test_a_long_list_of_problems_is_cut_and_counted(bring):
    rows = "".join(f"D{number},C1,never,,,,\n" for number in range(1000, 1500))
    with pytest.raises(Refused) as refused:
        bring(deals=FILES["deals.csv"] + rows)
    assert refused.value.problems.count == 500
    assert len(refused.value.problems.first) == 200


def test_no_such_folder(tmp_path, db):
    with pytest.raises(Refused) as refused:
        import_market(tmp_path / "nowhere", "nowhere")
    assert refused.value.problems.codes == ["missing_folder"]
