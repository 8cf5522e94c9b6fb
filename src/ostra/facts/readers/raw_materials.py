"""The tables of the Commission's study on critical raw materials: supply shares, and shares of use by application.

Shares are kept as printed: `<0.1%` is the interval from 0 to 0.001, not a number in between, and shares that do not
sum to 100 % are not scaled. Materials and economies are harmonised through `raw_materials.names.csv`; a name that is
not there is a fault, so that a new spelling is noticed.

Reference: European Commission (2023), Study on the critical raw materials for the EU 2023, Final report.
"""

from __future__ import annotations

import csv
from functools import cache, partial
from pathlib import Path

from ostra.facts.readers.partners import unknown_economy
from ostra.facts.readers.plain import economy_fault, economy_field
from ostra.facts.readers.reading import Fault, Field, Reading, Resolve
from ostra.words import economies

STUDY = "EC critical raw materials 2023"
_of_the_study = partial(
    Reading,
    source="European Commission, Study on the critical raw materials for the EU 2023",
    licence="CC BY 4.0",
    url="https://op.europa.eu/en/publication-detail/-/publication/57318397-fdd4-11ed-a05c-01aa75ed71a1",
)
PERCENT = "[0-9]+([.][0-9]+)?"


@cache
def names(subject: str) -> dict[str, str]:
    """Printed name -> harmonised name, of `material` or `economy`."""
    with Path(__file__).with_name("raw_materials.names.csv").open(encoding="utf-8", newline="") as lines:
        return {row["printed"]: row["name"] for row in csv.DictReader(lines) if row["subject"] == subject}


def material(printed: str) -> str | None:
    """The harmonised name of a material; None where it is not in the table of names."""
    return names("material").get(printed)


def unknown_material(printed: str) -> str:
    """How to mend the name of a material."""
    return f"Material {printed!r} is not in the table of names; spell it as the study of 2023 does."


def economy(printed: str) -> str | None:
    """The alpha-3 code of an economy as the study prints it, misprints included; None where it has none."""
    return economies.find(names("economy").get(printed, printed))


def supply_reading() -> Reading:
    """How the table of supply shares becomes rows of `supply_shares`."""
    printed = "trim(r_printed)"
    number = f"TRY_CAST(regexp_extract({printed}, '({PERCENT})%?$', 1) AS DECIMAL(12,6))"
    share = f"({number} * 0.01::DECIMAL(4,2))::DECIMAL(18,8)::DOUBLE"
    return _of_the_study(
        kind="ec-supply-shares",
        table="supply_shares",
        title=f"{STUDY}: supply shares",
        columns={
            "scope": ("scope",),
            "material": ("Material",),
            "stage": ("Stage",),
            "country": ("Country",),
            "printed": ("share_as_printed",),
            "t": ("t",),
        },
        optional=frozenset({"t"}),
        resolve={
            "material": Resolve(("material",), material, unknown_material),
            "economy": Resolve(("country",), economy, unknown_economy),
        },
        fields=(
            Field("material", "code_material", "TRY_CAST(trim(r_material) AS code_material)"),
            Field("stage", "VARCHAR", "CASE trim(r_stage) WHEN 'E' THEN 'extraction' WHEN 'P' THEN 'processing' END"),
            Field(
                "scope", "VARCHAR", "CASE trim(r_scope) WHEN 'global' THEN 'global' WHEN 'EU_sourcing' THEN 'EU' END"
            ),
            economy_field("country", "r_country"),
            Field("share_low", "DOUBLE", f"CASE WHEN starts_with({printed}, '<') THEN 0 ELSE {share} END"),
            Field("share_high", "DOUBLE", share),
            Field("as_printed", "VARCHAR", printed),
            Field("trade_parameter", "DOUBLE", "TRY_CAST(r_t AS DOUBLE)"),
        ),
        faults=(
            Fault("material IS NULL", "Material", "unknown material", "Spell it as the study does."),
            Fault("stage IS NULL", "Stage", "neither extraction (E) nor processing (P)", "Write E or P."),
            Fault("scope IS NULL", "scope", "neither global nor EU_sourcing", "Write global or EU_sourcing."),
            Fault("r_country IS NULL", "Country", "value is missing", "Every row needs it."),
            economy_fault("country", "r_country"),
            Fault(
                f"coalesce(NOT regexp_full_match({printed}, '<?{PERCENT}[%]?'), true) OR share_high IS NULL",
                "share_as_printed",
                "not a percentage",
                "Write 5.4%, or <0.1% for a share below what is printed.",
            ),
            Fault("share_high > 1", "share_as_printed", "share above 100 %", "Shares are parts of one total."),
            Fault(
                "trim(r_t) <> '' AND (trade_parameter IS NULL OR NOT trade_parameter BETWEEN 0.5 AND 2)",
                "t",
                "not a trade variable",
                "The method knows 0.8 to 1.5.",
            ),
        ),
        select=(
            "SELECT material, stage, scope, country, share_low, share_high, as_printed, trade_parameter,"
            f" '{STUDY}' AS study FROM {{staged}}"
        ),
        key=("scope", "material", "stage", "country"),
        caveats=(
            # Shares are printed to a tenth of a per cent, so n of them may miss 100 by n/20 per cent through rounding.
            "WITH sums AS (SELECT scope, stage, material, sum(share_low)::DECIMAL(9,3) AS low,"
            " sum(share_high)::DECIMAL(9,3) AS high, count(*) * 0.0005 AS slack FROM {staged} GROUP BY ALL)"
            " SELECT printf('%s %s: the shares of %d of %d materials do not sum to 100 %% and stay as printed: %s.',"
            " scope, stage, count(*) FILTER (low > 1 + slack OR high < 1 - slack), count(*),"
            " string_agg(printf('%s %.1f', material, 100 * low::DOUBLE), ', ' ORDER BY material)"
            " FILTER (low > 1 + slack OR high < 1 - slack))"
            " FROM sums GROUP BY scope, stage HAVING count(*) FILTER (low > 1 + slack OR high < 1 - slack) > 0"
            " ORDER BY scope, stage",
        ),
    )


