"""The ecosystem map and the paths of holds: placed in order, honest about the unknown, the same as their tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape, unescape
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostra.model.assessment import Assessment
from ostra.model.base import UNKNOWN, Interval
from ostra.model.dossier import Item, Link, Stage
from ostra.model.results.ecosystem import ItemHold, Measure
from ostra.show.charts.ecosystem_layout import Need, assign_columns, crossings, lay_out, order_layers, rising
from ostra.show.charts.ecosystem_map import MOST_ITEMS, EcosystemMap
from ostra.show.charts.path import end_words, hold_words, link_words, path_figure
from ostra.show.charts.svg import text_width, wrap
from ostra.show.printed.page import render_html
from ostra.show.printed.paper import for_paper
from ostra.show.printed.workbook import render_xlsx
from ostra.show.sections.item_holds import providers
from ostra.show.sections.selection import top_chain_holds
from sample_assessment import sample_assessment

HEIGHT = 40.0


@pytest.fixture(scope="module")
def assessment() -> Assessment:
    return sample_assessment()


@pytest.fixture(scope="module")
def html(assessment: Assessment) -> str:
    return render_html(assessment)


def changed(assessment: Assessment, **step1: object) -> Assessment:
    """The assessment with other rows in step 1."""
    return assessment.model_copy(update={"step1": assessment.step1.model_copy(update=step1)})


def with_possible(assessment: Assessment) -> Assessment:
    """The assessment with a hold through the chain of which only the high bound is known: cobalt of the Congo."""
    way = next(c for c in assessment.step1.chain if c.chokepoint == "eda" and c.item == "automotive")
    *above, last = way.path
    end = last.model_copy(update={"item": "cobalt", "item_name": "Cobalt", "hold": Interval(low=0.0, high=0.62)})
    hops = (*(h.model_copy(update={"hold": UNKNOWN}) for h in above), end)
    held = way.model_copy(
        update={
            "id": "chain.automotive.COD", "holder": "COD", "holder_name": "Democratic Republic of the Congo",
            "hold": UNKNOWN, "chokepoint": "cobalt", "chokepoint_name": "Cobalt", "path": hops, "possible": True,
        }
    )  # fmt: skip
    return changed(assessment, chain=(*assessment.step1.chain, held))


def world(stages: Sequence[int], links: Sequence[tuple[int, int, str]]) -> Assessment:
    """An assessment of numbered items, without any provider."""
    sample = sample_assessment()
    return changed(sample, holds=(), chain=()).model_copy(
        update={
            "stages": tuple(Stage(id=f"s{n}", name=f"Stage {n}") for n in range(max(stages, default=0) + 1)),
            "items": tuple(
                Item(id=f"i{n}", name=f"Item {n}", kind="product", stage=f"s{stage}") for n, stage in enumerate(stages)
            ),
            "links": tuple(Link(item=f"i{a}", needs=f"i{b}", kind=kind) for a, b, kind in links),  # type: ignore[arg-type]
        }
    )


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, int], dict[str, float], list[Need]]:
    """Items in up to four stages, with links in any direction, cycles and repetitions included."""
    stages = draw(st.lists(st.integers(0, 3), min_size=1, max_size=24))
    items = {f"i{n}": stage for n, stage in enumerate(stages)}
    heights = {item: float(draw(st.integers(20, 70))) for item in items}
    ends = st.sampled_from(sorted(items))
    needs = draw(st.lists(st.builds(Need, ends, ends, st.sampled_from(["requires", "variant_of"])), max_size=40))
    return items, heights, [n for n in needs if n.item != n.needs]


@given(graphs())
@settings(deadline=None, max_examples=80)
def test_columns_follow_the_stages(graph: tuple[dict[str, int], dict[str, float], list[Need]]) -> None:
    """No column mixes stages, columns of later stages stand further right, and linked items never share one."""
    items, heights, needs = graph
    layout = lay_out(items, heights, needs)
    assert list(layout.stages) == sorted(layout.stages)
    assert all(layout.stages[layout.columns[item]] == stage for item, stage in items.items())
    assert all(layout.columns[n.item] != layout.columns[n.needs] for n in needs)


@given(graphs())
@settings(deadline=None, max_examples=80)
def test_boxes_do_not_overlap_and_stay_inside(graph: tuple[dict[str, int], dict[str, float], list[Need]]) -> None:
    """Boxes of one column stand clear of each other, within the height of the picture."""
    items, heights, needs = graph
    layout = lay_out(items, heights, needs)
    for column in range(len(layout.stages)):
        mine = sorted((layout.middles[i], heights[i]) for i in items if layout.columns[i] == column)
        assert all(m - h / 2 >= -1e-6 and m + h / 2 <= layout.height + 1e-6 for m, h in mine)
        for (above, h1), (below, h2) in pairwise(mine):
            assert below - above >= (h1 + h2) / 2 + 5


@given(graphs())
@settings(deadline=None, max_examples=80)
def test_every_link_is_drawn_from_end_to_end(graph: tuple[dict[str, int], dict[str, float], list[Need]]) -> None:
    """A trunk has a piece in every gap between the source and each item that needs it, and passes every column."""
    items, heights, needs = graph
    layout = lay_out(items, heights, needs)
    for need in needs:
        source, target = layout.columns[need.needs], layout.columns[need.item]
        pieces = layout.trunks[need.needs, need.kind, source < target]
        first, last = sorted((source, target))
        assert {p.column for p in pieces if not p.across} >= set(range(first, last))
        assert {p.column for p in pieces if p.across} >= set(range(first + 1, last))
        arrival = layout.middles[need.item]
        at_item = [p.right if source < target else p.left for p in pieces if p.ends]
        assert any(abs(y - arrival) <= heights[need.item] / 2 for y in at_item)
    assert len(layout.trunks) <= 2 * len({(n.needs, n.kind) for n in needs})


def test_inputs_of_one_stage_stand_left_of_what_needs_them() -> None:
    """A chain within one stage takes a column for each step; a cycle is cut at one link only."""
    chain = [Need("a", "b", "requires"), Need("b", "c", "requires"), Need("c", "d", "requires")]
    columns = lay_out(dict.fromkeys("abcd", 0), dict.fromkeys("abcd", HEIGHT), chain).columns
    assert [columns[i] for i in "dcba"] == [0, 1, 2, 3]
    ring = [*chain, Need("d", "a", "requires")]
    columns = lay_out(dict.fromkeys("abcd", 0), dict.fromkeys("abcd", HEIGHT), ring).columns
    assert sum(columns[n.needs] < columns[n.item] for n in ring) == 3


def test_a_chain_of_thousands_does_not_exhaust_the_stack() -> None:
    """Columns are found without recursion; such a map is refused in words, not drawn."""
    size = 3000
    items = {f"i{n}": 0 for n in range(size)}
    columns, _ = assign_columns(
        items, dict.fromkeys(items, HEIGHT), [Need(f"i{n}", f"i{n + 1}", "requires") for n in range(size - 1)]
    )
    assert columns["i0"] == size - 1
    deep = world([0] * 80, [(n, n + 1, "requires") for n in range(79)])
    assert "80 steps in a row are too many to draw" in render_html(deep)


def test_the_drawing_does_not_depend_on_the_order_of_links(assessment: Assessment) -> None:
    """Reversing the links gives the same picture."""
    turned = assessment.model_copy(update={"links": assessment.links[::-1]})
    pictures = [EcosystemMap(a, providers(a)).draw("m", lambda _: None).svg for a in (assessment, turned)]
    assert pictures[0] == pictures[1]


def positions(svg: str) -> list[str]:
    """Where the boxes of a map stand."""
    return re.findall(r'<rect x="[\d.]+" y="[\d.]+" width="104" height="[\d.]+" rx="2"', svg)


def brute_crossings(layers: Sequence[Sequence[str]], pairs: Sequence[Sequence[tuple[str, str]]]) -> int:
    """Every pair of lines tried."""
    count = 0
    for column, gap in enumerate(pairs):
        for number, (a, b) in enumerate(gap):
            for c, d in gap[number + 1 :]:
                left = layers[column].index(a) - layers[column].index(c)
                count += left * (layers[column + 1].index(b) - layers[column + 1].index(d)) < 0
    return count


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_crossings_are_counted_right_and_never_grow(data: st.DataObject) -> None:
    """The count is that of trying every pair; ordering never gives more crossings than before."""
    layers = [[f"{c}-{n}" for n in range(data.draw(st.integers(1, 6)))] for c in range(4)]
    pairs: list[list[tuple[str, str]]] = [
        sorted(data.draw(st.sets(st.tuples(st.sampled_from(a), st.sampled_from(b)), max_size=10)))
        for a, b in pairwise(layers)
    ]
    pairs.append([])
    assert crossings(layers, pairs) == brute_crossings(layers, pairs)
    ordered = order_layers(layers, pairs)
    assert [sorted(map(str, layer)) for layer in ordered] == [sorted(layer) for layer in layers]
    assert crossings(ordered, pairs) <= crossings(layers, pairs)


def test_crossings_that_can_be_avoided_are_avoided() -> None:
    """Two columns in opposite order are untangled."""
    layers = [["a", "b", "c", "d"], ["w", "x", "y", "z"]]
    pairs = [[("a", "z"), ("b", "y"), ("c", "x"), ("d", "w")], []]
    assert crossings(layers, pairs) == 6
    assert crossings(order_layers(layers, pairs), pairs) == 0


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 5)), min_size=1, max_size=9))
@settings(deadline=None)
def test_rising_is_the_isotonic_fit(pairs: list[tuple[int, int]]) -> None:
    """Pooling agrees with the max-min formula: the largest over starts of the least over ends of weighted means."""
    values, weights = [float(v) for v, _ in pairs], [float(w) for _, w in pairs]

    def mean(a: int, b: int) -> float:
        return sum(v * w for v, w in zip(values[a : b + 1], weights[a : b + 1], strict=True)) / sum(weights[a : b + 1])

    size = range(len(pairs))
    wanted = [max(min(mean(a, b) for b in size if b >= i) for a in size if a <= i) for i in size]
    assert rising(values, weights) == pytest.approx(wanted)


def hold(item: str, economy: str, low: float, high: float, measure: Measure, evidence: str, home: bool) -> ItemHold:
    """One share of one item."""
    return ItemHold(
        item=item,
        economy=economy,
        economy_name=economy.title(),
        measure=measure,
        hold=Interval(low=low, high=high),
        year=2022,
        organisations=(),
        is_home=home,
        evidence=evidence,
    )


def provided_by(rows: Sequence[tuple[str, float, float, Measure, str, bool]]) -> Mapping[str, object]:
    """Providers of one item with these rows."""
    base = world([0], [])
    held = tuple(hold("i0", e, low, high, m, evidence, home) for e, low, high, m, evidence, home in rows)
    return {"i0": providers(changed(base, holds=held))["i0"]}


def test_measures_of_one_item_are_never_mixed() -> None:
    """Where it is made stands before the seat of firms, that before imports; a known share before an unknown one."""
    made = ("CHN", 0.3, 0.4, "provision share", "provision.i0.CHN.location", False)
    mined = ("CHN", 0.5, 0.5, "production share", "production.i0.2022.CHN", False)
    seat = ("USA", 0.9, 0.9, "provision share", "provision.i0.USA.headquarters", False)
    imports = ("NOR", 0.7, 0.7, "import share", "trade.123456.2022.share.NOR", False)
    vague = ("CHN", 0.0, 1.0, "provision share", "provision.i0.CHN.location", False)
    for rows, basis, top in [
        ((imports, seat, mined, made), "made", 0.3),
        ((imports, seat, mined), "made", 0.5),
        ((imports, seat), "seat", 0.9),
        ((imports,), "imports", 0.7),
        ((imports, vague), "imports", 0.7),
    ]:
        who = provided_by(rows)["i0"]  # type: ignore[arg-type]
        assert (who.basis, who.top.hold.low, len(who.parts)) == (basis, top, 1)  # type: ignore[attr-defined]


def test_several_headings_of_one_item_give_the_interval_over_them() -> None:
    """Least and largest share over the headings; an economy absent from one of them may have none of it."""
    rows = [
        ("CHN", 0.6, 0.6, "import share", "trade.111111.2022.share.CHN", False),
        ("CHN", 0.2, 0.2, "import share", "trade.222222.2022.share.CHN", False),
        ("NOR", 0.7, 0.7, "import share", "trade.222222.2022.share.NOR", False),
    ]
    parts = {p.economy: p.hold for p in provided_by(rows)["i0"].parts}  # type: ignore[arg-type, attr-defined]
    assert parts == {"CHN": Interval(low=0.2, high=0.6), "NOR": Interval(low=0.0, high=0.7)}


def test_home_is_summed_and_never_counts_as_outside() -> None:
    """Two members add up; the largest hold outside home is another's, though home's is larger."""
    rows = [
        ("DEU", 0.3, 0.4, "provision share", "provision.i0.DEU.location", True),
        ("NLD", 0.3, 0.3, "provision share", "provision.i0.NLD.location", True),
        ("CHN", 0.2, 0.4, "provision share", "provision.i0.CHN.location", False),
    ]
    who = provided_by(rows)["i0"]  # type: ignore[arg-type]
    assert who.home == Interval(low=0.6, high=0.7)  # type: ignore[attr-defined]
    assert who.outside == Interval(low=0.2, high=0.4)  # type: ignore[attr-defined]
    assert [p.economy for p in who.rivals] == []  # type: ignore[attr-defined]


def test_a_larger_hold_through_the_chain_shades_the_lines(assessment: Assessment) -> None:
    """Packaging: China provides 30–40%, but can stop more of it through gallium."""
    who = providers(assessment)["packaging"]
    assert who.outside == Interval(low=0.94, high=1.0)
    assert who.through_chain
    assert not providers(changed(assessment, chain=()))["packaging"].through_chain


def map_of(assessment: Assessment) -> str:
    return EcosystemMap(assessment, providers(assessment)).draw("m", lambda item: f"to-{item}").svg


def test_every_item_is_a_link_with_a_title(assessment: Assessment) -> None:
    """Each node leads somewhere and says name, shares, basis, year and what others can stop."""
    svg = map_of(assessment)
    for item in assessment.items:
        node = re.search(rf'<a href="#to-{item.id}" aria-label="([^"]*)"><g><title>([^<]*)</title>', svg)
        assert node is not None
        assert node[1] == node[2]
        assert unescape(node[1]).startswith(item.name)
    assert "China 94–98% and Japan 1–3%, by where it is made, 2022. China can stop 94–98% of it." in unescape(svg)


def node(svg: str, item: str) -> str:
    found = re.search(rf'<a href="#to-{item}".*?</a>', svg)
    assert found is not None
    return found[0]


def test_unknown_is_hatched_and_home_is_marked(assessment: Assessment) -> None:
    """No known share: hatching and words, never a bar of nothing; home's item is grey and says so."""
    svg = map_of(assessment)
    assert "url(#m-hatch)" in node(svg, "automotive")
    assert "provider unknown" in node(svg, "automotive")
    assert "url(#m-hatch)" not in node(svg, "gallium")
    assert ">home</text>" in node(svg, "lithography")
    assert ">home</text>" not in node(svg, "gallium")
    vague = tuple(h.model_copy(update={"hold": UNKNOWN}) for h in assessment.step1.holds)
    blind = map_of(changed(assessment, holds=vague, chain=()))
    assert "url(#m-hatch)" in node(blind, "gallium")
    assert "CHN, JPN: unknown" in node(blind, "gallium")


