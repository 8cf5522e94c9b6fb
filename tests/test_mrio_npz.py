"""NumPy archives: the two real layouts are read exactly, and nothing that an archive says of itself is believed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from io_worlds import ICIO, icio_countries, icio_regions
from ostra.errors import DataError
from ostra.facts.mrio.labelled import assemble
from ostra.facts.mrio.npz import npz

DENSE: dict[str, Any] = {
    "Z": np.arange(16, dtype=np.float32).reshape(4, 4),
    "final_demand": np.arange(4.0),
    "output": np.arange(16.0).reshape(4, 4).sum(axis=1) + np.arange(4),
    "regions": np.array(["EU27", "REST"]),
    "sectors": np.array(["A01", "C26"]),
}
SPARSE: dict[str, Any] = {
    "data": np.array([1.0, 2.0, 3.0]),
    "indices": np.array([1, 3, 0], dtype=np.int16),
    "indptr": np.array([0, 1, 2, 2, 3], dtype=np.int32),
    "shape": np.array([4, 4]),
    "final_demand": np.arange(4.0),
    "output": np.array([1.0, 3.0, 2.0, 6.0]),
    "countries": np.array(["AUT", "USA"]),
    "sectors": np.array(["A01", "C26"]),
}


def written(folder: Path, arrays: dict[str, Any]) -> Path:
    path = folder / "made2022.npz"
    np.savez(path, **arrays)
    return path


def read(path: Path) -> Any:
    return assemble(npz(path, path.name, 2022))


def test_dense_archives_run_through_sectors_within_regions(tmp_path: Path) -> None:
    """REST is the rest of the world; single precision is read as it is."""
    table = read(written(tmp_path, DENSE))
    assert table.economies == ("EU27", "ZZZ") and table.destinations == ("ZZZ",)
    assert table.flows.tolist() == DENSE["Z"].tolist()
    assert table.output.tolist() == DENSE["output"].tolist()


def test_sparse_archives_run_through_countries_within_sectors(tmp_path: Path) -> None:
    """Node 1 of the file is the second country's first sector, which is node 2 of the table."""
    table = read(written(tmp_path, SPARSE))
    wanted = np.zeros((4, 4))
    # File order: AUT A01, USA A01, AUT C26, USA C26; cells (0, 1), (1, 3), (3, 0).
    wanted[0, 2], wanted[2, 3], wanted[3, 0] = 1, 2, 3
    assert table.flows.tolist() == wanted.tolist()
    assert table.output.tolist() == [1, 2, 3, 6]


def test_names_destinations_and_value_added_may_be_there(tmp_path: Path) -> None:
    """Final demand by destination and names of sectors are kept."""
    more = {
        "final_demand": np.arange(8.0).reshape(4, 2),
        "destinations": np.array(["EU27", "REST"]),
        "sector_names": np.array(["Farming", "Electronics"]),
        "value_added": np.ones(4),
    }
    table = read(written(tmp_path, DENSE | more))
    assert table.destinations == ("EU27", "ZZZ")
    assert table.final.tolist() == more["final_demand"].tolist()
    assert table.sectors == {"A01": "Farming", "C26": "Electronics"}
    assert table.value_added.tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize(("name", "twin"), [("28regions", icio_regions), ("80countries", icio_countries)])
def test_the_real_archives_are_read_exactly(name: str, twin: Callable[[], Any]) -> None:
    """Both files of the OECD table of 2022, against another reading of them."""
    expected = twin()
    path = next(ICIO.glob(f"*{name}*.npz"))
    table = read(path)
    assert table.economies == expected.economies
    assert np.array_equal(table.flows, expected.flows)
    assert np.array_equal(table.output, expected.output)
    assert np.array_equal(table.final, expected.final)


def header_of(shape: str, descr: str = "'<f8'") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def forged(content: bytes) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda arrays: arrays | {"Z": content}


