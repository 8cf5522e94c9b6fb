"""Tables as NumPy archives: a dense matrix `Z`, or the pieces of a sparse one (`data`, `indices`, `indptr`, `shape`).

An archive comes from outside: nothing in it is executed (no pickles), and what its headers state is compared with the
sizes that a table can have before memory is taken.
"""

from __future__ import annotations

import ast
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ostra.errors import DataError
from ostra.facts.mrio.labelled import MOST_NODES, Labelled
from ostra.facts.mrio.read_table import Matrix, Vector

MEND = "Write the arrays again with numpy.savez."
LONGEST_LABEL = 200
MAGIC = b"\x93NUMPY"
# Arrays that are read, and the kinds of number that each may hold: (f)loat, (i)nteger, (u)nsigned, (U) text.
KINDS = {
    "Z": "fiu",
    "data": "fiu",
    "indices": "iu",
    "indptr": "iu",
    "shape": "iu",
    "final_demand": "fiu",
    "output": "fiu",
    "value_added": "fiu",
    "regions": "U",
    "countries": "U",
    "sectors": "U",
    "sector_names": "U",
    "destinations": "U",
}


def npz(path: Path, name: str, year: int) -> Labelled:
    """One year from an archive, in million US dollars.

    Needed are `sectors`, `regions` or `countries`, `final_demand` (n, or n × `destinations`), `output`, and either `Z`
    or the pieces of a sparse matrix. With `regions`, nodes run through the sectors within each region; with
    `countries`, through the countries within each sector. `value_added` and `sector_names` may be there.

    Raises
    ------
    DataError
        The archive is damaged, holds objects, or its arrays do not fit together.
    """
    arrays = _read(path, name)
    places = [key for key in ("regions", "countries") if key in arrays]
    if len(places) != 1:
        raise _fault(name, "needs either 'regions' (nodes by region) or 'countries' (nodes by sector)")
    for key in ("sectors", "final_demand", "output"):
        if key not in arrays:
            raise _fault(name, f"array '{key}' is missing")
    economies = [str(code) for code in arrays[places[0]]]
    sectors = [str(code) for code in arrays["sectors"]]
    n = len(economies) * len(sectors)
    if not 0 < n <= MOST_NODES:
        raise _fault(name, f"{n:,} nodes; a table has between 1 and {MOST_NODES:,}")
    flows = _dense(arrays["Z"], n, name) if "Z" in arrays else _sparse(arrays, n, name)
    if places[0] == "regions":
        nodes = [(economy, sector) for economy in economies for sector in sectors]
    else:
        nodes = [(economy, sector) for sector in sectors for economy in economies]
    final = _numbers(arrays["final_demand"], name, "final_demand")
    final = final[:, None] if final.ndim == 1 else final
    told = [str(code) for code in arrays["destinations"]] if "destinations" in arrays else []
    if final.shape != (n, len(told) or 1):
        wanted = f"({n}, {len(told)})" if told else f"({n},), or two-dimensional with 'destinations'"
        raise _fault(name, f"'final_demand' is {final.shape}, not {wanted}")
    names = [str(text) for text in arrays.get("sector_names", np.array(sectors))]
    if len(names) != len(sectors):
        raise _fault(name, f"'sector_names' has {len(names)} entries, 'sectors' {len(sectors)}")
    for key in ("output", "value_added"):
        if key in arrays and arrays[key].shape != (n,):
            raise _fault(name, f"'{key}' is {arrays[key].shape}, not ({n},)")
    return Labelled(
        layout="npz",
        name=name,
        year=year,
        nodes=nodes,
        users=[(code, "final") for code in told] or [("ZZZ", "final")],
        flows=flows,
        final=final,
        output=_numbers(arrays["output"], name, "output"),
        value_added=_numbers(arrays["value_added"], name, "value_added") if "value_added" in arrays else None,
        sector_names=dict(zip(sectors, names, strict=True)),
        unknown_users=not told,
    )