def test_an_item_made_of_its_inputs_is_not_called_unknown() -> None:
    """Where the dossier says that there is no provider of its own, the node says so and has no hatching."""
    base = world([0], [])
    whole = base.model_copy(
        update={"items": (base.items[0].model_copy(update={"complete": ("location", "headquarters")}),)}
    )
    assert "from its inputs" in node(map_of(whole), "i0")
    assert "hatch" not in node(map_of(whole), "i0")


def edges(svg: str) -> dict[str, str]:
    """The lines of a map by what their titles say."""
    return {unescape(title): body for title, body in re.findall(r'<g class="edge"><title>(.*?)</title>(.*?)</g>', svg)}


def test_lines_tell_kind_and_hold(assessment: Assessment) -> None:
    """Kinds are dashed, unknown is dotted and grey, larger holds are darker and wider."""
    links = (*assessment.links, Link(item="telecom", needs="automotive", kind="variant_of"))
    lines = edges(map_of(changed(assessment, chain=()).model_copy(update={"links": links})))
    of = {title.split(" is ")[0]: body for title, body in lines.items()}
    assert 'stroke-dasharray="5 3"' in of["Automotive chips"]
    assert 'stroke-dasharray="1.5 2.5"' in of["Extreme ultraviolet lithography"]
    assert "dasharray" not in of["Gallium"]
    width = {name: float(re.search(r'stroke-width="([\d.]+)"', body)[1]) for name, body in of.items()}  # type: ignore[index]
    assert width["Gallium"] > width["Palladium"] > width["Extreme ultraviolet lithography"]


