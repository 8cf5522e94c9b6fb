"""Input-output tables for tests and benchmarks: a printed example, random ones, the real one where it is at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ostra.ecosystem.input_output.table import InputOutputTable

SHARED = Path(__file__).parents[1].parent / "shared"
ICIO = SHARED / "data" / "oecd-icio-2022"


def table(
    flows: np.ndarray,
    final: np.ndarray,
    economies: tuple[str, ...],
    sectors: tuple[str, ...],
    *,
    output: np.ndarray | None = None,
    dataset: str = "made-up",
) -> InputOutputTable:
    """A table from its flows and final demand; output is what the rows sum to, value added what the columns leave."""
    flows = np.asarray(flows, dtype=np.float64)
    final = np.atleast_2d(np.asarray(final, dtype=np.float64).T).T
    made = flows.sum(axis=1) + final.sum(axis=1) if output is None else np.asarray(output, dtype=np.float64)
    return InputOutputTable(
        dataset=dataset,
        year=2022,
        economies=economies,
        sectors=sectors,
        sector_names=tuple(f"Sector {code}" for code in sectors),
        flows=flows,
        final=final,
        destinations=economies if final.shape[1] == len(economies) else ("ZZZ",),
        output=made,
        value_added=made - flows.sum(axis=0),
    )


def two_sectors() -> InputOutputTable:
    """One economy, two sectors: the worked example of Miller and Blair (2009), tables 2.3 and 2.4."""
    return table(
        np.array([[150.0, 500.0], [200.0, 100.0]]), np.array([350.0, 1700.0]), ("AAA",), ("A", "B"), dataset="two"
    )


def random_table(seed: int, economies: int = 3, sectors: int = 4) -> InputOutputTable:
    """A productive table with skewed flows, final demand by destination, and positive value added everywhere."""
    rng = np.random.default_rng(seed)
    n = economies * sectors
    codes = tuple(f"{letter}{letter}{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXY"[:economies])
    final = rng.lognormal(2.0, 1.0, (n, economies))
    shape = rng.lognormal(0.0, 1.5, (n, n))
    coefficients = shape / shape.sum(axis=0) * rng.uniform(0.2, 0.7, n)
    output = np.linalg.solve(np.eye(n) - coefficients, final.sum(axis=1))
    return table(coefficients * output, final, codes, tuple(f"S{k}" for k in range(sectors)), output=output)


def icio_regions() -> InputOutputTable:
    """The real OECD table of 2022, 28 regions × 50 sectors; final demand by destination is not at hand."""
    return _icio("icio2022_28regions_x_50sectors.npz")


def icio_countries() -> InputOutputTable:
    """The real OECD table of 2022, 80 countries × 50 sectors, without flows below 50,000 USD."""
    return _icio("icio2022_80countries_x_50sectors_sparse_ge50kUSD.npz")


def _icio(name: str) -> InputOutputTable:
    path = ICIO / name
    if not path.is_file():
        import pytest

        pytest.skip(f"{name} is not here; it is not part of the repository")
    with np.load(path) as pieces:
        sectors = tuple(str(code) for code in pieces["sectors"])
        if "Z" in pieces:
            economies = tuple("ZZZ" if code == "REST" else str(code) for code in pieces["regions"])
            flows = pieces["Z"].astype(np.float64)
            order = np.arange(len(flows))
        else:
            economies = tuple(str(code) for code in pieces["countries"])
            n = len(economies) * len(sectors)
            flows = np.zeros((n, n))
            rows = np.repeat(np.arange(n), np.diff(pieces["indptr"]))
            flows[rows, pieces["indices"].astype(np.int64)] = pieces["data"]
            # The file runs through the countries within each sector; the table runs through sectors within countries.
            order = np.arange(n).reshape(len(sectors), len(economies)).T.ravel()
            flows = flows[np.ix_(order, order)]
        return InputOutputTable(
            dataset=name.removesuffix(".npz"),
            year=2022,
            economies=economies,
            sectors=sectors,
            sector_names=sectors,
            flows=flows,
            final=pieces["final_demand"][order][:, None],
            destinations=("ZZZ",),
            output=pieces["output"][order],
        )
