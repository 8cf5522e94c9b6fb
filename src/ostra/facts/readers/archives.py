"""The files that users hand over: what they are, whether they are sound, and how their text is encoded.

Nothing here trusts a name or a size that a file states of itself.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from ostra.errors import DataError
from ostra.files.given_files import DELIMITERS, SIGNATURES, check_is_file
from ostra.progress import Advance, quiet

CHUNK = 1 << 20
# Our choice: a published BACI archive unpacks to about 8 GB of text, at about 4 to 1.
MOST_UNPACKED = 64 << 30
MOST_RATIO = 200
MOST_MEMBERS = 1000
LONGEST_HEADER = 64 << 10


@dataclass(frozen=True)
class Scanned:
    """A file that was read once from end to end."""

    path: Path
    name: str  # as the user knows it; for a member of an archive `archive.zip/member.csv`
    sha256: str
    bytes: int
    lines: int
    encoding: str  # of the file as the user has it: 'utf-8', 'cp1252', or a kind of UTF-16
    quotes: bool  # whether any quotation mark occurs
    old_ends: bool = False  # lines end with CR alone
    skipped: int = 0  # lines of the user's file before the header


@dataclass(frozen=True)
class Header:
    """The first line of a delimited file, and under which raw column each of its fields is read."""

    names: tuple[str, ...]
    raw: tuple[str, ...]
    delimiter: str = ","


def is_zip(path: Path) -> bool:
    """Whether the file begins as a zip archive does, or is named as one (a truncated one still begins so)."""
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06") or path.suffix.lower() == ".zip"


def scan(path: Path, name: str, advance: Advance = quiet, *, text: bool = True) -> Scanned:
    """Read the file once: its hash, its number of lines and its encoding.

    Encodings are UTF-8, with a byte order mark or without, UTF-16, and, of bytes that are none of them, Windows-1252,
    which the caller reports. NUL bytes, other file types and mixed line ends are refused. With `text` false only the
    hash is taken. A file that DuckDB cannot read as it is goes through `readable` before.

    Raises
    ------
    DataError
        The file is missing, empty, not text, or mixes line ends.
    """
    check_is_file(path)
    wide = _utf16(path) if text else ""
    total, done, lines, returns, pairs = path.stat().st_size, 0, 0, 0, 0
    digest = hashlib.sha256()
    decoders = {code: codecs.getincrementaldecoder(code)() for code in ("utf-8", "cp1252")}
    last, quotes = b"", False
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            done += len(chunk)
            advance(done, total)
            if not text or wide:
                continue
            if done == len(chunk):
                _refuse_other_types(chunk, name)
            if b"\0" in chunk:
                raise DataError("is not text: it holds NUL bytes", name, mend="Export it as CSV in UTF-8.")
            lines += chunk.count(b"\n")
            if b"\r" in chunk:
                returns += chunk.count(b"\r")
                pairs += chunk.count(b"\r\n")
            if last.endswith(b"\r") and chunk.startswith(b"\n"):
                pairs += 1
            quotes = quotes or b'"' in chunk
            # ASCII needs no decoding unless a character was cut at the end of the chunk before.
            for code, decoder in list(decoders.items()):
                if not (chunk.isascii() and not decoder.getstate()[0]):
                    try:
                        decoder.decode(chunk)
                    except UnicodeDecodeError:
                        del decoders[code]
            last = chunk
    if "utf-8" in decoders and decoders["utf-8"].getstate()[0]:
        del decoders["utf-8"]
    if text and not decoders:
        raise DataError(
            "is text in an unknown encoding, neither UTF-8 nor Windows-1252", name, mend="Save it as CSV in UTF-8."
        )
    if lines and returns and (pairs != returns or pairs != lines):
        raise DataError(
            "line ends are mixed (CR, LF and CR LF)",
            name,
            mend="Save the file again with one kind of line end; it may have been joined from several.",
        )
    if not last.endswith(b"\n"):
        lines += 1
    encoding = wide or next(iter(decoders), "utf-8")
    return Scanned(path, name, digest.hexdigest(), done, lines, encoding, quotes, old_ends=bool(returns and not pairs))


def _utf16(path: Path) -> str:
    """The kind of UTF-16 that a file begins as: by its byte order mark, or by every other byte of ASCII being NUL."""
    with path.open("rb") as file:
        start = file.read(32)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(start) >= 8 and not any(start[1::2]) and all(start[::2]):
        return "utf-16-le"
    return "utf-16-be" if len(start) >= 8 and not any(start[::2]) and all(start[1::2]) else ""


def readable(file: Scanned, folder: Path) -> Scanned:
    """The file as UTF-8 with line feeds and the header in its first line; a copy in `folder` where it is not so.

    Hash and name stay those of the user's file; `skipped` counts lines before the header: Excel's `sep=;`.

    Raises
    ------
    DataError
        It is damaged UTF-16.
    """
    with file.path.open("rb") as handle:
        first = handle.read(64).decode("utf-16" if file.encoding == "utf-16" else "latin-1", "replace")
    first = first.replace("\0", "").removeprefix("ï»¿").lstrip("\ufeff")
    says_separator = re.match(r'"?sep=(.)"?\r?\n', first, re.IGNORECASE)
    if file.encoding == "utf-8" and not file.old_ends and not says_separator:
        return file
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"readable-{len(list(folder.iterdir()))}.csv"
    encoding = "utf-8-sig" if file.encoding == "utf-8" else file.encoding
    lines, quotes = 0, False
    try:
        with (
            file.path.open(encoding=encoding, newline=None) as source,
            target.open("w", encoding="utf-8", newline="\n") as sink,
        ):
            for number, line in enumerate(source):
                if number == 0 and says_separator:
                    continue
                sink.write(line)
                lines += 1
                quotes = quotes or '"' in line
    except UnicodeError:
        raise DataError("is damaged UTF-16 text", file.name, mend="Save it as CSV in UTF-8.") from None
    if not lines:
        raise DataError("holds no rows", file.name)
    return replace(file, path=target, lines=lines, quotes=quotes, skipped=1 if says_separator else 0)


def _refuse_other_types(start: bytes, name: str) -> None:
    for signature, what in SIGNATURES.items():
        if start.startswith(signature):
            mend = "Unpack it and name the file inside." if "archive" in what else "Export it as CSV in UTF-8."
            raise DataError(f"is {what}, not CSV", name, mend=mend)


def read_header(file: Scanned, columns: dict[str, tuple[str, ...]], optional: frozenset[str], delimiter: str) -> Header:
    """Match the header line with the columns that a reader needs, in any order and case; others are ignored.

    Columns are separated by `delimiter`, or by whichever of DELIMITERS makes most of the header understood.

    Raises
    ------
    DataError
        The file has no header or no rows, a column twice, or misses a column.
    """
    text = header_line(file)
    wanted = {alias.casefold(): raw for raw, aliases in columns.items() for alias in aliases}

    def hits(separator: str) -> int:
        return len({name.strip().casefold() for name in split_line(text, separator)} & wanted.keys())

    delimiter = max((delimiter, *DELIMITERS), key=lambda separator: (hits(separator), separator == delimiter))
    names = split_line(text, delimiter)
    raw: list[str] = []
    seen: set[str] = set()
    for number, name in enumerate(names):
        column = wanted.get(name.strip().casefold(), f"unused_{number}")
        if column in seen:
            raise DataError("column is there twice", file.name, 1, name.strip(), mend="Remove one of them.")
        seen.add(column)
        raw.append(column)
    absent = [aliases[0] for key, aliases in columns.items() if key not in seen and key not in optional]
    if absent:
        expected = ", ".join(aliases[0] for aliases in columns.values())
        raise DataError(
            f"column{'s' if len(absent) > 1 else ''} missing: {', '.join(absent)}",
            file.name,
            1,
            value=text[:120],
            mend=f"The header must name {expected}.",
        )
    if file.lines < 2:
        raise DataError("holds a header and no rows", file.name, 1, mend="Download or export it again.")
    return Header(tuple(names), tuple(raw), delimiter)


def header_line(file: Scanned, longest: int = LONGEST_HEADER) -> str:
    """The first line of a text, without its end.

    Raises
    ------
    DataError
        It has `longest` bytes or more.
    """
    with file.path.open("rb") as handle:
        line = handle.readline(longest)
    if len(line) >= longest:
        raise DataError(f"the first line is no header: it is longer than {longest >> 10} kB", file.name, 1)
    return line.decode("utf-8-sig").rstrip("\r\n")


def header_names(file: Scanned) -> list[str]:
    """The names in the first line, by the separator that gives most of them."""
    text = header_line(file)
    return [name.strip() for name in max((split_line(text, separator) for separator in DELIMITERS), key=len)]


def split_line(line: str, delimiter: str = ",") -> list[str]:
    """The values of one line, unquoted where its quotation marks are in order."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def record_lines(file: Scanned, delimiter: str) -> Iterator[tuple[int, int]]:
    """First and last line of each record after the header, blank lines left out; slow, for files that need it."""
    with file.path.open(encoding="utf-8", newline="") as handle:
        reader = csv.reader(handle, delimiter=delimiter)
        before = 0
        try:
            for number, row in enumerate(reader):
                if number and row:
                    yield before + 1, reader.line_num
                before = reader.line_num
        except csv.Error:
            return