def test_lines_back_to_the_left_have_a_head() -> None:
    """A link against the order of the stages is drawn with an arrow head; others have none."""
    svg = map_of(world([0, 1], [(1, 0, "requires"), (0, 1, "requires")]))
    heads = {title: "z" in body for title, body in edges(svg).items()}
    assert sorted(heads.values()) == [False, True]
    assert next(t for t, head in heads.items() if head).startswith("Item 1 is needed by Item 0")


def test_too_large_is_said_and_the_table_has_all() -> None:
    """A thousand items are not drawn; the page says how many, and its table lists every one."""
    text = render_html(world([0] * 1000, [(0, n, "requires") for n in range(1, 1000)]))
    assert f"1,000 items are too many to draw (at most {MOST_ITEMS})" in text
    assert 'id="picture-ecosystem"' not in text
    assert len(re.findall(r'<tr id="item-i\d+">', text)) == 1000


@pytest.mark.parametrize("size", [0, 1, MOST_ITEMS])
def test_maps_of_any_size_are_drawn(size: int) -> None:
    """No item, one, and the most: a picture or nothing, never a fault."""
    links = [(n // 3, n, "requires") for n in range(1, size)]
    base = world([n % 5 for n in range(size)], links)
    drawn = EcosystemMap(base, providers(base))
    assert drawn.refused == ""
    assert len(positions(drawn.draw("m", lambda _: None).svg)) == size


def test_each_item_is_on_one_sheet_of_paper() -> None:
    """Sheets take the columns in turn; what crosses to a further sheet is named at its edge."""
    base = world([n % 4 for n in range(120)], [(n, n + 1, "requires") for n in range(0, 118, 4)])
    base = base.model_copy(update={"links": (*base.links, Link(item="i119", needs="i0"))})
    drawn = EcosystemMap(base, providers(base))
    sheets = drawn.sheets(1.8)
    assert len(sheets) > 1
    assert [first for first, _ in sheets[1:]] == [last + 1 for _, last in sheets[:-1]]
    pictures = [drawn.draw(f"m{n}", lambda _: None, columns).svg for n, columns in enumerate(sheets)]
    assert sum(len(positions(svg)) for svg in pictures) == 120
    assert all('font-size="8" fill="#4a5763">Item ' in svg for svg in pictures[1:])
    assert [svg.count("Bars: share of the largest provider") for svg in pictures] == [1] + [0] * (len(sheets) - 1)


def test_screen_has_the_picture_and_paper_the_sheets(html: str) -> None:
    """The screen's picture is not printed and the sheets are not shown, so that no id is there twice."""
    paper = for_paper(html)
    assert 'id="picture-ecosystem"' in html
    assert 'id="picture-ecosystem"' not in paper
    assert '<div class="sheet"' in paper
    assert paper.count('id="picture-ecosystem-1"') == 1
    assert 'class="scroll natural" role="region" aria-label="Ecosystem map" tabindex="0"' in html


def test_the_table_says_what_the_map_says(html: str, assessment: Assessment) -> None:
    """Provider, share, year, basis, needs and users of an item stand in its row, and the basis in the text."""
    row = html[html.index('<tr id="item-leading-edge">') :]
    row = row[: row.index("</tr>")]
    for words in ("Taiwan", "85–92%", "2022", "by where it is made", "Gallium", "Extreme ultraviolet lithography",
                  "Assembly, test and packaging", "China can stop at least 94% of it through its inputs"):  # fmt: skip
        assert words in row
    assert len(re.findall(r'<tr id="item-', html)) == len(assessment.items)
    for words in (
        "Shares are by where it is made for 9 of 15 items, by the seat",
        "by home's imports for 2 of 15 items",
    ):
        assert words in unescape(html)


def test_top_paths_are_others_then_homes_each_place_once(assessment: Assessment) -> None:
    """The largest first, one for each holder and chokepoint, whatever the order of rows; home's apart."""
    doubtful = with_possible(assessment)
    chosen = top_chain_holds(doubtful)
    also = ["Telecommunications chips"]
    assert [(c.holder, others) for c, others in chosen] == [
        ("CHN", also), ("TWN", also), ("JPN", also), ("USA", also), ("COD", []),
    ]  # fmt: skip
    turned = changed(doubtful, chain=doubtful.step1.chain[::-1])
    assert top_chain_holds(turned) == chosen
    assert [c.holder for c, _ in top_chain_holds(assessment, most=1, home=True)] == ["EU27"]


def test_a_path_shows_every_hop(assessment: Assessment) -> None:
    """Items in order with hold, own share and year; chokepoint, tier and other suppliers; links where there is one."""
    first = top_chain_holds(assessment)[0][0]
    svg = unescape(path_figure(first, "p", lambda hop: f"to-{hop.item}" if hop.evidence else None))
    assert hold_words(first) == "China can stop at least 94% of Automotive chips at Gallium"
    places = [svg.index(f"<title>{escape(hop.item_name)}:") for hop in first.path]
    assert places == sorted(places)
    assert "Gallium: China can stop 94–98%, provides 94–98%, 2022. The chokepoint." in svg
    assert svg.count("<a href=") == sum(bool(hop.evidence) for hop in first.path) == 2
    assert "Tier 4; at the chokepoint 1 other supplier is named." in svg
    assert svg.count("url(#p-hatch)") == sum(hop.share == UNKNOWN for hop in first.path) == 1


def test_possible_only_is_said(assessment: Assessment) -> None:
    """A hold that only the high bound knows is marked in figure and caption."""
    doubtful = with_possible(assessment)
    held = next(c for c in doubtful.step1.chain if c.possible)
    assert end_words(held).startswith("Possible only.")
    assert hold_words(held).startswith("Democratic Republic of the Congo can stop an unknown part")
    assert render_html(doubtful).count('<span class="tag">possible only</span>') == 1


def test_links_of_a_path_in_words(assessment: Assessment) -> None:
    """What is needed altogether, in part, or as one kind with or without known weight."""
    hop = assessment.step1.chain[0].path[1]
    words = [
        link_words(hop.model_copy(update={"link": link, "factor": factor}))
        for link, factor in [("requires", 1.0), ("requires", 0.3), ("variant_of", 0.25), ("variant_of", None)]
    ]
    assert words == [
        "requires", "requires: 30% is lost without it", "in the kind, 25% of it", "in the kind, its weight is unknown",
    ]  # fmt: skip


def test_no_paths_no_heading(assessment: Assessment) -> None:
    """An assessment without holds through the chain has the map alone."""
    text = render_html(changed(assessment, chain=()))
    assert "Paths of the largest holds" not in text
    assert 'id="picture-ecosystem"' in text


def test_names_are_escaped_in_the_pictures() -> None:
    """Markup in names of items and holders stays text on the map and in the paths."""
    hostile = "\"'></title><script>alert(1)</script>-->paper-->"
    text = render_html(sample_assessment(hostile=hostile))
    assert text.count("<script>") == 1
    assert for_paper(text).count("<script>") == 0
    assert '<div class="sheet"' in for_paper(text)


def test_names_break_at_hyphens() -> None:
    """A long hyphenated word is broken, not cut; no letter is lost."""
    lines = wrap("Design of high-performance processors", 92, 10.5, 3, 600)
    assert lines == ["Design of high-", "performance", "processors"]
    assert all(text_width(line, 10.5, 600) <= 92 for line in lines)


def test_the_workbook_has_chain_and_holds(tmp_path: Path, assessment: Assessment) -> None:
    """One row for each hold through the chain, with its way, and one for each share of an item."""
    assessment = with_possible(assessment)
    path = tmp_path / "a.xlsx"
    path.write_bytes(render_xlsx(assessment))
    book = openpyxl.load_workbook(path)
    chain, holds = (
        [dict(zip([c.value for c in book[s][1]], [c.value for c in r], strict=True)) for r in book[s].iter_rows(2)]
        for s in ("Chain", "Holds")
    )
    assert len(chain) == len(assessment.step1.chain)
    way = next(r for r in chain if r["holder"] == "TWN")["way (> requires; ~ is a kind of)"]
    assert way == "Automotive chips > Assembly, test and packaging > Leading-edge logic fabrication (below 10 nm)"
    assert next(r for r in chain if r["holder"] == "COD")["possible only"] == "yes"
    assert len(holds) == len(assessment.step1.holds)
    assert next(r for r in holds if r["item id"] == "lithography")["home"] == "yes"
