"""Everything that can be asked, once: the words, the function that answers, and the columns shown first.

A face (command line, HTTP, page) reads this table and the functions' own signatures; nobody writes options or headings
again. What stands before the star of a signature is named by its place, what stands behind it by its name.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

HIDDEN = ("workspace", "advance", "keep")
"""Parameters that the face gives, and nobody asks for."""

COMMON = {
    "ecosystem": "Id of the ecosystem; see: ostra ecosystems.",
    "ecosystems": "Only this ecosystem; may be given several times; by default all.",
    "home": "Country or bloc whose autonomy is assessed, by code or name.",
    "year": "Year; by default the latest that the data cover.",
    "years": "Span of years, first:last, for time series.",
    "dataset": "Data set to use alone; see: ostra data list.",
    "edition": "Edition of the Harmonised System to read trade in, such as HS17.",
    "profile": "Profile to assess by, a YAML file, instead of the workspace's or the built-in one.",
    "weight": "Weight of a dimension, such as values=2; may be given several times.",
    "economy": "Only holds of this economy or bloc, by code or name.",
    "item": "Item of the ecosystem, by id or name.",
    "every_item": "Not only products and end products.",
    "a": "First economy or bloc, by code or name.",
    "b": "Second economy or bloc.",
    "diversion": "Part of what is withheld that still arrives through third countries, 0 to 1.",
    "level": "What may be left of the item, 0 (stop) to below 1.",
    "max_size": "Largest set looked for.",
    "possible": "Sets that possibly do it, by high bounds, instead of those that do it for certain.",
    "of": "Who plays: economies, or organisations.",
    "members": "What the sets are made of: players, or items.",
    "probability": "Of failure of each member.",
    "least": "Leave out holds of which even the high bound is not above this, 0 to 1.",
    "by": "What counts as providing: where it is made (location), who controls it (headquarters, ownership), either.",
    "side": "Who makes what home uses (inputs), or who uses what home makes (sales).",
    "product": "Only what this sector of the others makes, by code, name or words of it.",
}
"""What parameters mean that many questions share; a function's own docstring stands before."""

USUAL = {"home": "EU27", "side": "inputs"}
"""What stands for a shared option that is not named."""


@dataclass(frozen=True)
class Question:
    """A question.

    Attributes
    ----------
    words
        What it is called: the verb of the command line, `chain holds`; joined by `_`, the method of `ostra.open()`.
    answer
        The function's place, `module:name`; loaded only when it is asked.
    about
        What it answers, in one sentence.
    shown
        Columns of a table, first ones first where room is short; none named, all there are.
    judged
        Whether it can be seen through another profile or other weights.
    """

    words: str
    answer: str
    about: str
    shown: str = ""
    judged: bool = False

    @property
    def method(self) -> str:
        """What it is called in Python: `chain_holds`."""
        return self.words.replace(" ", "_").replace("-", "_")

    @property
    def function(self) -> Callable[..., Any]:
        """The function that answers; its first parameter is the workspace."""
        module, _, name = self.answer.partition(":")
        found: Callable[..., Any] = getattr(import_module(module), name)
        return found

    def parameters(self) -> list[inspect.Parameter]:
        """What may be named, as the function's signature has it with its types; options of `**options` one by one."""
        function, found = self.function, []
        hints = typing.get_type_hints(function)
        for name, one in inspect.signature(function).parameters.items():
            if one.kind is one.VAR_KEYWORD:
                (options,) = typing.get_args(hints[name])
                named = typing.get_type_hints(options).items()
                found += [
                    inspect.Parameter(key, one.KEYWORD_ONLY, default=USUAL.get(key), annotation=kind)
                    for key, kind in named
                    if key not in HIDDEN
                ]
            elif name not in HIDDEN:
                found.append(one.replace(annotation=hints[name]))
        return found


MEASURES = (
    "face_value look_through hidden order_2 order_3 beyond direct_share per_output_face_value per_output_look_through"
)
LOSSES = (
    "demand_share supply_share demand_lost supply_lost output is_taken_out demand_value_added_low "
    "demand_value_added_high supply_value_added_low supply_value_added_high"
)

