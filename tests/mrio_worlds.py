"""A small made-up world written in each published layout; the layouts are those that the sources describe."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xlsb import write_xlsb

LABELS = ("AUT", "CN1", "CN2", "CHN", "USA", "ROW")
FINAL = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
SECTORS = ("A01", "C26")


@dataclass(frozen=True)
class World:
    """Labels of economies as given, the same sectors in each; numbers are multiples of 1/8, so that sums are exact."""

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    users: tuple[str, ...]
    categories: tuple[str, ...]
    flows: np.ndarray
    final: np.ndarray
    taxes: np.ndarray
    value_added: np.ndarray
    output: np.ndarray

    @property
    def nodes(self) -> list[tuple[str, str]]:
        return [(economy, sector) for economy in self.economies for sector in self.sectors]

    @property
    def uses(self) -> list[tuple[str, str]]:
        return [(economy, category) for economy in self.users for category in self.categories]


def world(
    economies: tuple[str, ...] = LABELS,
    sectors: tuple[str, ...] = SECTORS,
    categories: tuple[str, ...] = FINAL,
    users: tuple[str, ...] | None = None,
    seed: int = 7,
) -> World:
    """A balanced world with falling stocks here and there; parts of an economy (CN1) use nothing finally."""
    rng = np.random.default_rng(seed)
    users = users or tuple(code for code in economies if code not in ("CN1", "CN2"))
    n, m = len(economies) * len(sectors), len(users) * len(categories)
    flows = rng.integers(1, 800, (n, n)) / 8
    final = rng.integers(800, 8000, (n, m)) / 8
    stocks = [number for number in range(m) if number % len(categories) == len(categories) - 2]
    final[:, stocks] = rng.integers(-80, 80, (n, len(stocks))) / 8
    output = flows.sum(axis=1) + final.sum(axis=1)
    taxes = rng.integers(-80, 80, n) / 8
    return World(economies, sectors, users, categories, flows, final, taxes, output - flows.sum(axis=0) - taxes, output)


def icio_rows(w: World) -> list[list[object]]:
    """The OECD's layout since the edition of 2021: nodes, TLS, VA, OUT; nodes, final use, OUT."""
    nodes = [f"{economy}_{sector}" for economy, sector in w.nodes]
    header = ["V1", *nodes, *(f"{economy}_{category}" for economy, category in w.uses), "OUT"]
    blank = [0] * len(w.uses)
    rows: list[list[object]] = [header]
    for number, node in enumerate(nodes):
        rows.append([node, *w.flows[number], *w.final[number], w.output[number]])
    rows.append(["TLS", *w.taxes, *blank, 0])
    rows.append(["VA", *w.value_added, *blank, 0])
    rows.append(["OUT", *w.output, *blank, 0])
    return rows


def icio2016_rows(w: World) -> list[list[object]]:
    """The edition of 2016: final use as category and economy, a discrepancy, and one row for value added with taxes."""
    rows = icio_rows(w)
    n = len(w.nodes)
    order = sorted(range(len(w.uses)), key=lambda number: w.categories.index(w.uses[number][1]))
    made: list[list[object]] = [["", *rows[0][1 : n + 1], *(f"{w.uses[k][1]}_{w.uses[k][0]}" for k in order), "DISC"]]
    for row in rows[1 : n + 1]:
        final = row[n + 1 : -1]
        made.append([*row[: n + 1], *(final[k] for k in order), 0])
    blank = [""] * (len(w.uses) + 1)
    made.append(["VA+TAXSUB", *(w.value_added + w.taxes), *blank])
    made.append(["OUT", *w.output, *blank])
    return made


