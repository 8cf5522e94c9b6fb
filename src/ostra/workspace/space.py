"""The workspace itself: documents and facts, what can be asked of them, and the assessment of an ecosystem.

The methods are imported where they are used: who lists ecosystems or data sets does not wait for the analysis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ostra.ask import data
from ostra.documents import yaml_documents
from ostra.errors import NotFoundError
from ostra.facts.citing import as_source, covered, product_names
from ostra.facts.datasets import Dataset, Facts, open_facts
from ostra.model.listing import Listing
from ostra.version import __version__
from ostra.words import economies
from ostra.words.economies import Home
from ostra.workspace.documents import Documents
from ostra.workspace.years import DEFAULT_HOME, wanted_years

if TYPE_CHECKING:
    from ostra.context.governance import GovernanceScore
    from ostra.ecosystem.fact_tables import FactTables
    from ostra.ecosystem.input_output.home_exposure import HomeExposure
    from ostra.ecosystem.input_output.table import InputOutputTable
    from ostra.model.assessment import Assessment
    from ostra.model.profile import TradeThresholds
    from ostra.model.results.simulation import ScenarioResults

# What an assessment is a function of, beside the documents.
FACT_TABLES = ("trade", "production", "governance", "material_products", "hs_products")


class Workspace(Documents):
    """Documents and facts, read when they are first asked for; parameters as for `Documents`."""

    @property
    def facts(self) -> Facts:
        """The fact tables: those imported into the workspace before the built-in ones."""
        return self._kept("facts", lambda: open_facts(self.path))

    def datasets(self, table: str | None = None) -> Listing:
        """The data sets at hand, one row each; `default` marks those that are used unless another is named."""
        return data.datasets(self.facts, table)

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
        from ostra.ask import trade

        if ecosystem is not None:
            items = self.dossier(ecosystem).items
            products = sorted({*(products or ()), *(binding.hs for item in items for binding in item.products)})
        return trade.dependencies(
            self.facts,
            economies.home(home),
            years,
            products=products,
            ecosystem=ecosystem,
            supplier=supplier,
            group=group,
            limits=thresholds or self.profile().trade,
            persistence_years=self.profile().persistence_years,
            names=self._product_names(self.facts.dataset("trade", dataset)),
            dataset=dataset,
        )

    def points_of_failure(
        self,
        years: int | Sequence[int] | None = None,
        *,
        products: Sequence[str] | None = None,
        dataset: str | None = None,
    ) -> Listing:
        """Exporters whose loss would hit the world's trade in a product most; parameters as for `deps`."""
        from ostra.ask import trade

        return trade.points_of_failure(self.facts, years, products=products, dataset=dataset)

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
        from ostra.ask import materials

        return materials.supply_risk(self.facts, self._tables, economies.home(home), years, materials_wanted)

    def assess(
        self,
        ecosystem: str,
        home: str = DEFAULT_HOME,
        year: int | None = None,
        *,
        scenarios: ScenarioResults | None = None,
    ) -> Assessment:
        """Run the four steps for one ecosystem.

        Parameters
        ----------
        ecosystem
            Id of a built-in dossier or of one in the workspace.
        home, year
            As for `deps`. Provision rows of later years than the one named are left out.
        scenarios
            What `ostra.ask.scenarios_assessed.scenario_results` found for the ecosystem and home, to stand in it too.

        Returns
        -------
        Assessment
            The same bytes when serialised, for the same inputs.

        Raises
        ------
        NotFoundError, DataError, UsageError
            An input does not exist, breaks its definition, or does not cover the year.
        """
        from ostra.assess import assess
        from ostra.model.assessment import Hashes

        dossier, profile, catalogue = self.dossier(ecosystem), self.profile(), self.catalogue()
        seen_from = economies.home(home)
        tables = self._tables
        used = [*FACT_TABLES, *(["supply_shares"] if tables.supply_shares is not None else [])]
        exposure: HomeExposure | str = ""
        if any(item.sectors for item in dossier.items):
            exposure = self._exposure(seen_from)
            used += ["input_output"]
        hashes = Hashes(
            dossier=yaml_documents.document_sha256(dossier),
            facts=self.facts.sha256(used),
            profile=yaml_documents.document_sha256(profile),
            instruments=yaml_documents.document_sha256(catalogue),
            version=__version__,
            scenarios="" if scenarios is None else scenarios.sha256,
        )
        return assess(
            dossier,
            tables,
            profile,
            catalogue,
            home=seen_from,
            year=wanted_years(self.latest_year() if year is None else year, self.facts.dataset("trade"))[0],
            hashes=hashes,
            fact_sources=[as_source(self.facts.dataset(table)) for table in used],
            scenarios=scenarios,
            provision_until=year,
            exposure=exposure,
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
        from ostra.ecosystem.input_output.table import InputOutputTable
        from ostra.facts.stored_input_output import read_table, sector_names

        source = self.facts.dataset("input_output", dataset)
        stored = read_table(source, year)
        return InputOutputTable(
            dataset=source.id,
            year=stored.year,
            economies=stored.economies,
            sectors=tuple(stored.sectors),
            sector_names=tuple(sector_names(self.facts, stored.sectors).values()),
            flows=stored.flows,
            final=stored.all_final(),
            destinations=stored.destinations,
            output=stored.output,
            value_added=stored.value_added,
            caveats=stored.notes,
        )

    def _exposure(self, home: Home) -> HomeExposure | str:
        """Home in the input-output table, the same for all ecosystems, or why it cannot be found there."""
        from ostra.ecosystem.input_output.home_exposure import home_exposure

        def made() -> HomeExposure | str:
            try:
                return home_exposure(self.input_output(), home)
            except NotFoundError as error:
                return f"What sectors rely on is unknown: {error}."

        return self._kept(("exposure", home.code), made)

    def governance(self, year: int) -> Mapping[str, Sequence[GovernanceScore]]:
        """What the governance facts say of each economy in the year, or the nearest earlier one, by indicator."""
        from ostra.assess import governance_scores

        return governance_scores(self._tables, year)

    def latest_year(self) -> int:
        """The latest year that trade and production facts both cover."""
        return min(covered(self.facts.dataset("trade"))[1], covered(self.facts.dataset("production"))[1])

    @property
    def _tables(self) -> FactTables:
        from ostra.ecosystem.fact_tables import FactTables

        facts = self.facts
        source = facts.dataset("trade")
        return FactTables(
            trade=facts.relation("trade"),
            production=facts.relation("production"),
            governance=facts.relation("governance"),
            material_products=facts.relation("material_products"),
            datasets={name: facts.dataset(name).id for name in FACT_TABLES},
            trade_years=covered(source),
            trade_edition=source.edition,
            supply_shares=facts.relation("supply_shares") if facts.datasets("supply_shares") else None,
            product_names=self._product_names(source),
        )

    def _product_names(self, source: Dataset) -> dict[str, str]:
        """Words for the products of a data set."""
        return self._kept(("product names", source.id), lambda: product_names(self.facts, source))
