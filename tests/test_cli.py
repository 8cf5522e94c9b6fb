"""The command line as users type it: forms of output, exit codes, messages."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from ostra.cli import main

DEPS_KEYS = [
    "product",
    "description",
    "year",
    "status",
    "imports_kusd",
    "concentration",
    "extra_share",
    "import_export_ratio",
    "top_supplier",
    "top_share",
    "suppliers_effective",
    "diversification_potential",
    "reverse_share",
    "years_flagged",
    "dependent",
]
# What partners that nobody can name leave open.
BOUNDED = [
    "imports_kusd", "concentration", "extra_share", "import_export_ratio", "top_share", "suppliers_effective",
    "diversification_potential", "reverse_share",
]  # fmt: skip
DEPS_KEYS += [*(f"{name}_{end}" for name in BOUNDED for end in ("low", "high")), "unnamed_kusd"]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    code = main(list(arguments))
    streams = capsys.readouterr()
    return code, streams.out, streams.err


def test_deps_as_json_has_flat_rows_with_the_agreed_keys(capsys: pytest.CaptureFixture[str]) -> None:
    """An array of flat objects; numbers are numbers, unknown is null."""
    code, out, _ = run(capsys, "deps", "--home", "EU27", "--year", "2022", "--json")
    rows = json.loads(out)
    assert code == 0
    assert list(rows[0]) == DEPS_KEYS
    assert len(rows) == 74
    lapsed = next(row for row in rows if row["product"] == "811230")
    assert lapsed["status"] == "unknown" and lapsed["imports_kusd"] is None
    assert sum(bool(row["dependent"]) for row in rows) >= 5


def test_deps_as_csv_and_xlsx_hold_the_same_rows(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The forms differ, the data do not; a file's suffix is enough to choose its form."""
    code, out, _ = run(capsys, "deps", "--year", "2022", "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    target = tmp_path / "deps.xlsx"
    assert (code, run(capsys, "deps", "--year", "2022", "-o", str(target))[0]) == (0, 0)
    sheet = openpyxl.load_workbook(target)["Data"]
    assert sheet.max_row == len(rows) + 1
    assert [cell.value for cell in sheet[1]] == list(rows[0]) == DEPS_KEYS
    assert float(rows[0]["imports_kusd"]) == pytest.approx(sheet["E2"].value)


def test_series_suppliers_groups_and_thresholds(capsys: pytest.CaptureFixture[str]) -> None:
    """Years as a span, one supplier's shares, a bloc as one supplier, thresholds as options."""
    _, out, _ = run(capsys, "deps", "--years", "2010:2024", "--product", "811292", "--product", "280530", "--json")
    rows = json.loads(out)
    assert [row["year"] for row in rows if row["product"] == "280530"] == list(range(2010, 2025))
    assert {row["status"] for row in rows if row["product"] == "811292"} == {"unknown"}
    _, out, _ = run(capsys, "deps", "--year", "2022", "--product", "280530", "--supplier", "china", "--json")
    (row,) = json.loads(out)
    assert row["top_supplier"] == "CHN" and row["supplier_share"] == row["top_share"]
    _, out, _ = run(capsys, "deps", "--year", "2022", "--product", "280530", "--group", "BRICS", "--json")
    (grouped,) = json.loads(out)
    assert grouped["top_supplier"] == "BRICS" and grouped["top_share"] >= row["top_share"]
    _, out, _ = run(capsys, "deps", "--year", "2022", "--min-concentration", "0", "--min-extra-share", "0",
                    "--min-import-export-ratio", "0.000001", "--dependent", "--json")  # fmt: skip
    assert len(json.loads(out)) > 40


def test_materials_have_bounds_where_inputs_are_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    """Gallium has no customs heading: its import risk is an interval, not zero."""
    code, out, _ = run(capsys, "materials", "--home", "EU27", "--year", "2022", "--json")
    rows = {row["material"]: row for row in json.loads(out)}
    assert code == 0
    assert rows["Gallium"]["import_risk_low"] == 0.0 and rows["Gallium"]["import_risk_high"] == 1.0
    assert rows["Gallium"]["geopolrisk"] is None
    for key in ("material", "geopolrisk", "import_risk", "production_concentration", "supply_risk"):
        assert key in rows["Gallium"]


def test_assess_prints_itself_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """`--format json` gives one object."""
    code, out, _ = run(capsys, "assess", "semiconductors", "--home", "EU27", "--format", "json")
    document = json.loads(out)
    assert code == 0
    assert document["format"] == "ostra-assessment/1"
    assert set(document["hashes"]) == {
        "dossier", "facts", "profile", "instruments", "scenarios", "controls", "version",
    }  # fmt: skip


def test_the_summary_fits_the_terminal_and_names_evidence_that_resolves(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line is wider than 80; each id in brackets can be traced."""
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = run(capsys, "assess", "semiconductors", "--home", "EU27", "--year", "2023")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    joined = " ".join(out.split())
    ids = [part.split("]")[0].replace(" ", "") for part in joined.split("[")[1:]]
    assert len(ids) >= 15
    for evidence in ids:
        code, chain, error = run(capsys, "trace", f"semiconductors-EU27-2023#{evidence}", "--json")
        assert code == 0, error
        assert json.loads(chain)["id"] == evidence


def test_trace_shows_formula_rows_source_and_licence(capsys: pytest.CaptureFixture[str]) -> None:
    """A number's chain reads from the formula down to the licence."""
    code, out, _ = run(capsys, "trace", "semiconductors-EU27-2023#trade.280530.2023.share.CHN")
    assert code == 0
    for wanted in ("formula: s = v / M", "facts:", "Etalab", "exporter CHN", "assessment semiconductors-EU27-2023"):
        assert wanted in " ".join(out.split())


def test_a_stored_assessment_can_be_traced_and_printed_again(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Tracing in a file and making it anew agree; reports from a file equal reports from a run."""
    _, out, _ = run(capsys, "assess", "semiconductors", "--year", "2023", "--json")
    stored = tmp_path / "semi.json"
    stored.write_text(out)
    _, from_file, _ = run(capsys, "trace", "production.gallium.2023.CHN", "--in", str(stored), "--json")
    _, anew, _ = run(capsys, "trace", "semiconductors-EU27-2023#production.gallium.2023.CHN", "--json")
    assert json.loads(from_file) == json.loads(anew)
    stored.write_text(out.replace('"ostra-assessment/1"', '"other/1"'))
    code, _, error = run(capsys, "trace", "production.gallium.2023.CHN", "--in", str(stored))
    assert code == 3 and "format" in error and str(stored) in error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["deps", "--home", "Atlantis"], "Atlantis"),
        (["deps", "--year", "20222"], "20222"),
        (["deps", "--year", "1850"], "1850"),
        (["deps", "--years", "2010-2012"], "first:last"),
        (["deps", "--year", "2022", "--years", "2010:2012"], "not both"),
        (["deps", "--product", "8112"], "six digits"),
        (["deps", "--ecosystem", "perpetual-motion"], "semiconductors"),
        (["deps", "--supplier", "DEU"], "DEU"),
        (["deps", "--min-concentration", "1.5"], "threshold"),
        (["deps", "--format", "yaml"], "yaml"),
        (["deps", "--json", "--csv"], "exclude"),
        (["deps", "--format", "xlsx"], "-o"),
        (["cases", "-o", "cases.svg"], "cannot be written as .svg"),
        (["deps", "--dataset", "nope"], "nope"),
        (["materials", "--material", "unobtainium"], "unobtainium"),
        (["assess", "perpetual-motion"], "semiconductors"),
        (["trace", "nothing#at.all"], "ECOSYSTEM-HOME-YEAR"),
        (["trace", "no.such.id"], "no.such.id"),
        (["frobnicate"], "frobnicate"),
        (["deps", "-w", "/does/not/exist"], "ostra init"),
        (["data", "import", "baci", "x.csv"], "-w FOLDER"),
    ],
)
def test_a_wrong_request_is_exit_code_2_with_one_message(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    """Usage errors say what was wrong, on standard error, and print nothing else."""
    code, out, error = run(capsys, *arguments)
    assert code == 2, error
    assert message in error
    assert out == ""
    assert "Traceback" not in error


def test_init_makes_a_workspace_and_never_overwrites(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The second time is a conflict, exit code 4, and the profile is left alone."""
    folder = tmp_path / "mine"
    code, out, _ = run(capsys, "init", str(folder))
    assert code == 0
    assert all(f"ostra {command}" in out for command in ("data import", "import mrio", "import cases"))
    (folder / "profile.yaml").write_text("mine")
    code, _, error = run(capsys, "init", str(folder))
    assert code == 4 and "not empty" in error
    assert (folder / "profile.yaml").read_text() == "mine"
    code, _, error = run(capsys, "assess", "semiconductors", "-w", str(folder))
    assert code == 3 and "profile.yaml" in error


def test_a_workspace_dossier_stands_before_the_built_in_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A dossier of the same name in the workspace is the one that answers."""
    from ostra.documents.yaml_documents import builtin_dossiers

    folder = tmp_path / "mine"
    run(capsys, "init", str(folder))
    text = builtin_dossiers()["semiconductors"].read_text(encoding="utf-8")
    own = text.replace("\ntitle:", "\ntitle: Our own chips #", 1)
    assert own != text
    (folder / "dossiers" / "semiconductors.yaml").write_text(own, encoding="utf-8")
    _, out, _ = run(capsys, "ecosystems", "-w", str(folder), "--json")
    row = next(row for row in json.loads(out) if row["ecosystem"] == "semiconductors")
    assert row["title"] == "Our own chips" and row["origin"] == "workspace"


def test_help_comes_from_the_installed_command() -> None:
    """`ostra --help` runs as a process, lists the verbs and leaves heavy libraries alone."""
    code = "import sys; from ostra.cli import main; main(['--help']); print(sorted(m for m in ('polars', 'duckdb', " \
           "'numpy', 'pydantic') if m in sys.modules))"  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "80"}
    )
    for verb in ("assess", "data", "deps", "materials", "trace"):
        assert verb in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
