"""The workspace itself: documents and facts, what can be asked of them, and the assessment of an ecosystem.

The methods are imported where they are used: who lists ecosystems or data sets does not wait for the analysis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Self

from ostra.errors import NotFoundError
from ostra.facts.citing import as_source, covered, product_names
from ostra.facts.datasets import MANIFEST, facts_root
from ostra.facts.store import Answering, Facts, open_facts
from ostra.version import __version__
from ostra.words import economies
from ostra.words.economies import Home
from ostra.workspace.documents import Documents, stamp_of
from ostra.workspace.memo import Memo
from ostra.workspace.years import DEFAULT_HOME, wanted_years

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from ostra.context.governance import GovernanceScore
    from ostra.ecosystem.fact_tables import FactTables
    from ostra.ecosystem.input_output.home_exposure import HomeExposure
    from ostra.ecosystem.input_output.table import InputOutputTable
    from ostra.ecosystem.readings import Readings
    from ostra.model.assessment import Assessment
    from ostra.model.control import Timeline
    from ostra.model.dossier import Dossier
    from ostra.model.profile import Profile
    from ostra.model.results.simulation import ScenarioResults

# What an assessment is a function of, beside the documents.
FACT_TABLES = ("trade", "production", "governance", "material_products", "hs_products")


MOST_ASSESSMENTS, MOST_READINGS = 100, 8  # kept at a time; readings are of one home and year each


class Workspace(Documents):
    """Documents and facts, read when they are first needed and again when they change; parameters as for `Documents`.

    An assessment of the same dossier, profile, instruments and facts as an earlier one is that one.
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        profile: Path | None = None,
        weights: Mapping[str, float] | None = None,
        prefer: Sequence[str] = (),
        only: Sequence[str] = (),
        without: Sequence[str] = (),
    ) -> None:
        super().__init__(path, profile=profile, weights=weights)
        self._prefer, self._only, self._without = tuple(prefer), tuple(only), tuple(without)
        self._facts: tuple[object, Facts] | None = None
        self._assessments: Memo[Assessment] = Memo(MOST_ASSESSMENTS)
        self._readings: Memo[Readings] = Memo(MOST_READINGS)

    def _seen_plainly(self) -> Self:
        return type(self)(self.path, prefer=self._prefer, only=self._only, without=self._without)

    @property
    def facts(self) -> Facts:
        """The fact tables: those imported into the workspace before the built-in ones; opened anew after an import."""
        stamp = None if self.path is None else stamp_of(facts_root(self.path) / MANIFEST)
        with self._reading:
            if self._facts is None or self._facts[0] != stamp:
                self._made.clear()
                self._facts = stamp, open_facts(self.path, prefer=self._prefer, only=self._only, without=self._without)
            return self._facts[1]

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
        from ostra.documents.yaml_documents import document_sha256
        from ostra.model.assessment import Hashes

        facts = self.facts
        written, profile, catalogue = self.dossier(ecosystem), self.profile(), self.catalogue()
        dossier, edition = self.as_traded(written)
        seen_from = economies.home(home)
        used = [*FACT_TABLES, *(["supply_shares"] if facts.datasets("supply_shares") else [])]
        timeline = self.timeline()
        exposure: HomeExposure | str = ""
        if any(item.sectors for item in dossier.items):
            exposure = self._exposure(facts, seen_from)
            used += ["input_output"]
        hashes = Hashes(
            dossier=document_sha256(written),
            facts=facts.sha256(used),
            profile=document_sha256(profile),
            instruments=document_sha256(catalogue),
            version=__version__,
            scenarios="" if scenarios is None else scenarios.sha256,
            controls=document_sha256(timeline),
        )

        def made() -> Assessment:
            facts_year = self._facts_year(facts, year, edition)
            return assess(
                dossier,
                self.fact_tables(facts, edition),
                profile,
                catalogue,
                home=seen_from,
                year=facts_year,
                hashes=hashes,
                fact_sources=[as_source(self.answering(table, facts, edition)) for table in used],
                scenarios=scenarios,
                provision_until=year,
                exposure=exposure,
                readings=self._read_facts(facts, profile, seen_from, facts_year, edition, [dossier]),
                timeline=self.controls_as_traded(timeline, edition),
            )

        # What scenarios came to is no function of the hashes alone.
        return made() if scenarios is not None else self._assessments.once((facts, hashes, seen_from.code, year), made)

    def as_traded(self, dossier: Dossier) -> tuple[Dossier, str]:
        """The dossier with its customs headings in the edition that it is read in, and that edition.

        Of several editions in which there is trade, the one that `best_edition` finds; of a dossier without headings,
        the one that holds most products. See `facts.editions`.
        """
        from ostra.facts.editions import best_edition, carried_dossier

        facts = self.facts
        bound = any(item.products for item in dossier.items)
        edition = best_edition(dossier, self._held(facts)) if bound else self._edition(facts)
        source = facts.answering("trade", edition=edition)
        return carried_dossier(dossier, source.edition, source.id), edition

    def _held(self, facts: Facts) -> Mapping[str, frozenset[str]]:
        """Edition -> products of which there is trade, by precedence; a sole edition is not looked into."""
        editions = facts.editions()
        if len(editions) == 1:
            return {editions[0]: frozenset()}
        return self._kept((facts, "held products"), lambda: {one: facts.products(one) for one in editions})

    def controls_as_traded(self, timeline: Timeline, edition: str | None = None) -> Timeline:
        """The timeline with its customs headings in the edition, or the widest; see `facts.editions`."""
        from ostra.facts.editions import carried_controls

        edition = self.answering("trade", edition=edition).edition
        return self._kept((timeline, edition), lambda: carried_controls(timeline, edition))

    def read_ahead(self, ecosystems: Sequence[str], home: str = DEFAULT_HOME, year: int | None = None) -> None:
        """Read the facts of several ecosystems together before `assess` is called for each; parameters as there."""
        facts = self.facts
        by_edition: dict[str, list[Dossier]] = {}
        for dossier, edition in map(self.as_traded, map(self.dossier, ecosystems)):
            by_edition.setdefault(edition, []).append(dossier)
        for edition, dossiers in by_edition.items():
            facts_year = self._facts_year(facts, year, edition)
            self._read_facts(facts, self.profile(), economies.home(home), facts_year, edition, dossiers)

    def _facts_year(self, facts: Facts, year: int | None, edition: str) -> int:
        latest = self.latest_year(edition) if year is None else year
        return wanted_years(latest, self.answering("trade", facts, edition))[0]

    def _read_facts(
        self, facts: Facts, profile: Profile, home: Home, year: int, edition: str, dossiers: Sequence[Dossier]
    ) -> Readings:
        """What the methods find of the products and materials of dossiers; only what was not read before is read."""
        from ostra.ecosystem.readings import materials_of, products_of, read_facts

        products, materials = products_of(*dossiers), materials_of(*dossiers)
        key = (facts, home.code, year, edition, profile.trade, profile.persistence_years)
        with self._reading:
            known = self._readings.get(key)
            if known is not None and products <= known.products and materials <= known.materials:
                return known
            if known is not None:
                products, materials = products - known.products, materials - known.materials
            more = read_facts(self.fact_tables(facts, edition), profile, home, year, products, materials)
            return self._readings.keep(key, more if known is None else known.joined(more))

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

    def _exposure(self, facts: Facts, home: Home) -> HomeExposure | str:
        """Home in the input-output table, the same for all ecosystems, or why it cannot be found there."""
        from ostra.ecosystem.input_output.home_exposure import home_exposure

        def made() -> HomeExposure | str:
            try:
                return home_exposure(self.input_output(), home)
            except NotFoundError as error:
                return f"What sectors rely on is unknown: {error}."

        return self._kept((facts, "exposure", home.code), made)

    def governance(self, year: int) -> Mapping[str, Sequence[GovernanceScore]]:
        """What the governance facts say of each economy in the year, or the nearest earlier one, by indicator."""
        from ostra.assess import governance_scores

        return governance_scores(self.fact_tables(self.facts), year)

    def latest_year(self, edition: str | None = None) -> int:
        """The latest year that trade, in the edition or the widest, and production facts both cover."""
        return min(covered(self.answering(table, edition=edition))[1] for table in ("trade", "production"))

    def fact_tables(self, facts: Facts, edition: str | None = None) -> FactTables:
        """The tables that step 1 reads, with what it has to know of them; trade in the edition, or the widest."""
        from ostra.ecosystem.fact_tables import FactTables

        edition = self._edition(facts) if edition is None else edition
        source = self.answering("trade", facts, edition)
        return FactTables(
            trade=facts.relation("trade", edition=edition),
            production=facts.relation("production"),
            governance=facts.relation("governance"),
            material_products=facts.relation("material_products"),
            datasets={name: facts.answering(name).id for name in FACT_TABLES} | {"trade": source.id},
            trade_years=covered(source),
            trade_edition=source.edition,
            supply_shares=facts.relation("supply_shares") if facts.datasets("supply_shares") else None,
            product_names=self.product_names(facts, source),
            open_cells=lambda home: self.open_cells(facts, source, home),
        )

    def answering(self, table: str, facts: Facts | None = None, edition: str | None = None) -> Answering:
        """What the four steps read a table from; of trade the data sets of the edition, or of the widest."""
        facts = facts or self.facts
        if table != "trade":
            return facts.answering(table)
        return facts.answering(table, edition=self._edition(facts) if edition is None else edition)

    def _edition(self, facts: Facts) -> str:
        """The edition in which there is trade in most products; of equals the one read first."""
        held = self._held(facts)
        return max(held, key=lambda edition: len(held[edition]))

    def open_cells(self, facts: Facts, source: Answering, home: Home) -> pl.DataFrame:
        """The cells of trade that no data set holds in full for home; see `facts.open_cells`."""
        from ostra.facts.open_cells import open_cells

        return self._kept((facts, "open cells", source.id, home.code), lambda: open_cells(facts, source, home))

    def product_names(self, facts: Facts, source: Answering) -> dict[str, str]:
        """Words for the products of a data set."""
        return self._kept((facts, "product names", source.id), lambda: product_names(facts, source))
