"""A workspace: facts and dossiers of one's own beside the built-in ones, and what can be asked of them.

Without a folder, the built-in dossiers and facts answer. A folder may hold `facts/` (imported tables) and `cases.csv`
(imported coercion cases), which are added to the built-in ones, and `profile.yaml`, `instruments.yaml` and
`dossiers/*.yaml`, which stand before built-in ones of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar, cast

import polars as pl

from ostra import __version__, economies
from ostra.assess import assess, governance_scores
from ostra.context import GovernanceScore
from ostra.economies import Home
from ostra.ecosystem import materials, network, trade
from ostra.ecosystem.input_output.exposure import HomeExposure, home_exposure
from ostra.ecosystem.input_output.table import InputOutputTable
from ostra.ecosystem.tables import FactTables
from ostra.errors import ConflictError, NotFoundError, UsageError
from ostra.model.assessment import Assessment, Hashes
from ostra.model.dossier import Dossier
from ostra.model.evidence import Provenance
from ostra.model.instrument import Catalogue
from ostra.model.profile import Profile, TradeThresholds, reweighted
from ostra.store import documents
from ostra.store.cases import read_cases, with_cases
from ostra.store.citing import as_source, cite, covered, lapsed_caveats, spans
from ostra.store.facts import Dataset, Facts, builtin_root, open_facts
from ostra.store.input_output import read_table

Document = TypeVar("Document")
DEFAULT_HOME = "EU27"
DEFAULT_PROFILE = "eu27"
# What an assessment is a function of, beside the documents.
FACT_TABLES = ("trade", "production", "governance", "material_products", "hs_products")
EDITIONS = ("HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22")


@dataclass(frozen=True)
class Listing:
    """A Polars frame, and where it comes from."""

    frame: pl.DataFrame
    provenance: Provenance


class Workspace:
    """Facts, dossiers, profile and instruments, read when they are first asked for.

    Parameters
    ----------
    path : Path, optional
        The workspace folder; without one, only what ostra brings along.
    profile : Path, optional
        Profile to assess by instead of the workspace's own or the built-in one.
    weights : mapping of dimension to number, optional
        Weights that stand for those of the profile.

    Raises
    ------
    NotFoundError
        The folder does not exist.
    """

    def __init__(
        self, path: Path | None = None, *, profile: Path | None = None, weights: Mapping[str, float] | None = None
    ) -> None:
        if path is not None and not path.is_dir():
            raise NotFoundError(f"there is no workspace folder {path}. Make one with: ostra init {path}")
        self.path = path
        self._profile = profile
        self._weights = dict(weights or {})
        self._read: dict[Path, tuple[object, object]] = {}
        self._names: dict[str, dict[str, str]] = {}

    @cached_property
    def facts(self) -> Facts:
        """The fact tables: those imported into the workspace before the built-in ones."""
        return open_facts(self.path)

    def dossier_files(self) -> dict[str, Path]:
        """Ecosystem id -> file, the workspace's own before built-in ones."""
        files = dict(documents.builtin_dossiers())
        if self.path is not None:
            files |= {file.stem: file for file in sorted((self.path / "dossiers").glob("*.yaml"))}
        return dict(sorted(files.items()))

    def dossier(self, ecosystem: str) -> Dossier:
        """Read one dossier by the id of its ecosystem.

        Raises
        ------
        NotFoundError
            No such ecosystem; the message lists those there are.
        DataError
            The file breaks the definition of a dossier.
        """
        files = self.dossier_files()
        if ecosystem not in files:
            raise NotFoundError(f"there is no ecosystem '{ecosystem}'. There are: {', '.join(files)}")
        return documents.read_dossier(files[ecosystem])

    def profile(self) -> Profile:
        """The workspace's profile.yaml, else the built-in profile of the EU-27; with the cases of its cases.csv.

        Raises
        ------
        DataError
            One of the files breaks its definition.
        ConflictError
            A case of cases.csv has the id of one in the profile and says something else.
        """
        profile = self.profile_alone()
        return profile if self.path is None else with_cases(profile, read_cases(self.path))

    def profile_alone(self) -> Profile:
        """The profile as it is written but for weights given anew, without the cases that were imported.

        Raises
        ------
        DataError
            The file breaks the definition of a profile.
        """
        own = self._profile or self._own("profile.yaml")
        file = own or documents.builtin_profiles()[DEFAULT_PROFILE]
        return reweighted(self._once(file, documents.read_profile), self._weights)

    def catalogue(self) -> Catalogue:
        """The workspace's instruments.yaml, else the built-in catalogue.

        Raises
        ------
        DataError
            The file breaks the definition of a catalogue.
        """
        return self._once(self._own("instruments.yaml") or documents.builtin_catalogue(), documents.read_catalogue)

    def _once(self, file: Path, read: Callable[[Path], Document]) -> Document:
        """The document, read again only when the file has changed; several assessments in turn share it."""
        state = file.stat() if file.is_file() else None
        stamp = (state.st_mtime_ns, state.st_size) if state else None
        known = self._read.get(file)
        if stamp is None or known is None or known[0] != stamp:
            known = self._read[file] = (stamp, read(file))
        return cast("Document", known[1])

    def _own(self, name: str) -> Path | None:
        file = None if self.path is None else self.path / name
        return file if file is not None and file.is_file() else None

    def ecosystems(self) -> Listing:
        """The ecosystems that can be assessed, one row each.

        Raises
        ------
        DataError
            One of the dossiers breaks its definition.
        """
        builtin = documents.builtin_dossiers()
        rows = []
        for name, file in self.dossier_files().items():
            dossier = documents.read_dossier(file)
            rows.append(
                {
                    "ecosystem": name,
                    "title": dossier.title,
                    "items": len(dossier.items),
                    "links": len(dossier.links),
                    "claims": len(dossier.claims),
                    "findings": len(dossier.findings),
                    "date": dossier.date,
                    "author": dossier.author,
                    "origin": "built-in" if builtin.get(name) == file else "workspace",
                }
            )
        schema = dict.fromkeys(("items", "links", "claims", "findings"), pl.Int64)
        frame = pl.DataFrame(rows, schema_overrides=schema)
        return Listing(frame, Provenance(title="Ecosystems", filters={}, sources=()))

    def datasets(self, table: str | None = None) -> Listing:
        """The data sets at hand, one row each; `default` marks those that are used unless another is named."""
        datasets = self.facts.datasets(table)
        used = {name: self.facts.dataset(name).id for name in {dataset.table for dataset in datasets}}
        rows = [
            {
                "dataset": dataset.id,
                "table": dataset.table,
                "title": dataset.title,
                "source": dataset.source,
                "licence": dataset.licence,
                "edition": dataset.edition,
                "years": "–".join(str(year) for year in dict.fromkeys(dataset.years or ())),
                "rows": dataset.rows,
                "retrieved": dataset.retrieved,
                "default": used[dataset.table] == dataset.id,
                "origin": "built-in" if dataset.root == builtin_root() else "workspace",
                "sha256": dataset.sha256,
            }
            for dataset in datasets
        ]
        frame = pl.DataFrame(rows, schema_overrides={"rows": pl.Int64, "edition": pl.String})
        return Listing(frame, Provenance(title="Data sets", filters={}, sources=()))

    def deps(
        self,
        home: str = DEFAULT_HOME,
        years: int | Sequence[int] | None = None,
        *,
        products: Sequence[str] | None = None,
        ecosystem: str | None = None,
        supplier: str | None = None,
        group: str | None = None,
        thresholds: TradeThresholds | None = None,
        dataset: str | None = None,
    ) -> Listing:
        """Trade-dependency indicators (method 1), one row per product and year.

        Parameters
        ----------
        home
            Country or bloc, by code or name.
        years
            One year or several; by default the latest that the data cover.
        products, ecosystem
            HS codes of six digits, or all those that an ecosystem's items are traded under; by default all.
        supplier
            One supplier whose share and reverse share are wanted beside the rest.
        group
            A bloc to be counted as one supplier.
        thresholds
            By default those of the profile.
        dataset
            Id of the trade data set; by default the newest of the workspace, else the built-in one.

        Returns
        -------
        Listing
            Columns as `trade.dependencies`, without the sums that they were computed from.

        Raises
        ------
        UsageError, NotFoundError
            A year, product, economy or ecosystem that cannot be had.
        """
        source = self.facts.dataset("trade", dataset)
        seen_from = economies.home(home)
        wanted = self._years(years, source)
        if ecosystem is not None:
            items = self.dossier(ecosystem).items
            products = sorted({*(products or ()), *(binding.hs for item in items for binding in item.products)})
        limits = thresholds or self.profile().trade
        frame = trade.dependencies(
            self.facts.relation("trade", dataset),
            seen_from,
            wanted,
            thresholds=limits,
            products=products,
            descriptions=self._product_names(source),
            supplier=economies.iso3(supplier) if supplier else None,
            group=economies.home(group) if group else None,
            persistence_years=self.profile().persistence_years,
        )
        shown = [*trade.INDICATORS, *(trade.SUPPLIER_COLUMNS if supplier else ())]
        filters = self._filters(seen_from, wanted)
        filters["thresholds"] = (
            f"concentration > {limits.concentration}, extra_share > {limits.extra_share}, "
            f"import_export_ratio > {limits.import_export_ratio}; dependent when all three hold"
        )
        if products:
            filters["products"] = ", ".join(products)
        if ecosystem:
            filters["ecosystem"] = ecosystem
        if group:
            filters["one supplier"] = group
        return Listing(
            frame.select(shown),
            Provenance(
                title=f"Trade dependency of {seen_from.name}",
                filters=filters,
                sources=(cite(source),),
                method="trade-dependency",
                caveats=lapsed_caveats(source, frame["product"].unique().to_list(), wanted),
            ),
        )

    def points_of_failure(
        self,
        years: int | Sequence[int] | None = None,
        *,
        products: Sequence[str] | None = None,
        dataset: str | None = None,
    ) -> Listing:
        """Exporters whose loss would hit the world's trade in a product most; parameters as for `deps`."""
        source = self.facts.dataset("trade", dataset)
        wanted = self._years(years, source)
        frame = network.points_of_failure(self.facts.relation("trade", dataset), wanted, products=products)
        return Listing(
            frame,
            Provenance(
                title="Single points of failure in the world network",
                filters={"years": spans(wanted)},
                sources=(cite(source),),
                method="points-of-failure",
            ),
        )

    def materials(
        self,
        home: str = DEFAULT_HOME,
        years: int | Sequence[int] | None = None,
        *,
        materials_wanted: Sequence[str] | None = None,
    ) -> Listing:
        """Raw-material indicators (method 2), one row per material and year; parameters as for `deps`.

        Raises
        ------
        NotFoundError
            An economy or material that does not exist.
        """
        seen_from = economies.home(home)
        production = self.facts.dataset("production")
        wanted = self._years(years, production)
        tables = self._tables
        if materials_wanted:
            rows = tables.material_products.query("m", "select distinct material from m order by material").fetchall()
            known = {name.casefold(): name for (name,) in rows}
            missing = [name for name in materials_wanted if name.casefold() not in known]
            if missing:
                raise NotFoundError(f"there is no material '{missing[0]}'. There are: {', '.join(known.values())}")
            materials_wanted = [known[name.casefold()] for name in materials_wanted]
        frame = materials.indicators(
            tables.trade,
            tables.production,
            tables.governance,
            tables.material_products,
            [seen_from],
            wanted,
            materials=materials_wanted,
            edition=tables.trade_edition,
            supply_shares=tables.supply_shares,
        )
        sources = [self.facts.dataset(name) for name in ("trade", "production", "governance", "material_products")]
        return Listing(
            frame,
            Provenance(
                title=f"Raw-material supply risk of {seen_from.name}",
                filters=self._filters(seen_from, wanted),
                sources=tuple(cite(source) for source in sources),
                method="geopolrisk",
            ),
        )

    def assess(self, ecosystem: str, home: str = DEFAULT_HOME, year: int | None = None) -> Assessment:
        """Run the four steps for one ecosystem.

        Parameters
        ----------
        ecosystem
            Id of a built-in dossier or of one in the workspace.
        home, year
            As for `deps`.

        Returns
        -------
        Assessment
            The same bytes when serialised, for the same inputs.

        Raises
        ------
        NotFoundError, DataError, UsageError
            An input does not exist, breaks its definition, or does not cover the year.
        """
        dossier, profile, catalogue = self.dossier(ecosystem), self.profile(), self.catalogue()
        seen_from = economies.home(home)
        tables = self._tables
        used = [*FACT_TABLES, *(["supply_shares"] if tables.supply_shares is not None else [])]
        if any(item.sectors for item in dossier.items):
            exposure, why_not = self._exposure(seen_from)
            tables = replace(tables, exposure=exposure, exposure_caveat=why_not)
            used += ["input_output"]
        if year is None:
            year = self.latest_year()
        hashes = Hashes(
            dossier=documents.document_sha256(dossier),
            facts=self.facts.sha256(used),
            profile=documents.document_sha256(profile),
            instruments=documents.document_sha256(catalogue),
            version=__version__,
        )
        return assess(
            dossier,
            tables,
            profile,
            catalogue,
            home=seen_from,
            year=self._years(year, self.facts.dataset("trade"))[0],
            hashes=hashes,
            fact_sources=[as_source(self.facts.dataset(table)) for table in used],
        )

    def input_output(self, dataset: str | None = None, year: int | None = None) -> InputOutputTable:
        """An input-output table in memory.

        Parameters
        ----------
        dataset
            Id of the data set; by default the newest of the workspace, else the built-in one.
        year
            The latest that the data set has by default.

        Raises
        ------
        NotFoundError
            There is no such data set or year.
        DataError
            The stored rows do not fit together.
        """
        source = self.facts.dataset("input_output", dataset)
        stored = read_table(source, year)
        return InputOutputTable(
            dataset=source.id,
            year=stored.year,
            economies=stored.economies,
            sectors=tuple(stored.sectors),
            sector_names=tuple(stored.sectors.values()),
            flows=stored.flows,
            final=stored.all_final(),
            destinations=stored.destinations,
            output=stored.output,
            value_added=stored.value_added,
            caveats=stored.notes,
        )

    def _exposure(self, home: Home) -> tuple[HomeExposure | None, str]:
        """Home in the input-output table, the same for all ecosystems, or why it cannot be found there."""
        if home.code not in self._exposures:
            try:
                self._exposures[home.code] = home_exposure(self.input_output(), home), ""
            except NotFoundError as error:
                self._exposures[home.code] = None, f"What sectors rely on is unknown: {error}."
        return self._exposures[home.code]

    @cached_property
    def _exposures(self) -> dict[str, tuple[HomeExposure | None, str]]:
        return {}

    def governance(self, year: int) -> Mapping[str, Sequence[GovernanceScore]]:
        """What the governance facts say of each economy in the year, or the nearest earlier one, by indicator."""
        return governance_scores(self._tables, year)

    def latest_year(self) -> int:
        """The latest year that trade and production facts both cover."""
        return min(covered(self.facts.dataset("trade"))[1], covered(self.facts.dataset("production"))[1])

    @cached_property
    def _tables(self) -> FactTables:
        facts = self.facts
        source = facts.dataset("trade")
        return FactTables(
            trade=facts.relation("trade"),
            production=facts.relation("production"),
            governance=facts.relation("governance"),
            material_products=facts.relation("material_products"),
            trade_id=source.id,
            production_id=facts.dataset("production").id,
            governance_id=facts.dataset("governance").id,
            material_products_id=facts.dataset("material_products").id,
            trade_years=covered(source),
            trade_edition=source.edition,
            supply_shares=facts.relation("supply_shares") if facts.datasets("supply_shares") else None,
            product_names=self._product_names(source),
        )

    def _product_names(self, source: Dataset) -> dict[str, str]:
        """HS code -> words in the edition of the data set, else in the nearest later or earlier edition that has it."""
        if source.id in self._names:
            return self._names[source.id]
        rows = self.facts.relation("hs_products").query(
            "names", "select edition, product, description from names order by edition, product"
        )
        own = source.edition or "HS22"
        names: dict[str, tuple[int, str]] = {}
        for edition, product, description in rows.fetchall():
            distance = abs(EDITIONS.index(edition) - EDITIONS.index(own)) if own in EDITIONS else 0
            if product not in names or distance < names[product][0]:
                names[product] = (distance, description)
        self._names[source.id] = {product: text for product, (_, text) in names.items()}
        return self._names[source.id]

    @staticmethod
    def _years(years: int | Sequence[int] | None, source: Dataset) -> list[int]:
        first, last = covered(source)
        if years is None:
            return [last]
        wanted = [years] if isinstance(years, int) else sorted(set(years))
        if not wanted:
            raise UsageError("the span of years is empty. Write it as first:last, such as 2015:2024")
        outside = [year for year in wanted if not 1900 <= year <= 2100]
        if outside:
            raise UsageError(f"{outside[0]} is no year between 1900 and 2100. The data cover {first} to {last}")
        if all(year < first or year > last for year in wanted):
            raise UsageError(f"data set '{source.id}' covers {first} to {last}, not {spans(wanted)}")
        return wanted

    @staticmethod
    def _filters(home: Home, years: Sequence[int]) -> dict[str, str]:
        filters = {"home": f"{home.code} ({home.name})", "years": spans(years)}
        if home.is_bloc:
            filters["members"] = ", ".join(sorted(home.members(years[-1]))) + f" (in {years[-1]})"
        return filters


def create_workspace(path: Path) -> list[str]:
    """Make a workspace folder with the built-in profile to edit; nothing that exists is touched.

    Returns
    -------
    list of str
        What was made, a line each.

    Raises
    ------
    ConflictError
        The folder exists and holds something already.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise ConflictError(f"{path} exists and is not empty; nothing was changed. Name a new folder")
    (path / "dossiers").mkdir(parents=True, exist_ok=True)
    (path / "facts").mkdir(exist_ok=True)
    profile = documents.builtin_profiles()[DEFAULT_PROFILE]
    (path / "profile.yaml").write_bytes(profile.read_bytes())
    return [
        f"{path}/profile.yaml: viewpoint, thresholds and tolerances, a copy of '{DEFAULT_PROFILE}' to edit",
        f"{path}/dossiers/: put ecosystems here, one YAML file each",
        f"{path}/facts/: filled by ostra data import",
    ]
