"""How a product's trade dependency moved over the years (method 1)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl


def trends(series: pl.DataFrame) -> pl.DataFrame:
    """Slope per year of the indicators, by product, over the years of `series` in which each is known.

    Ordinary least squares on (year, value): slope = sum (t - T)(y - Y) / sum (t - T)^2 with T, Y the means; null
    with fewer than three known years. Sums are exact (fsum), so order does not matter.

    Parameters
    ----------
    series : DataFrame
        Result of `dependencies` for several years.

    Returns
    -------
    DataFrame
        Sorted by product: product, first_year, last_year, years [with imports], concentration_trend,
        top_share_trend [fraction per year], imports_trend [kUSD per year].
    """
    rows = []
    for (product,), part in series.sort("product", "year").group_by(["product"], maintain_order=True):
        traded = part.filter(pl.col("status") == "traded")
        span = traded["year"].to_list()
        first, last = (span[0], span[-1]) if span else (None, None)
        slopes = (_slope(span, traded[name].to_list()) for name in ("concentration", "top_share", "imports_kusd"))
        rows.append((product, first, last, len(span), *slopes))
    schema: dict[str, type[pl.DataType]] = {
        "product": pl.String,
        "first_year": pl.Int16,
        "last_year": pl.Int16,
        "years": pl.Int32,
        "concentration_trend": pl.Float64,
        "top_share_trend": pl.Float64,
        "imports_trend": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _slope(all_times: Sequence[int], all_values: Sequence[float | None]) -> float | None:
    known = [(t, v) for t, v in zip(all_times, all_values, strict=True) if v is not None]
    times, values = [t for t, _ in known], [v for _, v in known]
    if len(times) < 3:  # through two points a line always fits; it says nothing of a trend
        return None
    mean_time = math.fsum(times) / len(times)
    mean_value = math.fsum(values) / len(values)
    spread = math.fsum((t - mean_time) ** 2 for t in times)
    return math.fsum((t - mean_time) * (v - mean_value) for t, v in zip(times, values, strict=True)) / spread
