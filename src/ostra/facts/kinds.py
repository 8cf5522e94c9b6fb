"""The kinds of files that can be imported, and how each is made ready for its reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ostra.errors import DataError, NotFoundError
from ostra.facts.readers import baci, comext, plain, raw_materials
from ostra.facts.readers.archives import Scanned, header_names, opened
from ostra.facts.readers.reading import Reading
from ostra.facts.tables import table
from ostra.model.dossier import EDITIONS
from ostra.progress import Advance, quiet

ENCODINGS = {"cp1252": "Windows-1252", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}


@dataclass(frozen=True)
class Options:
    """What a reader must be told, or what the user wants to say of the data.

    `eur_usd` is the price of one euro in US dollars by year, as exact text such as '1.0530'. `covers` says whose trade
    the rows hold in full, a word of `facts.coverage.COVERS`; it is derived from the rows where nothing is said.
    """

    edition: str | None = None
    eur_usd: Mapping[int, str] = field(default_factory=dict)
    covers: str = ""
    title: str = ""
    source: str = ""
    licence: str = ""
    url: str = ""

    def stated(self) -> dict[str, str]:
        """The options that change what is imported, as text; part of what makes an import the same."""
        found = {"edition": self.edition} if self.edition else {}
        if self.eur_usd:
            found["eur_usd"] = ", ".join(f"{year}: {rate}" for year, rate in sorted(self.eur_usd.items()))
        if self.covers:
            found["covers"] = self.covers
        return found


@dataclass(frozen=True)
class Prepared:
    """Files ready to be read: `originals` as the user has them, `files` as they are read."""

    reading: Reading
    originals: tuple[Scanned, ...]
    files: list[Scanned]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of file: the table it fills, what it is, which members of an archive belong to it."""

    table: str
    description: str
    member: Callable[[str], bool]
    reader: Callable[[Sequence[str], Sequence[str], Options], Reading]


def _is_csv(name: str) -> bool:
    return name.lower().endswith((".csv", ".txt"))


def _plain(name: str) -> Callable[[Sequence[str], Sequence[str], Options], Reading]:
    return lambda names, header, options: plain.reading(table(name), edition=options.edition, header=header)


KINDS: dict[str, Kind] = {
    "baci": Kind(
        "trade",
        "BACI of CEPII: yearly CSV files, or the zip archive as published",
        baci.is_member,
        lambda names, header, options: baci.reading(names, edition=options.edition),
    ),
    "comext": Kind(
        "trade",
        "Eurostat Comext bulk files (full*.dat), monthly or annual, by CN8; needs the exchange rate of each year",
        lambda name: name.lower().endswith((".dat", ".csv", ".txt")),
        lambda names, header, options: comext.reading(header, options.eur_usd),
    ),
    "plain": Kind(
        "trade", "plain CSV: year, exporter, importer, product, value_kusd, quantity_t", _is_csv, _plain("trade")
    ),
    "ec-supply-shares": Kind(
        "supply_shares",
        "supply shares of the Commission's study on critical raw materials (scope, Material, Stage, Country, ...)",
        _is_csv,
        lambda names, header, options: raw_materials.supply_reading(),
    ),
    "ec-material-uses": Kind(
        "material_uses",
        "material use shares of the Commission's study on critical raw materials (Material, Application, Share, ...)",
        _is_csv,
        lambda names, header, options: raw_materials.uses_reading(),
    ),
    **{
        name.replace("_", "-"): Kind(name, f"plain CSV of the table {name}", _is_csv, _plain(name))
        for name in ("production", "governance", "material_products", "hs_products")
    },
}


def kind_of(name: str) -> Kind:
    """A kind by name.

    Raises
    ------
    NotFoundError
        There is no such kind; the message lists those that exist.
    """
    if name == "mrio":
        raise NotFoundError("input-output tables are imported whole: ostra import mrio FILE -w FOLDER")
    if name not in KINDS:
        raise NotFoundError(f"no kind of file '{name}'; kinds are {', '.join(KINDS)}")
    return KINDS[name]


def prepare(kind: str, paths: Sequence[Path], folder: Path, options: Options, advance: Advance = quiet) -> Prepared:
    """Scan the files, unpack archives into `folder`, and make the reader that fits.

    Raises
    ------
    DataError
        A file is missing, truncated, of another type, or its header does not fit.
    """
    chosen = kind_of(kind)
    if options.edition is not None and options.edition not in EDITIONS:
        raise DataError("not an HS edition", value=options.edition, mend=f"Editions: {', '.join(EDITIONS)}.")
    originals: list[Scanned] = []
    files: list[Scanned] = []
    for path in paths:
        original, members = opened(path, folder / f"unpacked-{len(originals)}", chosen.member, advance)
        originals.append(original)
        files += members
    reading = chosen.reader([file.name for file in files], header_names(files[0]), options)
    notes = [f"{_short(file)} is not UTF-8 and was read as {ENCODINGS[file.encoding]}." for file in files
             if file.encoding in ENCODINGS]  # fmt: skip
    once: dict[str, Scanned] = {}
    for file in files:
        same = once.setdefault(file.sha256, file)
        if same is not file:
            notes.append(f"{_short(file)} holds the same bytes as {_short(same)} and was counted once.")
    return Prepared(reading, tuple(originals), list(once.values()), tuple(notes))


def _short(file: Scanned) -> str:
    return file.name.rsplit("/", 1)[-1]
