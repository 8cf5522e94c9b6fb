"""What users hand over by mistake: each gives one clear message with place and mend, and changes nothing."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from pathlib import Path

import pytest

from ostra.errors import ConflictError, DataError, NotFoundError, UsageError
from ostra.facts.imports import check_file, import_file
from ostra.facts.kinds import Options
from ostra.facts.store import open_facts

HEADER = "year,exporter,importer,product,value_kusd,quantity_t\n"
GOOD = "2022,CHN,DEU,811292,10.5,2\n"


def write(folder: Path, content: str | bytes, name: str = "flows.csv") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rejects(path: Path) -> list[dict[str, str]]:
    """The rows of a report of rejected rows."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def state(workspace: Path) -> dict[str, bytes]:
    """Every file of the store but its lock."""
    root = workspace / "facts"
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file() and p.name != ".lock"}


def refused(
    folder: Path, path: Path, kind: str = "plain", *, options: Options | None = None, strict: bool = False
) -> DataError:
    """The error of an import that must be refused and must leave the store as it was."""
    workspace = folder / "ws"
    import_file(workspace, "plain", write(folder, HEADER + "2020,USA,FRA,010121,1,1\n", "before.csv"))
    before = state(workspace)
    with pytest.raises(DataError) as caught:
        import_file(workspace, kind, path, options=options, strict=strict)
    assert state(workspace) == before
    assert caught.value.exit_code == 3
    return caught.value