def member_names(archive: Path) -> tuple[str, ...]:
    """The names of the files in a zip archive, none where it is damaged; to be compared, never to be opened."""
    try:
        with zipfile.ZipFile(archive) as content:
            return tuple(member.filename for member in content.infolist()[:MOST_MEMBERS] if not member.is_dir())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ()


def unpack(
    archive: Path, into: Path, wanted: Callable[[str], bool], advance: Advance = quiet
) -> list[tuple[str, Path]]:
    """Unpack the members of a zip archive that are wanted, under names of our own, in the order of their names.

    Names inside the archive never become paths; sizes are counted while unpacking, whatever the archive states.

    Raises
    ------
    DataError
        The archive is truncated, damaged, encrypted or too large, or holds nothing that is wanted.
    """
    name = str(archive)
    unpacked: list[tuple[str, Path]] = []
    size = archive.stat().st_size
    try:
        with zipfile.ZipFile(archive) as content:
            members = sorted((m for m in content.infolist() if not m.is_dir()), key=lambda m: m.filename)
            if len(members) > MOST_MEMBERS:
                raise DataError(f"holds {len(members)} files", name, mend="Unpack it and name those to import.")
            chosen = [m for m in members if wanted(m.filename)]
            if not chosen:
                listed = ", ".join(m.filename for m in members[:5]) or "nothing"
                raise DataError("holds no file of this kind", name, value=listed)
            expected, done = sum(m.file_size for m in chosen), 0
            for number, member in enumerate(chosen):
                if member.flag_bits & 1:
                    raise DataError("is encrypted", f"{name}/{member.filename}", mend="Unpack it yourself first.")
                target = into / f"member-{number}"
                with content.open(member) as source, target.open("xb") as sink:
                    for so_far in _copied(source, sink, done, size, name):
                        advance(so_far, max(expected, so_far))
                done += target.stat().st_size
                unpacked.append((f"{name}/{member.filename}", target))
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, OSError) as error:
        if isinstance(error, OSError) and not isinstance(error, zipfile.BadZipFile) and error.errno is not None:
            raise
        raise DataError(
            f"the archive is truncated or damaged: {error}", name, mend="Download it again and compare its size."
        ) from None
    return unpacked


