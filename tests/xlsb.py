"""A workbook in Excel's binary form (.xlsb), which no library at hand writes: one sheet of texts and numbers.

[MS-XLSB]: records of type, length and content; types and lengths are written seven bits at a time.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

ROW, NUMBER, SHARED = 0, 5, 7
BEGIN_SHEET, END_SHEET, BEGIN_DATA, END_DATA, DIMENSION = 129, 130, 145, 146, 148
BEGIN_TEXTS, TEXT, END_TEXTS = 159, 19, 160
BEGIN_BOOK, END_BOOK, BEGIN_SHEETS, END_SHEETS, SHEET = 131, 132, 143, 144, 156
MAIN = "http://schemas.openxmlformats.org"
KIND = "application/vnd.ms-excel"


def _record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(content)
    size = b""
    while length > 127:
        size += bytes([length & 0x7F | 0x80])
        length >>= 7
    return head + size + bytes([length]) + content


def _text(words: str) -> bytes:
    return struct.pack("<I", len(words)) + words.encode("utf-16-le")


def write_xlsb(path: Path, sheet: str, rows: Sequence[Sequence[object]]) -> Path:
    """A sheet of that name; empty texts are left out as empty cells."""
    data = [_record(BEGIN_SHEET), _record(DIMENSION, struct.pack("<4I", 0, len(rows) - 1, 0, max(map(len, rows)) - 1))]
    data.append(_record(BEGIN_DATA))
    texts: dict[str, int] = {}
    for number, row in enumerate(rows):
        data.append(_record(ROW, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0)))
        for column, value in enumerate(row):
            place = struct.pack("<II", column, 0)
            if isinstance(value, str):
                if value:
                    data.append(_record(SHARED, place + struct.pack("<I", texts.setdefault(value, len(texts)))))
            else:
                data.append(_record(NUMBER, place + struct.pack("<d", value)))
    data += [_record(END_DATA), _record(END_SHEET)]
    book = _record(SHEET, struct.pack("<II", 0, 1) + _text("rId1") + _text(sheet))
    book = b"".join([_record(BEGIN_BOOK), _record(BEGIN_SHEETS), book, _record(END_SHEETS), _record(END_BOOK)])
    shared = [_record(BEGIN_TEXTS, struct.pack("<II", len(texts), len(texts)))]
    shared += [_record(TEXT, b"\0" + _text(value)) for value in texts]
    shared.append(_record(END_TEXTS))
    types = (
        f'<Types xmlns="{MAIN}/package/2006/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="bin" '
        f'ContentType="{KIND}.sheet.binary.macroEnabled.main"/><Override PartName="/xl/worksheets/sheet1.bin" '
        f'ContentType="{KIND}.worksheet"/><Override PartName="/xl/sharedStrings.bin" '
        f'ContentType="{KIND}.sharedStrings"/></Types>'
    )

    def relations(*targets: tuple[str, str]) -> str:
        listed = "".join(
            f'<Relationship Id="rId{number}" Type="{MAIN}/officeDocument/2006/relationships/{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(targets, 1)
        )
        return f'<Relationships xmlns="{MAIN}/package/2006/relationships">{listed}</Relationships>'

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", relations(("officeDocument", "xl/workbook.bin")))
        archive.writestr("xl/workbook.bin", book)
        parts = relations(("worksheet", "worksheets/sheet1.bin"), ("sharedStrings", "sharedStrings.bin"))
        archive.writestr("xl/_rels/workbook.bin.rels", parts)
        archive.writestr("xl/sharedStrings.bin", b"".join(shared))
        archive.writestr("xl/worksheets/sheet1.bin", b"".join(data))
    return path