FILES: dict[str, tuple[str | bytes, str]] = {
    "missing column": ("year,exporter,importer,product\n2022,CHN,DEU,811292\n", "column missing: value_kusd"),
    "column twice": ("year,year," + HEADER[5:] + "2022,2022,CHN,DEU,811292,1,1\n", "column is there twice"),
    "empty file": ("", "the file is empty"),
    "header only": (HEADER, "a header and no rows"),
    "no header": (GOOD + GOOD, "columns missing"),
    "open quotation mark": (HEADER + GOOD + '2022,"CHN,USA,811292,1,1\n' + GOOD, "never closed"),
    "quotation mark over two lines": (
        HEADER + '2022,"CHN,USA,811292,1,1\n2022,DEU",FRA,811292,1,1\n' + GOOD,
        "from line 2 to line 3",
    ),
    "NUL bytes": (HEADER.encode() + b"2022,C\0HN,DEU,811292,1,1\n", "NUL bytes"),
    "Parquet": (b"PAR1" + bytes(100), "a Parquet file"),
    "7z": (b"7z\xbc\xaf'\x1c" + bytes(100), "a 7z archive"),
    "mixed line ends": (HEADER + GOOD.replace("\n", "\r\n") + GOOD, "line ends are mixed"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, case: str) -> None:
    """File-level mistakes refuse the file, say what is wrong and how to mend it, and change nothing."""
    content, message = FILES[case]
    error = refused(tmp_path, write(tmp_path, content))
    assert message in str(error)
    assert "flows.csv" in str(error)
    assert error.problems[0].mend


ROWS: dict[str, tuple[str, str, str, str]] = {
    "negative value": ("2022,CHN,FRA,811292,-5,1", "negative value", "value_kusd", "-5"),
    "negative small value": ("2022,CHN,FRA,811292,-0.0001,1", "negative value", "value_kusd", "-0.0001"),
    "negative quantity": ("2022,CHN,FRA,811292,5,-1", "negative value", "quantity_t", "-1"),
    "unknown country": ("2022,CHN,Atlantis,811292,5,1", "unknown economy", "importer", "Atlantis"),
    "a bloc is no country": ("2022,CHN,EU27,811292,5,1", "unknown economy", "importer", "EU27"),
    "five digits": ("2022,CHN,FRA,10121,5,1", "HS code of 5 digits", "product", "10121"),
    "letters in code": ("2022,CHN,FRA,81129X,5,1", "not an HS code", "product", "81129X"),
    "chapter 00": ("2022,CHN,FRA,001234,5,1", "not an HS code", "product", "001234"),
    "year 20222": ("20222,CHN,FRA,811292,5,1", "not a year", "year", "20222"),
    "year with fraction": ("2022.4,CHN,FRA,811292,5,1", "not a year", "year", "2022.4"),
    "year 0": ("0,CHN,FRA,811292,5,1", "not a year", "year", "0"),
    "NaN": ("2022,CHN,FRA,811292,nan,1", "not a finite decimal number", "value_kusd", "nan"),
    "infinity": ("2022,CHN,FRA,811292,inf,1", "not a finite decimal number", "value_kusd", "inf"),
    "underscore": ("2022,CHN,FRA,811292,1_000,1", "not a finite decimal number", "value_kusd", "1_000"),
    "too large": ("2022,CHN,FRA,811292,1e15,1", "not a finite decimal number", "value_kusd", "1e15"),
    "text quantity": ("2022,CHN,FRA,811292,1,many", "not a finite decimal number", "quantity_t", "many"),
    "no value": ("2022,CHN,FRA,811292,,1", "value is missing", "value_kusd", ""),
    "no exporter": ("2022,,FRA,811292,1,1", "value is missing", "exporter", ""),
    "duplicate flow": ("2022,China,DE,811292,99,1", "given twice", "year, product, exporter, importer", ""),
    "too few columns": ("2022,CHN,FRA,811292", "too few columns", "", "2022,CHN,FRA,811292"),
    "too many columns": ("2022,CHN,FRA,811292,1,1,7,8", "too many columns", "", "2022,CHN,FRA,811292,1,1,7,8"),
}


@pytest.mark.parametrize("case", ROWS)
def test_a_faulty_row_is_rejected_with_its_place(tmp_path: Path, case: str) -> None:
    """The sound rows are imported; the faulty one is reported with file, line, column, value and reason."""
    row, reason, column, value = ROWS[case]
    path = write(tmp_path, HEADER + GOOD + row + "\n" + "2023,USA,JPN,260200,7,\n")
    report = import_file(tmp_path / "ws", "plain", path)
    assert (report.rows, report.rejected) == (2, 1)
    problem = report.problems[0]
    assert (problem.file, problem.line) == (str(path), 3)
    assert reason in problem.reason
    assert problem.mend
    assert not column or problem.column == column
    assert not value or problem.value == value
    assert report.rejects_path is not None
    rows = rejects(report.rejects_path)
    assert [(r["file"], r["line"]) for r in rows] == [(str(path), "3")]
    assert reason in rows[0]["reason"]
    kept = open_facts(tmp_path / "ws").relation("trade").fetchall()
    assert [str(r[4]) for r in kept] == ["10.500", "7.000"]


@pytest.mark.parametrize("case", ROWS)
def test_strict_refuses_a_file_with_a_faulty_row(tmp_path: Path, case: str) -> None:
    """With strict, the first faulty row refuses the file and the store stays as it was."""
    row, reason, _, _ = ROWS[case]
    path = write(tmp_path, HEADER + GOOD + row + "\n")
    error = refused(tmp_path, path, strict=True)
    assert reason in str(error)
    assert f"{path}:3" in str(error)


def test_strict_lists_the_first_faults_and_counts_all(tmp_path: Path) -> None:
    """A file full of faults gives twenty of them and the number of all, not thousands of lines."""
    path = write(tmp_path, HEADER + GOOD + "2022,CHN,FRA,811292,-1,1\n" * 500)
    error = refused(tmp_path, path, strict=True)
    assert len(error.problems) == 21
    assert "500 faults" in error.problems[-1].reason


def test_a_file_without_any_sound_row_is_refused(tmp_path: Path) -> None:
    """If all rows are faulty the file is refused even without strict."""
    error = refused(tmp_path, write(tmp_path, HEADER + "2022,CHN,FRA,811292,-1,1\n" * 3))
    assert "no row can be used; 3 of 3 are faulty" in str(error)


def test_all_row_faults_of_one_file_are_found_together(tmp_path: Path) -> None:
    """Every kind of faulty row in one file is reported on its own line, in the order of the file."""
    good = "".join(f"2022,CHN,DEU,{code},1,1\n" for code in range(811200, 811260))
    content = HEADER + "2022,CHN,DEU,811292,10.5,2\n" + good
    expected = []
    for number, (row, reason, _, _) in enumerate(ROWS.values()):
        content += row + "\n" + f"2022,USA,DEU,{710000 + number},1,1\n"
        expected.append((content.count("\n") - 1, reason))
    report = import_file(tmp_path / "ws", "plain", write(tmp_path, content))
    assert report.rejects_path is not None
    rows = rejects(report.rejects_path)
    assert [int(r["line"]) for r in rows] == [line for line, _ in expected]
    for row, (_, reason) in zip(rows, expected, strict=True):
        assert reason in row["reason"]
    assert report.rows == 61 + len(ROWS)


def test_lines_are_right_in_a_long_file(tmp_path: Path) -> None:
    """In a file long enough to be read by several threads, each faulty row is found on its own line."""
    rows = [f"2022,CHN,DEU,{100000 + n},{n},1" for n in range(300_000)]
    faulty = list(range(7, 300_000, 9973))
    for n in faulty:
        rows[n] = rows[n].replace("CHN", "Nowhere")
    short = list(range(11, 300_000, 49_999))
    for n in short:
        rows[n] = "2022,CHN"
    rows[250_000] = rows[100_000]  # a duplicate: the later one goes
    path = write(tmp_path, HEADER + "\n".join(rows) + "\n")
    report = import_file(tmp_path / "ws", "plain", path, memory="200MB")
    assert report.rejects_path is not None
    found = [(int(r["line"]), r["reason"]) for r in rejects(report.rejects_path)]
    assert [line for line, _ in found] == sorted([n + 2 for n in [*faulty, *short, 250_000]])
    assert [line for line, reason in found if "twice" in reason] == [250_002]


def test_blank_lines_do_not_shift_line_numbers(tmp_path: Path) -> None:
    """Blank lines are passed over, and the faults after them keep their lines."""
    path = write(tmp_path, HEADER + "\n" + GOOD + "\n\n" + "2022,CHN,FRA,811292,-1,1\n")
    report = import_file(tmp_path / "ws", "plain", path)
    assert [p.line for p in report.problems] == [6]


def test_byte_order_mark_latin1_and_crlf_are_accepted(tmp_path: Path) -> None:
    """A BOM is passed over; Windows-1252 is decoded and said; Windows line ends are fine."""
    bom = write(tmp_path, b"\xef\xbb\xbf" + (HEADER + GOOD).replace("\n", "\r\n").encode(), "bom.csv")
    assert import_file(tmp_path / "ws", "plain", bom).rows == 1
    latin = write(tmp_path, (HEADER + "2022,Côte d'Ivoire,DEU,180100,1,1\n").encode("latin-1"), "latin.csv")
    report = import_file(tmp_path / "ws", "plain", latin)
    assert any("read as Windows-1252" in note for note in report.caveats)
    assert open_facts(tmp_path / "ws").relation("trade").fetchall()[0][1] == "CIV"


def test_unknown_economies_come_with_suggestions(tmp_path: Path) -> None:
    """The mend of an unknown economy names what it probably was."""
    report = import_file(tmp_path / "ws", "plain", write(tmp_path, HEADER + GOOD + "2022,Germny,USA,811292,1,1\n"))
    assert "Germany" in report.problems[0].mend


def test_formulas_in_rejected_values_are_disarmed(tmp_path: Path) -> None:
    """A rejected value that a spreadsheet would run is written as text."""
    row = '2022,"=HYPERLINK(""http://x"")",DEU,811292,1,1\n'
    report = import_file(tmp_path / "ws", "plain", write(tmp_path, HEADER + GOOD + row))
    assert report.rejects_path is not None
    assert rejects(report.rejects_path)[0]["value"].startswith("'=HYPERLINK")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder, "is a directory"),
        (lambda folder: folder / "absent.csv", "no such file"),
    ],
)
def test_paths_that_are_no_files_are_refused(tmp_path: Path, make: object, message: str) -> None:
    """A directory and a missing file each have their message."""
    assert callable(make)
    assert message in str(refused(tmp_path, make(tmp_path)))


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    """A named pipe, on which reading would wait for ever, is refused."""
    os.mkfifo(tmp_path / "pipe.csv")
    assert "not a regular file" in str(refused(tmp_path, tmp_path / "pipe.csv"))


