"""The files that users hand over: what they are, whether they are sound, and how their text is encoded.

Nothing here trusts a name or a size that a file states of itself.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
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
    encoding: str  # 'utf-8' or 'latin-1'
    quotes: bool  # whether any quotation mark occurs


@dataclass(frozen=True)
class Header:
    """The first line of a delimited file, and under which raw column each of its fields is read."""

    names: tuple[str, ...]
    raw: tuple[str, ...]


def is_zip(path: Path) -> bool:
    """Whether the file begins as a zip archive does, or is named as one (a truncated one still begins so)."""
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06") or path.suffix.lower() == ".zip"


def scan(path: Path, name: str, advance: Advance = quiet, *, text: bool = True) -> Scanned:
    """Read the file once: its hash, its number of lines and its encoding.

    A byte order mark is accepted. Bytes that are not UTF-8 are taken as Latin-1 (ISO 8859-1), which the caller
    reports. NUL bytes, other file types and mixed line ends are refused. With `text` false only the hash is taken.

    Raises
    ------
    DataError
        The file is missing, empty, not text, or mixes line ends.
    """
    check_is_file(path)
    total, done, lines, returns, pairs = path.stat().st_size, 0, 0, 0, 0
    digest = hashlib.sha256()
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    last, quotes = b"", False
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            done += len(chunk)
            advance(done, total)
            if not text:
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
            if decoder and not (chunk.isascii() and not decoder.getstate()[0]):
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    decoder = None
            last = chunk
    if decoder and decoder.getstate()[0]:
        decoder = None
    if returns and (pairs != returns or pairs != lines):
        raise DataError(
            "line ends are mixed (CR, LF and CR LF)" if lines else "lines end with CR alone",
            name,
            mend="Save the file again with one kind of line end; it may have been joined from several.",
        )
    if not last.endswith(b"\n"):
        lines += 1
    return Scanned(path, name, digest.hexdigest(), done, lines, "utf-8" if decoder else "latin-1", quotes)


def _refuse_other_types(start: bytes, name: str) -> None:
    for signature, what in SIGNATURES.items():
        if start.startswith(signature):
            mend = "Unpack it and name the file inside." if "archive" in what else "Export it as CSV in UTF-8."
            raise DataError(f"is {what}, not CSV", name, mend=mend)


def read_header(file: Scanned, columns: dict[str, tuple[str, ...]], optional: frozenset[str], delimiter: str) -> Header:
    """Match the header line with the columns that a reader needs, in any order and case; others are ignored.

    Raises
    ------
    DataError
        The file has no header or no rows, another delimiter, a column twice, or misses a column.
    """
    text = header_line(file)
    wanted = {alias.casefold(): raw for raw, aliases in columns.items() for alias in aliases}
    names = split_line(text, delimiter)
    if not any(name.strip().casefold() in wanted for name in names) or len(names) == 1:
        for other, word in DELIMITERS.items():
            hits = sum(name.strip().casefold() in wanted for name in split_line(text, other))
            if other != delimiter and hits > 1:
                raise DataError(
                    f"columns are separated by {word}",
                    file.name,
                    1,
                    value=text[:80],
                    mend=f"Save the file with {DELIMITERS[delimiter]} as separator and a point as decimal mark.",
                )
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
    return Header(tuple(names), tuple(raw))


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
    return line.decode("utf-8-sig" if file.encoding == "utf-8" else "latin-1").rstrip("\r\n")


def split_line(line: str, delimiter: str = ",") -> list[str]:
    """The values of one line, unquoted where its quotation marks are in order."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def record_lines(file: Scanned, delimiter: str) -> Iterator[tuple[int, int]]:
    """First and last line of each record after the header, blank lines left out; slow, for files that need it."""
    with file.path.open(encoding=file.encoding, newline="") as handle:
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
        return found, [found]
    folder.mkdir()
    original = scan(path, str(path), advance, text=False)
    members = unpack(path, folder, wanted, advance) if packed else [(str(path), unpack_gzip(path, folder, advance))]
    return original, [scan(member, name, advance) for name, member in members]


def joined_hash(files: Sequence[Scanned]) -> str:
    """One hash for several files, the same in whatever order they are named; of one file, its own."""
    if len(files) == 1:
        return files[0].sha256
    return hashlib.sha256("\n".join(sorted(file.sha256 for file in files)).encode()).hexdigest()
