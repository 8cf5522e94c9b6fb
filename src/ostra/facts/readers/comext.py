"""Eurostat Comext bulk files: EU trade by reporter, partner and CN8, monthly or annual.

Two layouts are published, both comma-separated with a header. Until about 2021: DECLARANT, DECLARANT_ISO, PARTNER,
PARTNER_ISO, ..., STAT_REGIME, ..., VALUE_IN_EUROS, QUANTITY_IN_KG. Since (`full_v2`): REPORTER, PARTNER, ...,
STAT_PROCEDURE, ..., VALUE_EUR, QUANTITY_KG. They come packed as .7z and must be unpacked first.

Reference: Eurostat, User guide on European statistics on international trade in goods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import cache
from string import ascii_uppercase

from ostra.errors import DataError
from ostra.facts.readers.partners import UNNAMED
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

# Codes of Comext for what nobody can name, besides those that begin with Q (stores and provisions, countries not
# specified or secret): our reading of the code list GEONOMENCLATURE. XC Ceuta and XL Melilla lie outside the
# statistical territory of Spain.
NOT_NAMED = ("XC", "XL", "XX", "ZZ")
# Totals over partners that are listed apart, besides codes longer than two letters (EU27_2020, EXT_EU27_2020, WORLD).
TOTALS = ("EU", "EA")
# Codes of its own and of earlier years. Since 2021 GB is without Northern Ireland, XI, which is added to it; XI as a
# reporter declares its own flows alone, and says nothing of those of GB.
OWN_CODES = {
    "XI": "GBR", "XU": "GBR", "UK": "GBR", "XK": "XKX", "XS": "SRB", "EL": "GRC", "AN": "ANT", "TP": "TLS", "ZR": "COD",
    "BU": "MMR", "SU": "SUN", "DD": "DDR", "YD": "YEM", "FX": "FRA",
}  # fmt: skip
# Codes that changed their meaning: (code, first year of the later meaning, earlier, later).
REUSED = (("CS", 1993, "CSK", "SCG"), ("YU", 1992, "YUG", "SCG"))
RATES_HELP = "State the euro's price in US dollars of each year, such as 2023: 1.0813 (ECB annual average)."


@cache
def economy_of() -> dict[str, str]:
    """Every code of Comext -> alpha-3 code, those of nobody too; `CS-` is CS in its earlier meaning."""
    letters = [f"{one}{two}" for one in ascii_uppercase for two in ascii_uppercase]
    found = {code: iso3 for code in letters if (iso3 := economies.find(code))} | OWN_CODES
    found |= {code: UNNAMED for code in letters if code.startswith("Q") and code != "QA"} | dict.fromkeys(
        NOT_NAMED, UNNAMED
    )
    for code, _, earlier, later in REUSED:
        found |= {f"{code}-": earlier, code: later}
    return {code: iso3 for code, iso3 in sorted(found.items()) if code not in TOTALS}


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
    export one from reporter to partner. What is declared twice is counted once, flow by flow: between two reporters the
    importer's declaration of the product in the year counts, the exporter's where there is none; the year's figure
    (period 52) before its months; the total regime (4, until 2021) before its parts. The same row in two files counts
    once, and files that give a flow twice with different values are refused.

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
        "number": ("PARTNER",) if old else ("PARTNER_NUMBER",),
        "kind": ("TRADE_TYPE",),
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
    product, totals = "trim(r_product)", ", ".join(quoted(code) for code in TOTALS)
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
                f"length({raw}) > 2 OR {raw} IN ({totals})",
                columns[name][0],
                f"{name} is a total over economies that are listed apart",
                aside=True,
            ),
            Fault(
                f"{name} IS NULL",
                columns[name][0],
                "unknown country code",
                "Comext uses ISO alpha-2, those of former states, GR, XI, XK and XS.",
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
        optional=frozenset({"regime", "quantity", "number", "kind"}),
        codes={"comext": {code: code for code in economy_of()}},
        numbers=frozenset({"value", "quantity"}),
        fields=(
            year,
            Field("month", "UTINYINT", "TRY_CAST(right(trim(r_period), 2) AS UTINYINT)"),
            Field("reporter", "code_comext", _code("r_reporter")),
            Field("partner", "code_comext", _code("r_partner")),
            Field("flow", "UTINYINT", "CASE trim(r_flow) WHEN '1' THEN 1 WHEN '2' THEN 2 END"),
            Field("regime", "VARCHAR", "trim(r_regime)"),
            Field("partner_number", "VARCHAR", "concat_ws(' ', trim(r_number), trim(r_kind))"),
            Field("cn", "INTEGER", f"TRY_CAST({product} AS INTEGER)"),
            decimal_field("value_eur", "r_value"),
            decimal_field("quantity_kg", "r_quantity"),
        ),
        faults=tuple(faults),
        first=_flows(old),
        select=_select(rates),
        late=(Fault(f"{_iso('reporter')} = {_iso('partner')}", "PARTNER", RE_IMPORT.reason, aside=True),),
        key=("year", "month", "reporter", "partner", "flow", "regime", "partner_number", "cn"),
        agree=("value_eur", "quantity_kg"),
        caveats=CAVEATS,
        settle=settle,
        # XI reports the trade of a part of GBR.
        reporting=(
            f"SELECT DISTINCT {_iso('reporter')}, CASE flow WHEN 1 THEN 'importer' ELSE 'exporter' END"
            " FROM {staged} WHERE reporter <> 'XI'"
        ),
        notes=(
            "Values converted from euros with the rates given: "
            + ", ".join(f"{year} {rate}" for year, rate in sorted(eur_usd.items()))
            + " USD per EUR.",
            "Only flows with a reporter on one side are in the data: what others trade among themselves is missing.",
        ),
    )


def _code(raw: str) -> str:
    """A country code as the closed list has it: in capitals, reused ones by the year of the row."""
    text = f"upper(trim({raw}))"
    reused = " ".join(
        f"WHEN {text} = '{code}' AND left(trim(r_period), 4) < '{since}' THEN '{code}-'" for code, since, _, _ in REUSED
    )
    return f"TRY_CAST((CASE {reused} ELSE {text} END) AS code_comext)"


def _iso(name: str) -> str:
    """SQL from a Comext code, an enumeration in the order of the alphabet, to the alpha-3 code of its economy."""
    listed = ", ".join(quoted(iso3) for iso3 in economy_of().values())
    return f"([{listed}]::VARCHAR[])[enum_code({name})::INTEGER + 1]"


def _flows(old: bool) -> str:
    """SQL that makes the table `flows`: what counts of all rows, by year, exporter, importer and product.

    Codes are those of Comext still, because a declaration of Northern Ireland says nothing of the rest of its economy.
    """
    cell = "year, reporter, partner, flow, cn"
    if old:  # regime 4 is the total of the others
        chosen = ", ".join(
            f"CASE WHEN bool_or(regime = '4') THEN sum({name}) FILTER (regime = '4') ELSE sum({name}) END AS {name}"
            for name in ("value_eur", "quantity_kg", "unweighed")
        )
        rows = f"SELECT {cell}, month, {chosen} FROM ({_WITH_UNWEIGHED}) GROUP BY {cell}, month"
    else:
        rows = _WITH_UNWEIGHED
    annual = ", ".join(
        f"CASE WHEN bool_or(month = 52) THEN sum({name}) FILTER (month = 52) ELSE sum({name}) END AS {name}"
        for name in ("value_eur", "quantity_kg", "unweighed")
    )
    declared = ", ".join(
        f"CASE WHEN bool_or(flow = 1) THEN sum({name}) FILTER (flow = 1) ELSE sum({name}) END AS {short}"
        for name, short in (("value_eur", "eur"), ("quantity_kg", "kg"), ("unweighed", "unweighed"))
    )
    return (
        f"CREATE TABLE flows AS WITH rows AS ({rows}),"
        f" cells AS (SELECT {cell}, {annual}, bool_or(month = 52) AND bool_or(month <> 52) AS doubled"
        f" FROM rows GROUP BY {cell})"
        " SELECT year, CASE flow WHEN 1 THEN partner ELSE reporter END AS exporter,"
        " CASE flow WHEN 1 THEN reporter ELSE partner END AS importer, cn // 100 AS product,"
        f" {declared}, bool_or(flow = 1) AND bool_or(flow = 2) AS twice, bool_or(flow = 1) AS by_importer,"
        " bool_or(doubled) AS doubled FROM cells GROUP BY ALL"
    )


# A weight of 0 beside a value is one that was not reported, or that was rounded away.
_WITH_UNWEIGHED = (
    "SELECT year, month, reporter, partner, flow, regime, cn, value_eur, quantity_kg,"
    " CASE WHEN quantity_kg IS NULL OR (quantity_kg = 0 AND value_eur > 0) THEN value_eur ELSE 0 END AS unweighed"
    " FROM {staged}"
)


def _select(rates: Mapping[int, Decimal]) -> str:
    values = ", ".join(f"({int(year)}, {rate}::DECIMAL(12,9))" for year, rate in sorted(rates.items()))
    return (
        f"SELECT year, exporter, importer, product, (eur::DECIMAL(26,3) * kusd)::DECIMAL(18,3) AS value_kusd,"
        f" CASE WHEN unweighed <= {MOST_UNWEIGHED} * eur THEN (kg::DECIMAL(26,3) * 0.001)::DECIMAL(18,3) END"
        " AS quantity_t"
        f" FROM (SELECT year, {_iso('exporter')} AS exporter, {_iso('importer')} AS importer,"
        " lpad(product::VARCHAR, 6, '0') AS product, sum(eur) AS eur, sum(kg) AS kg, sum(unweighed) AS unweighed"
        f" FROM flows GROUP BY ALL) JOIN (VALUES {values}) AS rates (year, kusd) USING (year)"
    )


# Months that are there of each reporter, of directions of which it has no annual row in the year.
_MONTHS = (
    "SELECT year, reporter, list_sort(list_distinct(flatten(list(present)))) AS months FROM"
    " (SELECT year, reporter, list(DISTINCT month::INTEGER) AS present FROM {staged}"
    " GROUP BY year, reporter, flow HAVING bool_and(month <> 52)) GROUP BY year, reporter HAVING len(months) < 12"
)
CAVEATS = (
    "SELECT 'Year ' || year || ' is incomplete' || CASE WHEN count(*) OVER (PARTITION BY year) > 1 OR shown < everybody"
    " THEN ' for ' || named ELSE '' END || ': only ' || len(months) || ' months (' ||"
    " array_to_string(months, ', ') || ') are in the files.' FROM (SELECT year, months,"
    " string_agg(DISTINCT reporter::VARCHAR, ', ' ORDER BY reporter::VARCHAR) AS named,"
    f" count(DISTINCT reporter) AS shown FROM ({_MONTHS}) GROUP BY year, months)"
    " JOIN (SELECT year, count(DISTINCT reporter) AS everybody FROM {staged} GROUP BY year) USING (year)"
    " ORDER BY year, months",
    "SELECT 'Year ' || year || ': ' || count(*) || ' flows are there both as annual and as monthly rows; the annual"
    " rows were taken.' FROM flows WHERE doubled GROUP BY year ORDER BY year",
    "SELECT format('{{:,}} flows between two reporters are declared by both; the importer''s declaration counts.',"
    " count(*)) FROM flows WHERE twice HAVING count(*) > 0",
    "SELECT format('{{:,}} flows to economies that report themselves rest on the exporter''s declaration: the importer"
    " declares none of that product from there.', count(*)) FROM flows"
    " WHERE NOT by_importer AND (year, importer) IN (SELECT (year, reporter) FROM {staged} WHERE flow = 1)"
    " HAVING count(*) > 0",
)