def unpack_gzip(archive: Path, into: Path, advance: Advance = quiet) -> Path:
    """Unpack one `.gz` file, with the same limits as a zip archive."""
    name, target = str(archive), into / f"{archive.stem}"
    try:
        with gzip.open(archive) as source, target.open("xb") as sink:
            for done in _copied(source, sink, 0, archive.stat().st_size, name):
                advance(done, done)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataError(f"the archive is truncated or damaged: {error}", name) from None
    return target


def _copied(source: IO[bytes] | gzip.GzipFile, sink: IO[bytes], done: int, size: int, name: str) -> Iterator[int]:
    """Copy in pieces, after each of which how much of an archive of this size was unpacked is handed over."""
    budget = min(MOST_UNPACKED, max(size * MOST_RATIO, 64 << 20))
    while chunk := source.read(CHUNK):
        done += len(chunk)
        if done > budget:
            raise DataError(
                f"unpacks to more than {budget >> 20} MB, which no table of this kind does",
                name,
                mend="Check where the archive comes from.",
            )
        sink.write(chunk)
        yield done


def opened(
    path: Path, folder: Path, wanted: Callable[[str], bool], advance: Advance = quiet
) -> tuple[Scanned, list[Scanned]]:
    """A text, or an archive of texts that is unpacked into `folder`: the file as it was named, and what is to be read.

    Raises
    ------
    DataError
        As of `scan` and `unpack`.
    """
    check_is_file(path)
    packed = is_zip(path)
    if not packed and path.suffix.lower() != ".gz":
        found = scan(path, str(path), advance)
        return found, [readable(found, folder)]
    if packed and "[Content_Types].xml" in member_names(path):
        raise DataError(
            "is a spreadsheet (XLSX), not CSV", str(path), mend="Save the sheet with the data as CSV in UTF-8."
        )
    folder.mkdir()
    original = scan(path, str(path), advance, text=False)
    members = unpack(path, folder, wanted, advance) if packed else [(str(path), unpack_gzip(path, folder, advance))]
    return original, [readable(scan(member, name, advance), folder / "readable") for name, member in members]


def joined_hash(files: Sequence[Scanned]) -> str:
    """One hash for several files, the same in whatever order they are named; of one file, its own."""
    if len(files) == 1:
        return files[0].sha256
    return hashlib.sha256("\n".join(sorted(file.sha256 for file in files)).encode()).hexdigest()