def uses_reading() -> Reading:
    """How the table of uses becomes rows of `material_uses`; a share printed as `>0%` is unknown."""
    share = f"(TRY_CAST(regexp_extract(trim(r_share), '^({PERCENT})%$', 1) AS DECIMAL(12,6)) * 0.01::DECIMAL(4,2))"
    text = "nullif(trim(regexp_replace({raw}, '\\s+', ' ', 'g')), '')"
    return _of_the_study(
        kind="ec-material-uses",
        table="material_uses",
        title=f"{STUDY}: shares of use by application",
        columns={
            "material": ("Material",),
            "application": ("Application",),
            "share": ("Share",),
            "nace": ("NACE sector",),
            "va": ("VA in million",),
        },
        optional=frozenset({"nace", "va"}),
        resolve={"material": Resolve(("material",), material, unknown_material)},
        fields=(
            Field("material", "code_material", "TRY_CAST(trim(r_material) AS code_material)"),
            Field("application", "VARCHAR", text.format(raw="r_application")),
            Field("share", "DOUBLE", f"{share}::DECIMAL(18,8)::DOUBLE"),
            Field("nace", "VARCHAR", text.format(raw="r_nace")),
            Field("value_added_meur", "DOUBLE", "TRY_CAST(r_va AS DOUBLE)"),
        ),
        faults=(
            Fault("material IS NULL", "Material", "unknown material", "Spell it as the study does."),
            Fault("application IS NULL", "Application", "value is missing", "Every row needs it."),
            Fault(
                f"coalesce(NOT regexp_full_match(trim(r_share), '>?{PERCENT}[%]'), true)",
                "Share",
                "not a percentage",
                "Write 19%, or >0% for a share that is not known.",
            ),
            Fault("share > 1", "Share", "share above 100 %", "Shares are parts of one total."),
            Fault(
                "trim(r_va) <> '' AND NOT coalesce(isfinite(value_added_meur) AND value_added_meur >= 0, false)",
                "VA in million",
                "not a finite, positive number",
                "Write million EUR with a point.",
            ),
        ),
        select=f"SELECT material, application, share, nace, value_added_meur, '{STUDY}' AS study FROM {{staged}}",
        key=("material", "application", "nace"),
        caveats=(
            "SELECT printf('The share of %s in %s is not known (printed as more than 0 %%).', material, application)"
            " FROM {staged} WHERE share IS NULL ORDER BY material, application",
        ),
        multiline=True,
    )