def _read(path: Path, name: str) -> dict[str, NDArray[np.generic]]:
    """The arrays that are known, each checked by its header before it is read."""
    found: dict[str, NDArray[np.generic]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            if len(members) > 100:
                raise _fault(name, f"holds {len(members)} arrays")
            for key in KINDS.keys() & members.keys():
                with archive.open(members[key]) as stream:
                    shape, dtype = _described(stream.read(10 + 65536), name, key)
                size = int(np.prod(shape, dtype=object)) if shape else 1
                if size * dtype.itemsize > MOST_NODES * MOST_NODES * 8:
                    raise _fault(name, f"array '{key}' of shape {shape} is larger than any table")
                if size * dtype.itemsize > members[key].file_size:
                    raise _fault(name, f"array '{key}' states {size:,} values and holds fewer")
                with archive.open(members[key]) as stream:
                    found[key] = np.lib.format.read_array(stream, allow_pickle=False)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        if isinstance(error, OSError) and not isinstance(error, zipfile.BadZipFile) and error.errno is not None:
            raise
        raise _fault(name, f"cannot be read as a NumPy archive: {error}") from None
    return found


def _described(start: bytes, name: str, key: str) -> tuple[tuple[int, ...], np.dtype[np.generic]]:
    """Shape and type that the header of an array states."""
    if not start.startswith(MAGIC):
        raise _fault(name, f"array '{key}' is no NumPy array")
    long = start[6] > 1
    length = int.from_bytes(start[8 : 12 if long else 10], "little")
    text = start[12 if long else 10 :][:length].decode("latin-1")
    try:
        header = ast.literal_eval(text.strip())
        shape, dtype = tuple(int(size) for size in header["shape"]), np.dtype(header["descr"])
    except (ValueError, SyntaxError, TypeError, KeyError, MemoryError, RecursionError):
        raise _fault(name, f"the header of array '{key}' cannot be read") from None
    if dtype.kind not in KINDS[key] or dtype.itemsize > 4 * LONGEST_LABEL:
        wanted = "text" if KINDS[key] == "U" else "numbers"
        raise _fault(name, f"array '{key}' holds {dtype}, not {wanted}")
    if len(shape) > 2 or any(size < 0 for size in shape):
        raise _fault(name, f"array '{key}' has shape {shape}; tables have one or two dimensions")
    return shape, dtype


def _dense(values: NDArray[np.generic], n: int, name: str) -> Matrix:
    if values.shape != (n, n):
        raise _fault(name, f"'Z' is {values.shape}, not ({n}, {n})")
    return _numbers(values, name, "Z")


def _sparse(arrays: dict[str, NDArray[np.generic]], n: int, name: str) -> Matrix:
    """A matrix from its compressed rows, after every index was compared with the shape."""
    missing = [key for key in ("data", "indices", "indptr", "shape") if key not in arrays]
    if missing:
        raise _fault(name, f"has neither 'Z' nor all of data, indices, indptr, shape (missing: {', '.join(missing)})")
    data = _numbers(arrays["data"], name, "data")
    indices, indptr = arrays["indices"].astype(np.int64), arrays["indptr"].astype(np.int64)
    if arrays["shape"].astype(np.int64).tolist() != [n, n]:
        raise _fault(name, f"'shape' is {arrays['shape'].tolist()}, not [{n}, {n}]")
    if data.ndim != 1 or indices.shape != data.shape:
        raise _fault(name, f"'data' is {data.shape} and 'indices' {indices.shape}; both need the same length")
    if indptr.shape != (n + 1,) or indptr[0] != 0 or indptr[-1] != len(data) or (np.diff(indptr) < 0).any():
        raise _fault(name, f"'indptr' must rise from 0 to {len(data)} in {n + 1} entries")
    if len(indices) and (indices.min() < 0 or indices.max() >= n):
        raise _fault(name, f"'indices' must lie between 0 and {n - 1}")
    rows = np.repeat(np.arange(n), np.diff(indptr))
    place = rows * n + indices
    taken = np.zeros(n * n, dtype=bool)
    taken[place] = True
    if np.count_nonzero(taken) < len(place):
        raise _fault(name, "a cell is given twice")
    flows = np.zeros(n * n)
    flows[place] = data
    return flows.reshape(n, n)


def _numbers(values: NDArray[np.generic], name: str, key: str) -> Vector:
    found = values.astype(np.float64)
    wrong = np.argwhere(~np.isfinite(found))
    if len(wrong):
        place = ", ".join(str(number) for number in wrong[0])
        others = f", as are {len(wrong) - 1:,} more" if len(wrong) > 1 else ""
        raise _fault(name, f"array '{key}' at [{place}] is {found[tuple(wrong[0])]}, no finite number{others}")
    return found


def _fault(name: str, reason: str) -> DataError:
    return DataError(reason, name, mend=MEND)
