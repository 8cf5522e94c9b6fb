"""Files that users hand over: whether there is one, and what it is if it is not what it should be."""

from __future__ import annotations

import stat
from pathlib import Path

from ostra.errors import DataError

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
SIGNATURES = {
    b"PK\x03\x04": "a zip archive or a spreadsheet",
    b"7z\xbc\xaf": "a 7z archive",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word document",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}


def check_is_file(path: Path) -> None:
    """Refuse what is missing, is no regular file, or is empty, each with its own words."""
    name = str(path)
    try:
        found = path.stat()
    except FileNotFoundError:
        raise DataError("no such file", name, mend="Check the path.") from None
    except OSError as error:
        raise DataError(f"cannot be opened: {error.strerror}", name) from None
    if stat.S_ISDIR(found.st_mode):
        raise DataError("is a directory, not a file", name, mend="Name the file inside it.")
    if not stat.S_ISREG(found.st_mode):
        raise DataError("is not a regular file", name, mend="Save the data to a file first.")
    if found.st_size == 0:
        raise DataError("the file is empty", name, mend="Download or export it again.")
