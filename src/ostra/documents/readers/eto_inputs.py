"""Inputs, stages and links of the ETO chips data set: what is made of what, in which stage, with which weights."""

from __future__ import annotations

from collections import defaultdict
from typing import Literal

from ostra.documents.readers.eto_gathered import Gathered, Node, name_of, resolved, size_of, source_of
from ostra.documents.readers.spreadsheet_table import Row, clean, clean_lines
from ostra.model.dossier import Item, ItemKind, Link, Stage
from ostra.words.figures import percent
from ostra.words.sentences import made_id

KINDS: dict[str, ItemKind] = {
    "process": "process",
    "tool_resource": "tool",
    "material_resource": "material",
    "design_resource": "ip",
    "ultimate_output": "product",
}
# The data set has no type for software and licensed designs; these words in a name tell them.
KIND_BY_WORD: dict[str, ItemKind] = {"software": "software", "intellectual property": "ip"}
WEIGHT_SLACK = 1.05  # sizes are printed with two digits, so that kinds may sum to this much of their whole


def read_nodes(gathered: Gathered, rows: dict[str, list[Row]]) -> None:
    for row in rows["stages.csv"]:
        name = name_of(gathered, "stages.csv", row, "stage_name")
        origin = row["stage_id"]
        if not origin or not name or origin in gathered.stages:
            gathered.set_aside("stages.csv", row, "no id, no name, or an id that stands twice", "stage_id", origin)
            continue
        made = made_id(name) or made_id(origin) or f"stage-{row.line}"
        taken = {stage.id for stage in gathered.stages.values()}
        gathered.stages[origin] = Stage(id=made if made not in taken else f"{made}-{row.line}", name=name)
        node = Node(origin, name, "process", "stages.csv", row, stage=gathered.stages[origin].id)
        gathered.nodes[origin] = node
    for row in rows["inputs.csv"]:
        name, origin, kind = name_of(gathered, "inputs.csv", row, "input_name"), row["input_id"], row["type"]
        if not origin or not name or origin in gathered.nodes:
            gathered.set_aside("inputs.csv", row, "no id, no name, or an id that stands twice", "input_id", origin)
            continue
        if kind not in KINDS:
            mend = f"Known are {', '.join(KINDS)}"
            gathered.complain("type not known; read as a product", "inputs.csv", row, "type", kind, mend)
        found = next((k for word, k in KIND_BY_WORD.items() if word in name.lower()), KINDS.get(kind, "product"))
        node = Node(origin, name, found, "inputs.csv", row)
        node.size = size_of(row["market_share_chart_global_market_size_info"])
        stage = gathered.stages.get(row["stage_id"])
        if row["stage_id"] and stage is None:
            mend = "The stage is found by what the input goes into"
            gathered.complain("no such stage", "inputs.csv", row, "stage_id", row["stage_id"], mend)
        node.stage = stage.id if stage else ""
        gathered.nodes[origin] = node
    ids: set[str] = set()
    for node in sorted(gathered.nodes.values(), key=lambda n: (n.file, n.row.line)):
        node.id = made_id(node.name) or made_id(node.origin) or f"input-{node.row.line}"
        if node.id in ids:
            node.id = f"{node.id[:60].strip('-')}-{made_id(node.origin) or node.row.line}"
        ids.add(node.id)
        size = clean(node.row["market_share_chart_global_market_size_info"])
        words = f"{node.name} is listed as {node.row['type'] or 'a stage of production'} ({node.origin})"
        words += f", world market {size}" if size else ""
        number: dict[str, object] = {}
        if node.size:
            number = {"value": node.size[0], "unit": "USD", "as_of": node.size[1]}
        gathered.claim(
            node.file, node.row, f"{words}.", source_of(gathered, node.row["market_share_chart_source"]), **number
        )


def read_links(gathered: Gathered, rows: list[Row]) -> list[Link]:
    file = "sequence.csv"
    pairs: dict[tuple[str, str, Literal["requires", "variant_of"]], list[Row]] = defaultdict(list)
    for row in rows:
        targets: tuple[tuple[str, str, Literal["requires", "variant_of"]], ...] = (
            ("goes_into_id", "goes_into_name", "requires"),
            ("is_type_of_id", "is_type_of_name", "variant_of"),
        )
        if not row["goes_into_id"] and not row["is_type_of_id"]:
            gathered.set_aside(file, row, "goes into nothing and is a kind of nothing", "goes_into_id", row["input_id"])
            continue
        node = resolved(gathered, file, row, "input_id", "input_name")
        for column, name_column, kind in targets:
            if node is None or not row[column]:
                continue
            target = resolved(gathered, file, row, column, name_column)
            if target is node:
                gathered.set_aside(file, row, "an input cannot go into itself", column, row[column])
            elif target is not None:
                pairs[target.origin, node.origin, kind].append(row)
    for (above, below, _), found in pairs.items():
        for row in found[1:]:
            value = f"{below} and {above}"
            gathered.odd("links twice", file, row, value, f"the link of line {found[0].line}")
    weights = _weights(gathered, pairs)
    links = []
    for (above, below, kind), found in pairs.items():
        item, needs = gathered.nodes[above], gathered.nodes[below]
        words = "is a kind of" if kind == "variant_of" else "goes into"
        claims = [gathered.claim(file, row, f"{needs.name} {words} {item.name}.", "eto-chips") for row in found]
        weight = weights.get((above, below)) if kind == "variant_of" else None
        if weight is not None:
            claims += [f"inputs-{needs.row.line}", f"inputs-{item.row.line}"]
        links.append(Link(item=item.id, needs=needs.id, kind=kind, weight=weight, claims=tuple(dict.fromkeys(claims))))
    return links


