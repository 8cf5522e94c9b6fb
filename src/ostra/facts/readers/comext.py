"""Eurostat Comext bulk files: EU trade by reporter, partner and CN8, monthly or annual.

Two layouts are published, both comma-separated with a header. Until about 2021: DECLARANT, DECLARANT_ISO, PARTNER,
PARTNER_ISO, ..., STAT_REGIME, ..., VALUE_IN_EUROS, QUANTITY_IN_KG. Since (`full_v2`): REPORTER, PARTNER, ...,
STAT_PROCEDURE, ..., VALUE_EUR, QUANTITY_KG. They come packed as .7z and must be unpacked first.

Reference: Eurostat, User guide on European statistics on international trade in goods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from ostra.errors import DataError
from ostra.facts.readers.plain import RE_IMPORT
from ostra.facts.readers.reading import (
    Fault,
    Field,
    Reading,
    decimal_field,
    number_faults,
    quoted,
    year_fault,
    year_field,
)
from ostra.words import economies

# First year in which the Combined Nomenclature follows each edition of the Harmonised System.
EDITION_SINCE = {2022: "HS22", 2017: "HS17", 2012: "HS12", 2007: "HS07", 2002: "HS02", 1996: "HS96", 1988: "HS92"}

# Flows whose CN8 rows without a weight make up more of the value than this get no quantity: our choice. Small rows
# weigh nothing because Comext rounds to whole kilograms.
MOST_UNWEIGHED = "0.01"

# Codes of Comext that stand for no single economy, besides those that begin with Q (stores and provisions,
# countries not specified or secret) and those longer than two letters (EU27_2020, EXT_EU27_2020, WORLD): our reading
# of the code list GEONOMENCLATURE. XC Ceuta and XL Melilla lie outside the statistical territory of Spain.
NO_ECONOMY = ("EU", "EA", "XC", "XL", "XX", "ZZ", "AQ")
# Northern Ireland is reported as XI since 2021.
OWN_CODES = {"XI": "GBR", "XK": "XKX", "XS": "SRB", "EL": "GRC"}
RATES_HELP = "State the euro's price in US dollars of each year, such as 2023: 1.0813 (ECB annual average)."


def economy(code: str) -> str:
    """The alpha-3 code of a Comext country code."""
    return OWN_CODES.get(code.upper()) or economies.iso3(code)


def edition_of(years: Sequence[int]) -> str:
    """The HS edition that the Combined Nomenclature follows in these years.

    Raises
    ------
    DataError
        The years follow different editions: a code may mean other goods, so they cannot be one data set.
    """
    found = {next(name for since, name in EDITION_SINCE.items() if year >= since or since == 1988) for year in years}
    if len(found) > 1:
        raise DataError(
            f"years {min(years)} to {max(years)} follow different HS editions: {', '.join(sorted(found))}",
            mend="Import each edition by itself; the CN follows a new one in 2002, 2007, 2012, 2017 and 2022.",
        )
    return found.pop()


def per_kusd(rates: Mapping[int, str]) -> dict[int, Decimal]:
    """Thousand US dollars for one euro, by year, exact to nine decimals.

    Raises
    ------
    DataError
        A rate is not a plausible price of one euro.
    """
    exact: dict[int, Decimal] = {}
    for year, text in rates.items():
        try:
            rate = Decimal(str(text))
        except InvalidOperation:
            rate = Decimal("NaN")
        # Since 1978 the ECU and the euro have cost between 0.6 and 1.7 dollars; 10 times more is a slip of the point.
        if not rate.is_finite() or not Decimal("0.3") < rate < Decimal(3):
            raise DataError(f"not a price of one euro in US dollars, for {year}", value=str(text), mend=RATES_HELP)
        exact[year] = (rate / 1000).quantize(Decimal("0.000000001"), ROUND_HALF_EVEN)
    return exact


def reading(header: Sequence[str], eur_usd: Mapping[int, str]) -> Reading:
    """How Comext files with this header become rows of the table trade.

    CN8 codes are summed to HS6 and months to years. An import of the reporter is a flow from partner to reporter, an
    export one from reporter to partner. Flows between two reporters are declared twice; the importer's declaration
    counts. Where a year is there both as annual file (period 52) and as months, the annual rows count.

    Raises
    ------
    DataError
        No exchange rate is given, or one is not plausible.
    """
    if not eur_usd:
        raise DataError("Comext values are in euros and no exchange rate was given", mend=RATES_HELP)
    rates = per_kusd(eur_usd)
    old = any(name.upper() == "DECLARANT_ISO" for name in header)
    columns = {
        "reporter": ("DECLARANT_ISO",) if old else ("REPORTER",),
        "partner": ("PARTNER_ISO",) if old else ("PARTNER",),
        "product": ("PRODUCT_NC",),
        "flow": ("FLOW",),
        "regime": ("STAT_REGIME",) if old else ("STAT_PROCEDURE",),
        "period": ("PERIOD",),
        "value": ("VALUE_IN_EUROS", "VALUE_EUR"),
        "quantity": ("QUANTITY_IN_KG", "QUANTITY_KG"),
    }

    def settle(years: tuple[int, ...]) -> str:
        absent = [str(year) for year in years if year not in rates]
        if absent:
            raise DataError(f"no exchange rate for {', '.join(absent)}", mend=RATES_HELP)
        return edition_of(years)

    # The order in which a product is judged: codes with letters are suppressed, short ones are totals.
    product, none = "trim(r_product)", ", ".join(quoted(code) for code in NO_ECONOMY)
    year = year_field("left(trim(r_period), 4)")
    faults = [
        Fault(
            "NOT regexp_full_match(trim(r_period), '[0-9]{6}')", "PERIOD", "not a period", "Write YYYYMM, or YYYY52."
        ),
        year_fault("year", "PERIOD"),
        Fault(
            "month NOT BETWEEN 1 AND 12 AND month <> 52", "PERIOD", "not a month", "Months are 01 to 12, 52 the year."
        ),
        Fault("flow IS NULL", "FLOW", "neither import (1) nor export (2)", "Only codes 1 and 2 are flows."),
    ]
    for name in ("reporter", "partner"):
        raw = f"upper(trim(r_{name}))"
        faults += [
            Fault(
                f"length({raw}) > 2 OR starts_with({raw}, 'Q') OR {raw} IN ({none})",
                columns[name][0],
                f"{name} is no single economy (groups of countries, stores, not specified)",
                aside=True,
            ),
            Fault(
                f"{name} IS NULL",
                columns[name][0],
                "unknown country code",
                "Comext uses ISO alpha-2, GR, XI, XK and XS.",
            ),
        ]
    faults += [
        Fault(f"upper({product}) = 'TOTAL'", "PRODUCT_NC", "total over all products", aside=True),
        Fault(
            f"regexp_matches({product}, '[A-Za-z]')", "PRODUCT_NC", "product is suppressed (confidential)", aside=True
        ),
        Fault(
            f"regexp_full_match({product}, '[0-9]{{2}}|[0-9]{{4}}|[0-9]{{6}}')",
            "PRODUCT_NC",
            "total above CN8",
            aside=True,
        ),
        Fault(
            f"coalesce(NOT regexp_full_match({product}, '[0-9]{{8}}'), true)",
            "PRODUCT_NC",
            "not a CN code of 8 digits",
            "Keep the column as text; a leading zero may have been lost.",
        ),
        Fault(
            f"left({product}, 2) IN ('98', '99')", "PRODUCT_NC", "special CN code outside the HS (98, 99)", aside=True
        ),
        Fault(f"left({product}, 2) = '00'", "PRODUCT_NC", "no HS chapter", "Chapters are 01 to 97."),
        *number_faults("r_value", "value_eur", columns["value"][0], required=True),
        *number_faults("r_quantity", "quantity_kg", columns["quantity"][0], required=False),
    ]
    return Reading(
        kind="comext",
        table="trade",
        title="Eurostat Comext, EU trade by CN8, summed to HS6",
        source="Eurostat, Comext: international trade in goods",
        licence="Eurostat reuse policy (Commission Decision 2011/833/EU), source to be acknowledged",
        url="https://ec.europa.eu/eurostat/databrowser/bulk?selectedTab=fileComext",
        columns=columns,
        optional=frozenset({"regime", "quantity"}),
        resolve={"comext": (("reporter", "partner"), economy)},
        fields=(
            year,
            Field("month", "UTINYINT", "TRY_CAST(right(trim(r_period), 2) AS UTINYINT)"),
            Field("reporter", "code_comext", "TRY_CAST(trim(r_reporter) AS code_comext)"),
            Field("partner", "code_comext", "TRY_CAST(trim(r_partner) AS code_comext)"),
            Field("flow", "UTINYINT", "CASE trim(r_flow) WHEN '1' THEN 1 WHEN '2' THEN 2 END"),
            Field("regime", "VARCHAR", "trim(r_regime)"),
            Field("product", "INTEGER", f"TRY_CAST(left({product}, 6) AS INTEGER)"),
            decimal_field("value_eur", "r_value"),
            decimal_field("quantity_kg", "r_quantity"),
        ),
        faults=tuple(faults),
        select=_select(rates, old),
        late=(Fault("reporter = partner", "PARTNER", RE_IMPORT.reason, aside=True),),
        key=(),
        caveats=_caveats(old),
        settle=settle,
        reporting=(
            "SELECT DISTINCT reporter::VARCHAR, CASE flow WHEN 1 THEN 'importer' ELSE 'exporter' END FROM {staged}"
        ),
        notes=(
            "Values converted from euros with the rates given: "
            + ", ".join(f"{year} {rate}" for year, rate in sorted(eur_usd.items()))
            + " USD per EUR.",
            "Only flows with a reporter on one side are in the data: what others trade among themselves is missing.",
        ),
    )


def _counted(old: bool) -> str:
    """SQL for the rows that count: annual before monthly, the total regime before its parts, imports before mirrors."""
    # In the old layout regime 4 is the total of the others; where it is given, only it counts.
    total = "(regime IS NOT DISTINCT FROM '4') = (year IN (SELECT year FROM {staged} WHERE regime = '4'))"
    return (
        "SELECT * FROM {staged} WHERE (month = 52) = (year IN (SELECT year FROM {staged} WHERE month = 52))"
        + (f" AND {total}" if old else "")
        + " AND (flow = 1 OR (year, partner) NOT IN (SELECT DISTINCT (year, reporter) FROM {staged} WHERE flow = 1))"
    )


def _select(rates: Mapping[int, Decimal], old: bool) -> str:
    values = ", ".join(f"({int(year)}, {rate}::DECIMAL(12,9))" for year, rate in sorted(rates.items()))
    return (
        f"WITH counted AS ({_counted(old)}), rates (year, kusd) AS (VALUES {values}), flows AS ("
        " SELECT year, CASE flow WHEN 1 THEN partner ELSE reporter END AS exporter,"
        " CASE flow WHEN 1 THEN reporter ELSE partner END AS importer, lpad(product::VARCHAR, 6, '0') AS product,"
        " sum(value_eur)::DECIMAL(18,3) AS eur, sum(quantity_kg)::DECIMAL(18,3) AS kg,"
        " coalesce(sum(value_eur) FILTER (quantity_kg IS NULL OR (quantity_kg = 0 AND value_eur > 0)), 0) AS unweighed"
        " FROM counted GROUP BY ALL)"
        " SELECT year, exporter, importer, product, (eur * kusd)::DECIMAL(18,3) AS value_kusd,"
        f" CASE WHEN unweighed <= {MOST_UNWEIGHED} * eur THEN (kg * 0.001)::DECIMAL(18,3) END AS quantity_t"
        " FROM flows JOIN rates USING (year)"
    )


def _caveats(old: bool) -> tuple[str, ...]:
    counted = _counted(old)
    return (
        "SELECT 'Year ' || year || ' is incomplete: only ' || count(DISTINCT month) || ' months (' ||"
        " string_agg(DISTINCT month::VARCHAR, ', ' ORDER BY month::VARCHAR) || ') are in the files.'"
        f" FROM ({counted}) WHERE month <> 52 GROUP BY year HAVING count(DISTINCT month) < 12 ORDER BY year",
        "SELECT 'Year ' || year || ' is there both as annual and as monthly rows; the annual rows were taken.'"
        " FROM {staged} GROUP BY year HAVING bool_or(month = 52) AND bool_or(month <> 52) ORDER BY year",
        "SELECT format('{{:,}} export rows were left out because the partner reports the same flow as an import.',"
        " count(*)) FROM {staged} WHERE flow = 2 AND"
        " (year, partner) IN (SELECT DISTINCT (year, reporter) FROM {staged} WHERE flow = 1) HAVING count(*) > 0",
    )