BAD: dict[str, tuple[dict[str, Any] | Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "objects": ({"output": np.array([1, "x", None, {}], dtype=object)}, r"'output' holds object, not numbers"),
    "complex numbers": ({"output": np.ones(4, dtype=complex)}, "holds complex128, not numbers"),
    "not a number": ({"output": np.array([1.0, np.nan, 1, 1])}, r"'output' at \[1\] is nan, no finite number"),
    "infinity": ({"Z": np.full((4, 4), np.inf)}, r"'Z' at \[0, 0\] is inf, no finite number, as are 15 more"),
    "wrong shape": ({"Z": np.ones((3, 4))}, r"'Z' is \(3, 4\), not \(4, 4\)"),
    "three dimensions": ({"Z": np.ones((4, 2, 2))}, "one or two dimensions"),
    "no output": ({"output": None}, "array 'output' is missing"),
    "no places": ({"regions": None}, "either 'regions'"),
    "no flows": ({"Z": None}, r"neither 'Z' nor all of data"),
    "final demand": ({"final_demand": np.ones(3)}, r"'final_demand' is \(3, 1\), not \(4,\)"),
    "numbers as names": ({"sectors": np.array([1, 2])}, "holds int64, not text"),
    "long names": ({"sectors": np.array(["x" * 5000, "y"])}, "not text"),
    "huge shape": (forged(header_of("(4000000, 4000000)")), "larger than any table"),
    "negative shape": (forged(header_of("(-4, 4)")), "has shape"),
    "shape that runs code": (forged(header_of("__import__('os').getpid()")), "header of array 'Z' cannot be read"),
    "truncated": (forged(header_of("(4, 4)") + b"\0" * 100), "cannot be read as a NumPy archive"),
    "stated, not held": (forged(header_of("(9000, 9000)")), "states 81,000,000 values and holds fewer"),
    "no array": (forged(b"hello"), "is no NumPy array"),
}
BAD_SPARSE: dict[str, tuple[dict[str, Any], str]] = {
    "index too large": ({"indices": np.array([1, 4, 0])}, "between 0 and 3"),
    "index below zero": ({"indices": np.array([1, -1, 0])}, "between 0 and 3"),
    "indptr falls": ({"indptr": np.array([0, 2, 1, 2, 3])}, "must rise from 0 to 3"),
    "indptr too short": ({"indptr": np.array([0, 1, 3])}, "in 5 entries"),
    "indptr ends early": ({"indptr": np.array([0, 1, 2, 2, 2])}, "must rise"),
    "lengths differ": ({"indices": np.array([1, 3])}, "same length"),
    "shape differs": ({"shape": np.array([4, 5])}, r"'shape' is \[4, 5\]"),
    "a cell twice": ({"indices": np.array([1, 3, 3]), "indptr": np.array([0, 1, 1, 1, 3])}, "given twice"),
    "floats as indices": ({"indices": np.array([1.0, 3.0, 0.0])}, "holds float64"),
}


@pytest.mark.parametrize(
    ("base", "fault", "says"),
    [(DENSE, *BAD[key]) for key in BAD] + [(SPARSE, *BAD_SPARSE[key]) for key in BAD_SPARSE],
    ids=[*BAD, *BAD_SPARSE],
)
def test_archives_that_lie_are_refused(tmp_path: Path, base: dict[str, Any], fault: Any, says: str) -> None:
    """Every check, one by one, with the words that name the array."""
    arrays = fault(base) if callable(fault) else base | fault
    path = tmp_path / "bad2022.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for key, values in arrays.items():
            if values is None:
                continue
            if isinstance(values, bytes):
                archive.writestr(f"{key}.npy", values)
                continue
            buffer = io.BytesIO()
            np.save(buffer, values, allow_pickle=True)
            archive.writestr(f"{key}.npy", buffer.getvalue())
    with pytest.raises(DataError, match=says):
        read(path)


def test_a_damaged_archive_is_said_to_be_one(tmp_path: Path) -> None:
    """Half a file is no table."""
    path = written(tmp_path, DENSE)
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(DataError, match="cannot be read as a NumPy archive"):
        read(path)