def write_csv(path: Path, rows: list[list[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows(rows)
    return path


def figaro_world() -> World:
    """Two members, one other, the rest of the world, with Eurostat's codes."""
    return world(("AT", "EL", "US", "FIGW1"), ("A01", "C26"), ("P3_S13", "P3_S14", "P3_S15", "P51G", "P5M", "P5X"))


def write_figaro(folder: Path, *, flat: bool, products: bool = False) -> tuple[Path, World]:
    """FIGARO of 2022, edition 2024, in matrix or flat form; the flat form names its columns by what it tells apart."""
    w = figaro_world()
    # Six categories in the world, five in FIGARO: the last is laid onto the consumption of government.
    keep = [number for number, (_, category) in enumerate(w.uses) if category != "P5X"]
    final = w.final.copy()
    for number, (_, category) in enumerate(w.uses):
        if category == "P5X":
            final[:, number - 5] += final[:, number]
    w = World(
        w.economies, w.sectors, w.users, w.categories[:-1], w.flows, final[:, keep], w.taxes, w.value_added, w.output
    )
    rows = [f"{economy}_{sector}" for economy, sector in w.nodes]
    columns = [*rows, *(f"{economy}_{category}" for economy, category in w.uses)]
    primary = {"W2_D21X31": w.taxes - 1, "W2_OP_RES": np.full(len(rows), 2.0), "W2_OP_NRES": np.full(len(rows), -1.0)}
    primary |= {"W2_D1": w.value_added / 2, "W2_D29X39": w.value_added / 4, "W2_B2A3G": w.value_added / 4}
    cells = np.vstack(
        [
            np.hstack([w.flows, w.final]),
            *(np.concatenate([values, np.zeros(len(w.uses))]) for values in primary.values()),
        ]
    )
    labels = [*rows, *primary]
    if not flat:
        path = folder / "matrix_eu-ic-io_ind-by-ind_24ed_2022.csv"
        return write_csv(
            path, [["rowLabels", *columns], *([label, *row] for label, row in zip(labels, cells, strict=True))]
        ), w
    path = folder / f"flatfile_eu-ic-io_{'prod-by-prod' if products else 'ind-by-ind'}_24ed_2022.csv"
    i, ii = ("p", "Pi") if products else ("i", "Ii")
    lines: list[list[object]] = [
        [f"icio{i}Row", f"icio{i}Col", "refArea", f"row{ii}", "counterpartArea", f"col{ii}", "obsValue"]
    ]
    for label, row in zip(labels, cells, strict=True):
        for column, value in zip(columns, row, strict=True):
            if value:
                lines.append([label, column, *label.split("_", 1), *column.split("_", 1), value])
    return write_csv(path, lines), w


def write_wiod13(folder: Path) -> tuple[Path, World]:
    """WIOD 2013: an Excel sheet with four lines of headers, codes c1 to c35, and totals in rows r60 and r69."""
    import openpyxl

    w = world(("AUT", "USA", "RoW"), ("AtB", "P"), ("c37", "c38", "c39", "c41", "c42", "c99"))
    keep = [number for number, (_, category) in enumerate(w.uses) if category != "c99"]
    # Stocks are the fifth of six categories in the world and the last of five here.
    final = w.final[:, keep]
    output = w.flows.sum(axis=1) + final.sum(axis=1)
    w = World(
        w.economies, w.sectors, w.users, w.categories[:-1], w.flows, final, w.taxes,
        output - w.flows.sum(axis=0) - w.taxes, output,
    )  # fmt: skip
    c_codes = {"AtB": "c1", "P": "c35"}
    columns = [(s, f"Sector {s}", e, c_codes[s]) for e, s in w.nodes] + [("", f"Use {c}", e, c) for e, c in w.uses]
    sheet = openpyxl.Workbook()
    page = sheet.active
    page.append(["Intercountry Input-Output Table for year 2011"])
    page.append([""])
    # The meta data of the first column overlap with the headers.
    for line, (meta, level) in enumerate(
        zip(["(industry-by-industry)", "(millions of US$)", None, None], range(4), strict=True)
    ):
        page.append(
            [meta, None, None, None, *(column[level] for column in columns), ["", "Total output", "TOT", "c60"][line]]
        )
    for number, (economy, sector) in enumerate(w.nodes):
        cells = [*w.flows[number], *w.final[number], w.output[number]]
        page.append([sector, f"Sector {sector}", economy, c_codes[sector], *map(float, cells)])
    zeros = [0.0] * len(w.uses)
    inputs = w.flows.sum(axis=0)
    for code, name, values in (
        ("r60", "Total intermediate consumption", inputs),
        ("r61", "Taxes less subsidies on products", w.taxes - 2),
        ("r64", "Value added at basic prices", w.value_added),
        ("r65", "International Transport Margins", np.full(len(inputs), 2.0)),
        ("r69", "Output at basic prices", w.output),
    ):
        page.append(["", name, "TOT", code, *map(float, values), *zeros, 0.0])
    path = folder / "wiot11_row_apr12.xlsx"
    sheet.save(path)
    return path, w


def write_wiod16(folder: Path) -> tuple[Path, World]:
    """WIOD 2016: the Stata file, wide, with totals under country TOT."""
    import pandas

    w = world(("AUT", "USA", "ROW"), ("A01", "C26"), ("CONS_h", "CONS_np", "CONS_g", "INVEN", "GFCF"))
    position = {"CONS_h": 57, "CONS_np": 58, "CONS_g": 59, "GFCF": 60, "INVEN": 61}
    names = [f"v{e}{1 + w.sectors.index(s)}" for e, s in w.nodes] + [f"v{e}{position[c]}" for e, c in w.uses]
    rows = []
    for number, (economy, sector) in enumerate(w.nodes):
        rows.append([sector, f"Sector {sector}", economy, 1 + w.sectors.index(sector), 2014])
        rows[-1] += [*w.flows[number], *w.final[number], w.output[number]]
    for number, (code, values) in enumerate({"TXSP": w.taxes - 2, "IntTTM": w.taxes * 0 + 2, "VA": w.value_added,
                                             "GO": w.output}.items()):  # fmt: skip
        rows.append([code, code, "TOT", 66 + number, 2014, *values, *([0.0] * (len(w.uses) + 1))])
    frame = pandas.DataFrame(
        rows, columns=["IndustryCode", "IndustryDescription", "Country", "RNr", "Year", *names, "TOT"]
    )
    path = folder / "WIOT2014_October16_ROW.dta"
    frame.to_stata(path, write_index=False)
    return path, w


def write_wiod16_workbook(folder: Path, *, wrong: tuple[int, int, object] | None = None) -> tuple[Path, World]:
    """The same world as `write_wiod16` as the published workbook: six lines of headers, totals in rows and columns."""
    w = world(("AUT", "USA", "ROW"), ("A01", "C26"), ("CONS_h", "CONS_np", "CONS_g", "INVEN", "GFCF"))
    r = [f"r{1 + w.sectors.index(s)}" for _, s in w.nodes]
    c = [f"c{1 + w.sectors.index(s)}" for _, s in w.nodes]
    position = {"CONS_h": "c57", "CONS_np": "c58", "CONS_g": "c59", "GFCF": "c60", "INVEN": "c61"}
    columns = [(s, f" Sector {s}", e, code) for (e, s), code in zip(w.nodes, c, strict=True)]
    columns += [(category, f"Use {category}", e, position[category]) for e, category in w.uses]
    columns.append(("GO", "Total output", "TOT", "c62"))
    corner = ("(industry-by-industry)", "(millions of US$)", "", "")
    lines: list[list[object]] = [["Intercountry Input-Output Table for year 2014"], ["Current prices"]]
    for level in range(4):
        lines.append([corner[level], "", "", "", *(column[level] for column in columns)])
    for number, (e, s) in enumerate(w.nodes):
        lines.append([s, f" Sector {s}", e, r[number], *w.flows[number], *w.final[number], w.output[number]])
    blank = [0.0] * (len(w.uses) + 1)
    inputs = w.flows.sum(axis=0)
    nothing = np.zeros(len(inputs))
    totals = {"II_fob": inputs, "TXSP": w.taxes - 2, "EXP_adj": nothing, "PURR": nothing, "PURNR": nothing}
    totals |= {"VA": w.value_added, "IntTTM": nothing + 2, "GO": w.output}
    for code, values in totals.items():
        lines.append([code, code, "TOT", "r65", *values, *blank])
    if wrong is not None:
        lines[wrong[0]][wrong[1]] = wrong[2]
    return write_xlsb(folder / "WIOT2014_Nov16_ROW.xlsb", "2014", lines), w


def write_eora26(folder: Path) -> tuple[Path, World]:
    """Eora26 of 2017 at basic prices as a zip archive with the labels inside; its discrepancy is the economy ROW."""
    categories = (
        "Household final consumption P.3h", "Non-profit institutions serving households P.3n",
        "Government final consumption P.3g", "Changes in inventories P.52", "Gross fixed capital formation P.51",
    )  # fmt: skip
    w = world(("AUT", "SUD", "USA", "ROW"), ("Agriculture", "Electrical and Machinery"), categories)
    inputs = ["Compensation of employees D.1", "Net operating surplus B.2n"]

    def tab(values: np.ndarray) -> str:
        return "\n".join("\t".join(str(float(value)) for value in row) for row in np.atleast_2d(values)) + "\n"

    def labels(pairs: list[tuple[str, str]], kind: str) -> str:
        return "".join(f"Name of {e}\t{e}\t{kind}\t{s}\t\n" for e, s in pairs)

    half = w.value_added + w.taxes
    path = folder / "Eora26_2017_bp.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Eora26_2017_bp_T.txt", tab(w.flows))
        archive.writestr("Eora26_2017_bp_FD.txt", tab(w.final))
        archive.writestr("Eora26_2017_bp_VA.txt", tab(np.vstack([half / 2, half / 2])))
        archive.writestr("Eora26_2017_bp_Q.txt", tab(np.ones((1, len(w.nodes)))))
        archive.writestr("Eora26_2017_bp_QY.txt", tab(np.ones((1, len(w.uses)))))
    with zipfile.ZipFile(folder / "indices.zip", "w") as archive:
        archive.writestr("labels_T.txt", labels(w.nodes, "Industries"))
        archive.writestr("labels_FD.txt", labels(w.uses, "Final demand"))
        archive.writestr("labels_VA.txt", "".join(f"Primary inputs\t{name}\t\n" for name in inputs))
        archive.writestr("labels_Q.txt", "I-ENERGY\tNatural Gas (TJ)\t\n")
    return path, w


def write_exiobase3(folder: Path) -> Path:
    """EXIOBASE 3 as pymrio itself saves a system: its own test table with six regions under EXIOBASE's codes."""
    import pymrio

    io = pymrio.load_test()
    io.rename_regions(dict(zip(io.get_regions(), ("AT", "CN", "US", "WA", "WF", "WM"), strict=True)))
    io.Z, io.Y = io.Z.astype(float), io.Y.astype(float)
    io.x = None
    io.calc_all()
    for extension in ("A", "L", "B", "G"):
        if hasattr(io, extension):
            setattr(io, extension, None)
    io.satellite = pymrio.Extension("satellite", F=io.factor_inputs.F, unit=io.factor_inputs.unit)
    value = io.satellite.F.copy()
    value.index = ["Operating surplus: Consumption of fixed capital"]
    io.satellite.F = value
    target = folder / "IOT_2011_pxp"
    for extension in list(io.get_extensions()):
        if extension != "satellite":
            delattr(io, extension)
    io.save_all(target, table_format="txt")
    path = folder / "IOT_2011_pxp.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(target.rglob("*")):
            if file.is_file():
                archive.write(file, f"IOT_2011_pxp/{file.relative_to(target)}")
    return path


EXIOBASE_FINAL = (
    "Final consumption expenditure by households",
    "Final consumption expenditure by non-profit organisations serving households (NPISH)",
    "Final consumption expenditure by government",
    "Gross fixed capital formation",
    "Changes in inventories",
    "Changes in valuables",
)
WAGES = "Compensation of employees; wages, salaries, & employers' social contributions: "
EXIOBASE_INPUTS = (
    "Taxes less subsidies on products purchased: Total",
    "Other net taxes on production",
    *(f"{WAGES}{skill}-skilled" for skill in ("Low", "Medium", "High")),
    "Operating surplus: Consumption of fixed capital",
    "Operating surplus: Rents on land",
    "Operating surplus: Royalties on resources",
    "Operating surplus: Remaining net operating surplus",
)
EXIOBASE_OTHER = ("Employment people: Low-skilled male", "CO2 - combustion - air")


def write_exiobase3_accounts(folder: Path, account: str) -> tuple[Path, World]:
    """EXIOBASE 3 with its own labels: until 3.8 primary inputs stand in `satellite`, then in `factor_inputs`."""
    import pandas
    import pymrio

    w = world(("AT", "CN", "US", "WA", "WF"), ("Wheat", "Motor vehicles (34)"), EXIOBASE_FINAL)
    nodes = pandas.MultiIndex.from_tuples(w.nodes, names=["region", "sector"])
    uses = pandas.MultiIndex.from_tuples(w.uses, names=["region", "category"])
    parts = np.array([8, 4, 2, 1, 1]) / 16  # of value added; the rest of its rows hold nothing
    rows = np.vstack(
        [w.taxes, np.outer(parts, w.value_added), np.zeros((3, len(w.nodes))), np.full((2, len(w.nodes)), 7)]
    )
    inputs = pandas.DataFrame(
        rows, index=pandas.Index(EXIOBASE_INPUTS + EXIOBASE_OTHER, name="stressor"), columns=nodes
    )
    if account == "factor_inputs":
        inputs = inputs.iloc[:9]
    unit = pandas.DataFrame({"unit": ["M.EUR"] * len(inputs)}, index=inputs.index)
    io = pymrio.IOSystem(
        Z=pandas.DataFrame(w.flows, index=nodes, columns=nodes),
        Y=pandas.DataFrame(w.final, index=nodes, columns=uses),
        x=pandas.DataFrame({"indout": w.output}, index=nodes),
        unit=pandas.DataFrame({"unit": "M.EUR"}, index=nodes),
    )
    setattr(io, account, pymrio.Extension(account, F=inputs, unit=unit))
    io.impacts = pymrio.Extension("impacts", F=inputs.iloc[-1:], unit=unit.iloc[-1:])
    target = folder / "IOT_2011_pxp"
    io.save_all(target, table_format="txt")
    return target, w


def write_gloria(folder: Path) -> tuple[Path, World]:
    """GLORIA of 2022, version 59: supply and use in one matrix, industries and products in turn, and the ReadMe."""
    import openpyxl

    categories = ("Household consumption", "Government consumption", "Changes in inventories", "Fixed capital")
    w = world(("AUT", "USA", "XEU"), ("Growing wheat", "Electronics"), categories)
    inputs = ("Compensation", "Taxes on production", "Net operating surplus", "Fixed capital")
    s, e = len(w.sectors), len(w.economies)
    at = np.arange(e * s).reshape(e, s)
    industry = (at + np.arange(e)[:, None] * s).ravel()
    product = industry + s
    size = 2 * e * s
    combined, final = np.zeros((size, size)), np.zeros((size, len(w.uses)))
    combined[industry, product] = w.output
    combined[np.ix_(product, industry)] = w.flows
    final[product] = w.final
    primary = np.zeros((e * len(inputs), size))
    quarter = (w.value_added + w.taxes) / 4
    for number, economy in enumerate(np.repeat(np.arange(e), s)):
        primary[economy * 4 : economy * 4 + 4, industry[number]] = quarter[number]
    root = folder / "gloria"
    (root / "GLORIA_MRIOs_59_2022").mkdir(parents=True)
    (root / "GLORIA_SatelliteAccounts_059_2022").mkdir()
    stem = "20240110_120secMother_AllCountries_002_{}-Results_2022_059_Markup001(full).csv"
    for kind, values in (("T", combined), ("Y", final), ("V", primary)):
        np.savetxt(root / "GLORIA_MRIOs_59_2022" / stem.format(kind), values, delimiter=",")
    for kind, values in (("TQ", np.ones((1, size))), ("YQ", np.ones((1, len(w.uses))))):
        np.savetxt(root / "GLORIA_SatelliteAccounts_059_2022" / stem.format(kind), values, delimiter=",")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, header, rows in (
        ("Regions", ["Lfd_Nr", "Region_acronyms", "Region_names"], [[1, code, code] for code in w.economies]),
        ("Sectors", ["Lfd_Nr", "Sector_names"], [[1, name] for name in w.sectors]),
        (
            "Value added and final demand",
            ["Lfd_Nr", "Value_added_names", "Final_demand_names"],
            [[1, inputs[k], categories[k]] for k in range(4)],
        ),
        ("Satellites", ["Lfd_Nr", "Sat_head_indicator", "Sat_indicator", "Sat_unit"], [[1, "Energy", "coal", "TJ"]]),
    ):
        page = book.create_sheet(title)
        page.append(header)
        for row in rows:
            page.append(row)
    book.save(root / "GLORIA_ReadMe_059.xlsx")
    return root, w