QUESTIONS = (
    Question(
        "ecosystems",
        "ostra.ask.dossiers:ecosystems",
        "List the ecosystems that can be assessed.",
        "ecosystem title items claims findings date origin",
    ),
    Question(
        "deps",
        "ostra.ask.trade:dependencies",
        "Trade dependencies of home: how concentrated, how external, how replaceable its imports are.",
        "product description year dependent top_supplier top_share supplier_share supplier_reverse_share concentration "
        "imports_kusd extra_share import_export_ratio reverse_share years_flagged suppliers_effective "
        "diversification_potential status",
    ),
    Question(
        "deps points",
        "ostra.ask.trade:points_of_failure",
        "Exporters whose loss would hit the world's trade in a product most.",
        "product year rank exporter flagged centrality substitutability world_share importers_dependent "
        "importers_served clustering",
    ),
    Question(
        "deps trends",
        "ostra.ask.trade:trends",
        "How concentration, the first supplier's share and imports moved over the years.",
        "product first_year last_year years concentration_trend top_share_trend imports_trend",
    ),
    Question(
        "materials",
        "ostra.ask.materials:materials",
        "Raw-material supply risk of home: GeoPolRisk and the EU criticality method, as intervals where unknown.",
        "material year geopolrisk_low geopolrisk_high supply_risk_low supply_risk_high import_risk_low "
        "import_risk_high production_concentration top_producer top_producer_share caveats",
    ),
    Question(
        "chain holds",
        "ostra.ask.chain:holds",
        "Who can stop what through the chain: holds with low and high bound, chokepoint, tier, path, year and source.",
        "economy item hold_low hold_high tier chokepoint suppliers_remaining year path tier1_low tier1_high tier2_low "
        "tier2_high tier3_low tier3_high organisations source",
    ),
    Question(
        "chain compare",
        "ostra.ask.chain:compared",
        "Holds by where things are made and by who controls them, side by side.",
        "economy item hold_low_location hold_high_location hold_low_headquarters hold_high_headquarters "
        "chokepoint_location chokepoint_headquarters",
    ),
    Question(
        "chain on-home",
        "ostra.ask.chain:on_home",
        "Holds of economies that withhold from home alone, while a part arrives through third countries.",
        "economy item hold_low hold_high",
    ),
    Question(
        "chain mutual",
        "ostra.ask.chain:mutual",
        "What each of two economies or blocs can stop of the other's, and the balance.",
        "item a_low a_high b_low b_high balance_low balance_high a_over_b_low a_over_b_high b_over_a_low b_over_a_high "
        "a_path b_path",
    ),
    Question(
        "chain indispensable",
        "ostra.ask.chain:indispensable",
        "Items at which home itself is the chokepoint of the world.",
        "chokepoint share_low share_high certain items end_hold_low end_hold_high end_products",
    ),
    Question(
        "chain sets",
        "ostra.ask.chain:minimal_sets",
        "Minimal sets of economies, organisations or items that can stop an item, or push it to a level.",
        "size set",
    ),
    Question(
        "chain importance",
        "ostra.ask.chain:importance",
        "How much each member matters for stopping an item: Birnbaum and Fussell–Vesely importance.",
        "member birnbaum fussell_vesely sets",
    ),
    Question(
        "scenarios",
        "ostra.ask.scenario_list:scenarios",
        "List the scenarios of disruption that can be simulated.",
        "scenario title days entries our_choice home date origin",
    ),
    Question(
        "simulate",
        "ostra.ask.disruption:results",
        "Simulate a disruption day by day: what is lost, when, by whom, and until when. -o FILE.svg draws it, "
        "-o FOLDER writes all.",
    ),
    Question(
        "embargo",
        "ostra.ask.embargo:embargo",
        "What a ban on deliveries costs once all have adjusted, with and without new partners.",
        "economy sector name lost_share_rerouted lost_share_rationed lost_rerouted lost_rationed rerouting_saves "
        "delivers_more output",
    ),
    Question(
        "reliance",
        "ostra.ask.reliance:of_home",
        "What home relies on through its suppliers' suppliers: face value against look-through, and what is hidden. "
        "With --on, each of home's sectors; with --sector, on whom it relies; with both, by order. -o FILE.svg "
        "draws it.",
        f"sector sector_name economy economy_name {MEASURES} order share of_look_through per_output",
    ),
    Question(
        "reliance through",
        "ostra.ask.reliance:runs_through",
        "Through which economies or sectors the hidden part of a reliance runs. -o FILE.svg draws it.",
        "economy economy_name sector sector_name hidden_share second_share hidden second",
    ),
    Question(
        "reliance all",
        "ostra.ask.reliance:of_sectors_on_partners",
        "Reliance of every sector of home on every economy. -o FILE.svg draws a map of shades.",
        f"sector economy {MEASURES}",
    ),
    Question(
        "reliance stages",
        "ostra.ask.upstreamness:stages",
        "How many steps each sector of home stands from final use and from primary inputs.",
        "sector sector_name upstreamness downstreamness world_upstreamness world_downstreamness output",
    ),
    Question(
        "extract",
        "ostra.ask.extraction:extract",
        "Output and value added that fall away without an economy or a sector; both directions. "
        "Demand: for want of the orders of those taken out. Supply: for want of their deliveries. A measure, not a "
        "forecast.",
        f"taken_out loser sector {LOSSES}",
    ),
    Question(
        "extract pair",
        "ostra.ask.extraction:extract_pair",
        "What falls away without what an economy sells to home, and without what home sells to it.",
        f"taken_out loser sector {LOSSES}",
    ),
    Question(
        "extract each",
        "ostra.ask.extraction:mutual",
        "Home and every other economy, each without the other.",
        "economy economy_name home_supply_share its_supply_share home_demand_share its_demand_share",
    ),
    Question(
        "extract each-sector",
        "ostra.ask.extraction:each_sector",
        "What home loses without each sector of each other economy, one after the other.",
        "economy sector sector_name supply_share demand_share supply_lost demand_lost",
    ),
    Question(
        "matrix",
        "ostra.ask.matrix:matrix",
        "Technologies and dimensions: the level of each as word and probability; ± marks tensions. -o FILE.svg "
        "draws it.",
        judged=True,
    ),
    Question(
        "matrix rank",
        "ostra.ask.ranks:rank",
        "Technologies in order of challenge, with the ranks in profiles near this one, and before a change of profile.",
        judged=True,
    ),
    Question(
        "matrix perturb",
        "ostra.ask.stability:perturb",
        "How often levels, ranks and pairs stay in profiles near this one.",
        judged=True,
    ),
    Question(
        "matrix horizon",
        "ostra.ask.stability:horizon",
        "Levels by when they bite: now, within two years, within five, later.",
        judged=True,
    ),
    Question(
        "sensitivity",
        "ostra.ask.stability:sensitivity",
        "The profile's severity rules: how findings and levels respond when the thresholds of one move. -o FILE.svg "
        "draws them.",
        judged=True,
    ),
    Question("compare", "ostra.ask.matrix:compare", "Ecosystems side by side."),
    Question(
        "compare scenarios",
        "ostra.ask.disruption:compare_named",
        "Scenarios of disruption simulated and laid side by side. -o FILE.svg draws them.",
    ),
    Question(
        "context",
        "ostra.ask.supplier:supplier",
        "One supplier in context: relation, regime, likelihood, laws and their reach, record, holds both ways, "
        "breaches.",
    ),
    Question(
        "cases",
        "ostra.ask.cases:cases",
        "Documented uses of a dependency for political ends: who, against whom, when, by what means, where written.",
        "year coercer target form counted means source locator id",
    ),
    Question(
        "controls",
        "ostra.ask.controls:controls",
        "Controls and coercion by date: who, against whom, on what, in which form, from when to when, where written.",
        "since until by against form what items confidence source id",
    ),
    Question(
        "actors",
        "ostra.ask.dossiers:actors",
        "Actors to watch: role, why they matter, since when, source.",
        "actor economy role why since kind source",
    ),
    Question(
        "positions",
        "ostra.ask.dossiers:positions",
        "Where the economies stand on each point that the sources compare, side by side.",
    ),
    Question(
        "policy",
        "ostra.ask.instruments:policy",
        "Instruments that fit the challenges of an ecosystem, with reasons, side effects and uses; doing nothing is "
        "one.",
    ),
    Question(
        "policy challenges",
        "ostra.ask.instruments:answers",
        "Each challenge of an ecosystem with the instruments that answer it, one row for each pair.",
        "dimension challenge level gravity rank name fit reason",
    ),
    Question(
        "data list",
        "ostra.ask.data:datasets",
        "List data sets: what they hold, from where, under which licence.",
        "dataset table place years rows edition imports_of exports_of cells answered_by_others licence origin title "
        "sha256",
    ),
    Question(
        "data balance",
        "ostra.ask.balance:balance",
        "List rows and columns of an input-output table that do not add up to output, the largest difference first.",
        "side economy sector name output_musd accounted_musd residual_musd share",
    ),
)
