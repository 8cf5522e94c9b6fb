"""Holds through the chain (method 3) as results of step 1: on end products, with way, chokepoint and evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ostra.ecosystem import chain, graph
from ostra.ecosystem.chain import HoldPath, Structure
from ostra.ecosystem.chain.measure import HOLD
from ostra.ecosystem.holds import Hold
from ostra.model.base import Interval
from ostra.model.dossier import Dossier
from ostra.model.evidence import Evidence
from ostra.model.results.ecosystem import ChainHold, ChainHop, Dependency
from ostra.words.economies import Home
from ostra.words.figures import plains
from ostra.words.sentences import LABEL, shortened

METHOD = "chain"


def chain_holds(structure: Structure, dossier: Dossier, home: Home, least: float) -> list[ChainHold]:
    """Holds of at least `least` for certain on end products, largest first, each with its way.

    A hold that an economy has on an end product by providing it itself is tier 1 and listed too.
    """
    ends = graph.end_products(dossier)
    found = chain.holds(structure)
    rows = {item: number for number, item in enumerate(found.items)}
    result = []
    for column, player in enumerate(structure.players):
        held = [item for item in ends if found.low[rows[item], column] >= least]
        if held:
            paths = chain.trace_holds(structure, player, held, found)
            result += [chain_hold(path, home) for path in paths if path.chokepoint is not None]
    result.sort(key=lambda hold: (-hold.hold.low, hold.tier, hold.item, hold.holder))
    return result


def chain_hold(path: HoldPath, home: Home) -> ChainHold:
    """A way of the chain method as a result."""
    last = path.hops[-1]
    return ChainHold(
        id=f"chain.{path.item}.{path.holder}",
        item=path.item,
        item_name=path.item_name,
        holder=path.holder,
        holder_name=path.holder_name,
        is_home=path.holder == home.code,
        hold=Interval(low=path.low, high=path.high),
        chokepoint=last.item,
        chokepoint_name=last.name,
        tier=path.tier or 1,
        path=tuple(
            ChainHop(
                item=hop.item,
                item_name=hop.name,
                link=hop.link,
                factor=hop.factor,
                hold=Interval(low=hop.hold_low, high=hop.hold_high),
                share=Interval(low=hop.share_low, high=hop.share_high),
                year=max(hop.years, default=None),
                evidence=hop.evidence,
            )
            for hop in path.hops
        ),
        suppliers_remaining=path.suppliers_remaining or 0,
        possible=not path.certain,
        year=path.year,
        evidence=f"chain.{path.item}.{path.holder}",
        caveats=path.caveats,
    )


def with_evidence(
    holds: Sequence[ChainHold], shares: Sequence[Hold], dossier: Dossier, home: Home, members: frozenset[str]
) -> tuple[list[ChainHold], list[Evidence]]:
    """The holds with the evidence of each hop named, and the evidence of the holds themselves.

    The evidence of a hop is that of the holder's own share of the item; of home's, that of its members' shares.
    """
    behind: dict[tuple[str, str], list[Hold]] = defaultdict(list)
    for share in shares:
        behind[share.item, home.code if home.is_bloc and share.economy in members else share.economy].append(share)
    sources = {claim.id: claim.source for claim in dossier.claims}
    links = {(link.item, link.needs): link.claims for link in dossier.links}
    named, found = [], []
    for hold in holds:
        hops = tuple(
            hop.model_copy(update={"evidence": used_evidence(behind[hop.item, hold.holder])}) for hop in hold.path
        )
        steps = zip(hold.path, hold.path[1:], strict=False)
        claims = tuple(dict.fromkeys(claim for a, b in steps for claim in links[a.item, b.item]))
        named.append(hold.model_copy(update={"path": hops}))
        found.append(
            Evidence(
                id=hold.evidence,
                label=f"What {hold.holder_name} can stop of {shortened(hold.item_name, LABEL)}, at "
                f"{shortened(hold.chokepoint_name, LABEL)}",
                kind="computed",
                unit="share",
                value=hold.hold.low if hold.hold.known else None,
                low=hold.hold.low,
                high=hold.hold.high,
                formula=HOLD,
                substituted=" ← ".join(describe(hop) for hop in hold.path),
                method=METHOD,
                inputs=tuple(dict.fromkeys(evidence for hop in hops for evidence in hop.evidence)),
                claims=claims,
                sources=tuple(dict.fromkeys(sources[claim] for claim in claims)),
                caveats=hold.caveats,
            )
        )
    return named, found


def used_evidence(shares: Sequence[Hold]) -> tuple[str, ...]:
    """Evidence of the shares that the chain reads: those of the dossier, else of production, else of imports."""
    for measure in ("provision share", "production share", "import share"):
        used = tuple(share.evidence for share in shares if share.measure == measure)
        if used:
            return used
    return ()


def describe(hop: ChainHop) -> str:
    """One hop in short: item, hold, and own share where it has one."""
    factor = f" × {hop.factor:g}" if hop.factor not in (None, 1.0) else ""
    own = f", own share {plains(hop.share)}" if hop.share.low > 0 else ""
    return f"{hop.item_name} {plains(hop.hold)}{own}{factor}"


def chain_dependencies(holds: Sequence[ChainHold]) -> list[Dependency]:
    """Home's dependencies of second and higher order: what others can stop of its end products through inputs.

    Beside each stands what home itself can stop of the same end product.
    """
    own = {hold.item: hold for hold in holds if hold.is_home}
    return [
        Dependency(
            id=f"dep.{hold.item}.{hold.holder}.chain",
            item=hold.item,
            item_name=hold.item_name,
            supplier=hold.holder,
            supplier_name=hold.holder_name,
            order=hold.tier,
            measure="chain hold",
            hold=hold.hold,
            year=hold.year,
            mutual=own[hold.item].hold if hold.item in own else None,
            evidence=hold.evidence,
            mutual_evidence=own[hold.item].evidence if hold.item in own else None,
            caveats=(f"Through {hold.chokepoint_name}; the caveats of each step stand with its evidence.",),
        )
        for hold in holds
        if not hold.is_home and hold.tier > 1
    ]
