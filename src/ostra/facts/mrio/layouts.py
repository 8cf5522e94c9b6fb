"""Multi-regional input-output tables as published: which layout a file has, and how it is opened."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ostra.errors import DataError, NotFoundError, UsageError
from ostra.facts.mrio import by_pymrio, icio_csv, wiod
from ostra.facts.mrio.labelled import Labelled
from ostra.facts.mrio.npz import npz
from ostra.facts.readers.archives import Scanned, is_zip, member_names, scan, unpack
from ostra.facts.readers.archives import opened as unpacked
from ostra.facts.readers.comext import RATES_HELP, per_kusd
from ostra.files.given_files import check_is_file
from ostra.progress import Advance, quiet

NOT_STATED = "not stated; see the terms of the source"
WIOD_LICENCE = "Creative Commons Attribution 4.0 International"
# What members of an archive of several years are called, by layout; other members are notes or national tables.
MEMBERS = {
    "wiod13": re.compile(r"wiot\d\d_row_\w+\.xlsx", re.IGNORECASE),
    "wiod16": re.compile(r"wiot(19|20)\d\d_\w+\.(xlsb|dta)", re.IGNORECASE),
}

YEAR = r"(?:19|20)\d{2}"
# Where publishers put the year of the table into a name, which may hold that of an edition or of a download as well.
PUBLISHED = (
    re.compile(rf"^({YEAR})_(?:SML|LARGE)", re.IGNORECASE),  # OECD, each year by itself
    re.compile(rf"^ICIO{YEAR}(?:econ|ext)?_({YEAR})(?!\d)", re.IGNORECASE),  # OECD, edition and year
    re.compile(rf"(?<!\d)\d{{2}}ed_({YEAR})(?!\d)", re.IGNORECASE),  # FIGARO
    re.compile(rf"^IOT_({YEAR})_(?:pxp|ixi)", re.IGNORECASE),  # EXIOBASE
    re.compile(rf"^Eora26_({YEAR})_", re.IGNORECASE),
)


@dataclass(frozen=True)
class Layout:
    """What the manifest says of a table in this layout, unless the user says otherwise."""

    description: str
    title: str
    source: str
    url: str
    licence: str = NOT_STATED
    euros: bool = False


LAYOUTS: dict[str, Layout] = {
    "icio": Layout(
        "OECD ICIO, editions 2016 to 2025: CSV, or the zip archive of several years",
        "OECD inter-country input-output table",
        "OECD, Inter-Country Input-Output tables",
        "https://www.oecd.org/en/data/datasets/inter-country-input-output-tables.html",
        "OECD terms and conditions (reuse for any purpose with attribution)",
    ),
    "figaro": Layout(
        "Eurostat FIGARO input-output tables: CSV in matrix or flat form; needs the exchange rate of each year",
        "FIGARO input-output table",
        "Eurostat, FIGARO: full international and global accounts for research in input-output analysis",
        "https://ec.europa.eu/eurostat/web/esa-supply-use-input-tables",
        "Eurostat reuse policy (Commission Decision 2011/833/EU), source to be acknowledged",
        euros=True,
    ),
    "wiod13": Layout(
        "WIOD, release of 2013: wiotYY_row_apr12.xlsx, or the zip archive of several years",
        "World Input-Output Database, release 2013",
        "Timmer, M. P. et al. (2015), World Input-Output Database",
        "https://www.rug.nl/ggdc/valuechain/wiod/wiod-2013-release",
        WIOD_LICENCE,
    ),
    "wiod16": Layout(
        "WIOD, release of 2016: WIOT2014_Nov16_ROW.xlsb, WIOT2014_October16_ROW.dta, or the zip archive of years",
        "World Input-Output Database, release 2016",
        "Timmer, M. P. et al. (2015), World Input-Output Database",
        "https://www.rug.nl/ggdc/valuechain/wiod/wiod-2016-release",
        WIOD_LICENCE,
    ),
    "exiobase3": Layout(
        "EXIOBASE 3, pxp or ixi: IOT_2020_pxp.zip or its folder; needs the exchange rate of each year",
        "EXIOBASE 3",
        "Stadler, K. et al., EXIOBASE 3",
        "https://doi.org/10.5281/zenodo.3583070",
        euros=True,
    ),
    "eora26": Layout(
        "Eora26: Eora26_2017_bp.zip with indices.zip, or a folder with both unpacked",
        "Eora26",
        "Lenzen, M. et al., Eora global multi-regional input-output database",
        "https://worldmrio.com/",
    ),
    "gloria": Layout(
        "GLORIA: the folder that pymrio.download_gloria fills (tables, satellite accounts, ReadMe)",
        "GLORIA",
        "Lenzen, M. et al., Global Resource Input-Output Assessment (GLORIA)",
        "https://ielab.info/labs/ielab-gloria",
    ),
    "npz": Layout(
        "NumPy archive: Z or CSR pieces, final_demand, output, sectors, regions or countries",
        "Input-output table from a NumPy archive",
        "Source not stated",
        "",
    ),
}


@dataclass(frozen=True)
class Opened:
    """A file or folder ready for the reader of its layout; `name` is as the user knows it."""

    path: Path
    name: str
    scanned: Scanned | None = None


def layout_of(name: str) -> Layout:
    """A layout by name.

    Raises
    ------
    NotFoundError
        There is no such layout; the message lists those that exist.
    """
    if name not in LAYOUTS:
        listed = "; ".join(f"{key} ({layout.description})" for key, layout in LAYOUTS.items())
        raise NotFoundError(f"no layout '{name}'. There are: {listed}")
    return LAYOUTS[name]


def open_tables(
    paths: Sequence[Path], scratch: Path, layout: str | None = None, advance: Advance = quiet
) -> tuple[str, list[Scanned], list[Opened]]:
    """Recognise the layout, hash what the user named, and unpack archives into `scratch`.

    Returns
    -------
    tuple
        Layout, the files as the user has them, and what its reader is to read, one for each year or set of years.

    Raises
    ------
    DataError
        A file is missing, damaged or of a type that no layout has.
    """
    layout = layout or _recognised(paths)
    layout_of(layout)
    originals: list[Scanned] = []
    opened: list[Opened] = []
    whole = layout in ("exiobase3", "eora26", "gloria")
    for number, path in enumerate(paths):
        inner = scratch / f"unpacked-{0 if layout == 'eora26' else number}"
        if path.is_dir():
            if not whole:
                raise DataError("is a directory, not a file", str(path), mend="Name the files inside it.")
            originals += [scan(file, str(file), advance, text=False) for file in _inside(path, layout)]
            opened.append(Opened(path, str(path)))
            continue
        check_is_file(path)
        if layout == "gloria":
            raise DataError("is a file", str(path), mend="Name the folder with tables, satellites and ReadMe.")
        if whole:
            originals.append(scan(path, str(path), advance, text=False))
            folder = _unpacked(path, inner, scratch / f"members-{number}", layout, advance)
            opened.append(Opened(folder, str(path)))
        elif layout in MEMBERS and path.suffix.lower() == ".zip":
            originals.append(scan(path, str(path), advance, text=False))
            opened += _members(path, inner, layout, advance)
        elif layout in ("npz", "wiod13", "wiod16"):
            originals.append(scan(path, str(path), advance, text=False))
            opened.append(Opened(path, str(path)))
        else:
            original, members = unpacked(path, inner, lambda name: name.lower().endswith((".csv", ".txt")), advance)
            originals.append(original)
            opened += [Opened(file.path, file.name, file) for file in members]
    if layout == "eora26":
        opened = opened[:1]
    return layout, originals, opened


def read_tables(
    layout: str, opened: Sequence[Opened], *, year: int | None = None, eur_usd: Mapping[int, str] | None = None
) -> Iterator[Labelled]:
    """The tables one after the other, so that no more than one is in memory.

    Parameters
    ----------
    year
        Of the table, where the name of the file does not tell.
    eur_usd
        Price of one euro in US dollars by year, as exact text.

    Raises
    ------
    DataError, UsageError
        A file cannot be read, its year is not known, or a rate is missing.
    """
    if year is not None and len(opened) > 1:
        raise UsageError("--year belongs to one file; give it for each file by itself")
    for one in opened:
        if layout == "wiod13":
            yield by_pymrio.wiod13(one.path, one.name)
            continue
        if layout == "wiod16":
            yield wiod.wiod16(one.path, one.name)
            continue
        when = year or _year_of(one)
        usd = _usd(when, eur_usd or {}) if layout_of(layout).euros else 1.0
        if layout == "npz":
            yield npz(one.path, one.name, when)
        elif layout in ("icio", "figaro"):
            if one.scanned is None:
                raise DataError("is no text file", one.name)
            yield (icio_csv.icio(one.scanned, when) if layout == "icio" else icio_csv.figaro(one.scanned, when, usd))
        elif layout == "exiobase3":
            yield by_pymrio.exiobase3(_holding(one, "file_parameters.json"), one.name, when, usd)
        elif layout == "eora26":
            price = "pp" if "_pp" in one.name.lower() else "bp"
            yield by_pymrio.eora26(_holding(one, "labels_T.txt"), one.name, when, price)
        else:
            yield by_pymrio.gloria(one.path, one.name, when, _gloria_version(one, when))


def _recognised(paths: Sequence[Path]) -> str:
    """The layout that the first file seems to have, by its name and its header."""
    path = paths[0]
    name = path.name.casefold()
    if path.is_dir():
        names = {file.name.casefold() for file in path.rglob("*")}
        if any(one.startswith("gloria_mrios") for one in names):
            return "gloria"
        if "labels_t.txt" in names or any(one.startswith("eora26") for one in names):
            return "eora26"
        if "file_parameters.json" in names:
            return "exiobase3"
        raise _unrecognised(path)
    check_is_file(path)
    if name.endswith(".zip") and is_zip(path) and (inside := _recognised_inside(path)):
        return inside
    if MEMBERS["wiod16"].fullmatch(name) or re.fullmatch(r"wiot(19|20)\d\d_\w+\.xlsx", name):
        return "wiod16"
    for sign, layout in ((".npz", "npz"), (".dta", "wiod16"), (".xlsb", "wiod16"), (".xlsx", "wiod13")):
        if name.endswith(sign):
            return layout
    if name.startswith("eora26"):
        return "eora26"
    if name.startswith("iot_") and is_zip(path):
        return "exiobase3"
    if "figaro" in name or "eu-ic-io" in name or "naio" in name:
        return "figaro"
    if name.endswith((".csv", ".txt", ".zip", ".gz")):
        if not name.endswith((".zip", ".gz")):
            with path.open("rb") as handle:
                start = handle.read(4096).decode("latin-1").casefold()
            if start.lstrip('ï»¿"').startswith("rowlabels") or "counterpartarea" in start:
                return "figaro"
        return "icio"
    raise _unrecognised(path)


def _recognised_inside(archive: Path) -> str | None:
    """The layout of which an archive holds the files, where their names tell."""
    names = [PurePosixPath(name).name for name in member_names(archive)]
    for layout, pattern in MEMBERS.items():
        if any(pattern.fullmatch(name) for name in names):
            return layout
    if "file_parameters.json" in names:
        return "exiobase3"
    return None


def _unrecognised(path: Path) -> DataError:
    return DataError("the layout cannot be told", str(path), mend=f"Say it with --layout: {', '.join(LAYOUTS)}.")


def _members(archive: Path, inner: Path, layout: str, advance: Advance) -> list[Opened]:
    """The tables of an archive of several years, one for each year."""
    inner.mkdir()
    pattern = MEMBERS[layout]
    members = unpack(archive, inner, lambda name: bool(pattern.fullmatch(PurePosixPath(name).name)), advance)
    return [Opened(file, name) for name, file in members]


def _unpacked(archive: Path, folder: Path, scratch: Path, layout: str, advance: Advance) -> Path:
    """The members that a layout needs, under their own names below `folder`; names that lead out are refused."""
    if not is_zip(archive):
        raise DataError("is no zip archive", str(archive), mend="Name the archive, or the unpacked folder.")
    folder.mkdir(exist_ok=True)
    scratch.mkdir()
    members = unpack(archive, scratch, lambda name: by_pymrio.needed(layout, name), advance)
    for name, file in members:
        inside = PurePosixPath(name.removeprefix(f"{archive}/"))
        if inside.is_absolute() or ".." in inside.parts or "\\" in str(inside) or "\0" in str(inside):
            raise DataError("a member leads out of the archive", str(archive), value=str(inside))
        target = folder / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        file.rename(target)
    return folder


def _inside(folder: Path, layout: str) -> list[Path]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    kept = [file for file in files if by_pymrio.needed(layout, file.relative_to(folder).as_posix())]
    found = [file for file in kept if file.stat().st_size]
    if not found:
        raise DataError("holds no file of this layout", str(folder))
    return found


def _holding(one: Opened, name: str) -> Path:
    """The folder with the file of that name, at the top or below."""
    if (one.path / name).is_file():
        return one.path
    found = sorted(one.path.rglob(name), key=lambda file: len(file.parts))
    if not found:
        raise DataError(f"holds no {name}", one.name, mend="Name every archive of the table (Eora: indices.zip too).")
    return found[0].parent


def _year_of(one: Opened) -> int:
    """The year that the name tells, or the names of the files in a folder, where they agree."""
    found = _years_in(one.name)
    if not found and one.path.is_dir():
        found = {year for file in one.path.rglob("*") for year in _years_in(file.name)}
    if len(found) > 1:
        listed = ", ".join(map(str, sorted(found)))
        raise UsageError(
            f"the name of {one.name} holds several years ({listed}); say which is that of the table with --year"
        )
    if not found:
        raise UsageError(f"the name of {one.name} does not tell the year of the table; say it with --year")
    return found.pop()


def _years_in(name: str) -> set[int]:
    """The year where a publisher's name puts it, else every number of four digits that can be a year."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    published = {int(year) for pattern in PUBLISHED for year in pattern.findall(last)}
    return published or {int(year) for year in re.findall(rf"(?<!\d){YEAR}(?!\d)", last)}


def _usd(year: int, rates: Mapping[int, str]) -> float:
    if year not in rates:
        raise DataError(f"values are in euros and no exchange rate was given for {year}", mend=RATES_HELP)
    return float(per_kusd(rates)[year] * 1000)


def _gloria_version(one: Opened, year: int) -> str:
    for entry in sorted(one.path.iterdir()):
        if found := re.match(rf"GLORIA_MRIOs_(\w+?)_{year}", entry.name):
            return found[1].lstrip("0")
    raise DataError(f"holds no GLORIA_MRIOs_..._{year}", one.name, mend="Name the year with --year.")