BACI = "t,i,j,k,v,q\n2022,156,276,811292,1,1\n"


def make_zip(path: Path, members: dict[str, str]) -> Path:
    """A zip archive with these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9])
def test_a_truncated_zip_is_refused(tmp_path: Path, keep: float) -> None:
    """A download that broke off gives one message, wherever it broke off."""
    content = BACI + "".join(f"2022,156,276,{n:06d},{n * 7919 % 1000},1\n" for n in range(100000, 130000))
    path = make_zip(tmp_path / "BACI_HS92_V1.zip", {"BACI_HS92_Y2022_V1.csv": content})
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    assert "truncated or damaged" in str(refused(tmp_path, path, "baci"))


def test_a_damaged_member_is_refused(tmp_path: Path) -> None:
    """Bytes that were changed inside an archive are noticed through its checksum."""
    path = make_zip(tmp_path / "a.zip", {"BACI_HS92_Y2022_V1.csv": BACI + "2022,156,276,010121,1,1\n" * 2000})
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(bytes(content))
    assert "truncated or damaged" in str(refused(tmp_path, path, "baci"))


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    """An archive that unpacks to a thousand times its size is not unpacked to the end."""
    path = make_zip(tmp_path / "bomb.zip", {"BACI_HS92_Y2022_V1.csv": "0" * (100 << 20)})
    assert "unpacks to more than" in str(refused(tmp_path, path, "baci"))


def test_names_inside_an_archive_do_not_become_paths(tmp_path: Path) -> None:
    """A member named to climb out of the folder is read under a name of our own."""
    path = make_zip(tmp_path / "sly.zip", {"../../BACI_HS92_Y2022_V1.csv": BACI})
    assert import_file(tmp_path / "ws", "baci", path).rows == 1
    assert not list(tmp_path.glob("**/BACI_HS92_Y2022_V1.csv"))
    assert not list(tmp_path.parent.glob("BACI_HS92_Y2022_V1.csv"))


def test_an_archive_without_the_wanted_files_is_refused(tmp_path: Path) -> None:
    """An archive of something else says what it holds."""
    path = make_zip(tmp_path / "other.zip", {"readme.txt": "hello"})
    assert "readme.txt" in str(refused(tmp_path, path, "baci"))


def test_the_edition_must_be_known_and_one(tmp_path: Path) -> None:
    """A BACI file without its published name needs the edition; two are never mixed; a wrong one is refused."""
    assert "edition is not known" in str(refused(tmp_path, write(tmp_path, BACI, "mine.csv"), "baci"))
    two = make_zip(tmp_path / "two.zip", {"BACI_HS92_Y2022_V1.csv": BACI, "BACI_HS17_Y2022_V1.csv": BACI})
    assert "different HS editions" in str(refused(tmp_path, two, "baci"))
    named = write(tmp_path, BACI, "BACI_HS92_Y2022_V1.csv")
    assert "not an HS edition" in str(refused(tmp_path, named, "baci", options=Options(edition="HS93")))


def test_requests_that_make_no_sense_are_usage_errors(tmp_path: Path) -> None:
    """An unknown kind, no file, a bad id and a bad memory size are told apart from bad data."""
    path = write(tmp_path, HEADER + GOOD)
    with pytest.raises(NotFoundError, match="kinds are baci"):
        import_file(tmp_path / "ws", "excel", path)
    with pytest.raises(UsageError, match="at least one file"):
        import_file(tmp_path / "ws", "plain", [])
    with pytest.raises(UsageError, match="named twice"):
        import_file(tmp_path / "ws", "plain", [path, path])
    with pytest.raises(UsageError, match="data set id"):
        import_file(tmp_path / "ws", "plain", path, dataset="../escape")
    with pytest.raises(UsageError, match="memory"):
        import_file(tmp_path / "ws", "plain", path, memory="much'; DROP")


def test_an_id_is_given_once(tmp_path: Path) -> None:
    """A second data set under an existing id is a conflict and changes nothing."""
    import_file(tmp_path / "ws", "plain", write(tmp_path, HEADER + GOOD, "a.csv"), dataset="mine")
    before = state(tmp_path / "ws")
    with pytest.raises(ConflictError, match="'mine' exists"):
        import_file(
            tmp_path / "ws",
            "plain",
            write(tmp_path, HEADER + GOOD + GOOD.replace("CHN", "USA"), "b.csv"),
            dataset="mine",
        )
    assert state(tmp_path / "ws") == before


def test_a_check_finds_what_an_import_would(tmp_path: Path) -> None:
    """The dry run reports the same counts and problems as the import, and leaves no data set."""
    path = write(tmp_path, HEADER + GOOD + "2022,CHN,FRA,811292,-5,1\n2022,DEU,DE,811292,1,1\n")
    dry = check_file("plain", path)
    assert list(tmp_path.iterdir()) == [path]
    wet = import_file(tmp_path / "ws", "plain", path)
    assert dry.dataset is None
    assert (dry.rows, dry.rejected, dry.problems, dry.set_aside) == (
        wet.rows,
        wet.rejected,
        wet.problems,
        wet.set_aside,
    )