def _weights(
    gathered: Gathered, pairs: dict[tuple[str, str, Literal["requires", "variant_of"]], list[Row]]
) -> dict[tuple[str, str], float]:
    """Weights of kinds: w = size of the kind / size of the whole, both of one year.

    Where the kinds sum to a little more than the whole, because sizes are rounded, w is a kind's part of the sum of
    kinds; where to more than `WEIGHT_SLACK`, they do not belong together and no weight is known.
    """
    kinds: dict[str, list[str]] = defaultdict(list)
    for above, below, kind in pairs:
        if kind == "variant_of":
            kinds[above].append(below)
    weights: dict[tuple[str, str], float] = {}
    for above, below_all in kinds.items():
        whole = gathered.nodes[above].size
        sizes = {b: gathered.nodes[b].size for b in below_all}
        known = {b: size[0] for b, size in sizes.items() if whole and size and size[1] == whole[1]}
        row = gathered.nodes[above].row
        total = sum(known.values())
        name = f"{gathered.nodes[above].name}: {len(known)} of {len(below_all)} kinds"
        if not whole or not known or total > WEIGHT_SLACK * whole[0]:
            why = "no size of the whole, none of the same year, or kinds that sum to more than the whole"
            gathered.odd("no weight", "inputs.csv", row, name, why)
            continue
        unknown = len(below_all) - len(known)
        rest = "; the others share the rest in an unknown way" if unknown else ""
        done = f"weighted by size, together {percent(min(1.0, total / whole[0]))}{rest}"
        gathered.odd("weight", "inputs.csv", row, name, done)
        weights |= {(above, b): round(size / max(total, whole[0]), 6) for b, size in known.items()}
    return weights


def stage_links(gathered: Gathered) -> list[Link]:
    """The final output needs each stage, and a stage needs each of its processes; the data set draws them so."""
    stages = [node for node in gathered.nodes.values() if node.file == "stages.csv"]
    outputs = [node for node in gathered.nodes.values() if node.row["type"] == "ultimate_output"]
    links = []
    for stage in stages:
        claim = f"stages-{stage.row.line}"
        links += [Link(item=output.id, needs=stage.id, claims=(claim,)) for output in outputs]
        processes = [n for n in gathered.nodes.values() if n.file == "inputs.csv" and n.row["stage_id"] == stage.origin]
        links += [Link(item=stage.id, needs=p.id, claims=(claim, f"inputs-{p.row.line}")) for p in processes]
        done = f"an item, needed by {len(outputs)} outputs and needing {len(processes)} processes"
        gathered.odd("stage", "stages.csv", stage.row, f"{stage.origin} {stage.name}", done)
    return links


def place(gathered: Gathered, links: list[Link]) -> None:
    """Give inputs without a stage that of the nearest items that need them, the earliest stage where there are several.

    The final output stands in the last stage. What nothing leads to is put into a stage of its own.
    """
    above: dict[str, list[str]] = defaultdict(list)
    for link in links:
        above[link.needs].append(link.item)
    by_id = {node.id: node for node in gathered.nodes.values()}
    order = [stage.id for stage in gathered.stages.values()]
    own = {node.id: node.stage for node in gathered.nodes.values() if node.stage}
    outputs = {node.id for node in gathered.nodes.values() if node.row["type"] == "ultimate_output"}
    for node in gathered.nodes.values():
        if node.stage:
            continue
        if node.id in outputs and order:
            node.stage = order[-1]
            continue
        seen, level = {node.id}, [node.id]
        while level and not node.stage:
            level = [a for b in level for a in above[b] if a not in seen and a not in outputs]
            seen |= set(level)
            found = {own[name] for name in level if name in own}
            if found:
                node.stage = min(found, key=order.index)
        if not node.stage:
            if "not-placed" not in gathered.stages:
                gathered.stages["not-placed"] = Stage(id="not-placed", name="Not placed")
            node.stage = "not-placed"
        value = by_id[node.id].name
        gathered.odd("not placed", node.file, node.row, value, f"put into stage {node.stage}")


def items_of(gathered: Gathered, links: list[Link], provided: set[str]) -> tuple[Item, ...]:
    """The items, in the order of the files, with what is known of their providers."""
    made_of = {link.item for link in links}
    items = []
    both: tuple[Literal["location", "headquarters"], ...] = ("location", "headquarters")
    for node in gathered.nodes.values():
        complete: tuple[Literal["location", "headquarters"], ...] = ()
        if node.id not in provided:
            rule = "no provider" if node.id in made_of else "nobody listed"
            done = "what its inputs and kinds make it" if node.id in made_of else "anybody may provide it"
            complete = both if node.id in made_of else ()
            gathered.odd(rule, node.file, node.row, f"{node.origin} {node.name}", done)
        items.append(
            Item(
                id=node.id,
                name=node.name,
                kind=node.kind,
                stage=node.stage,
                description=clean_lines(node.row["description"]),
                complete=complete,
                claims=(f"{node.file.removesuffix('.csv')}-{node.row.line}",),
            )
        )
    return tuple(items)
