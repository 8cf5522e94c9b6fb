"""Orders and reach of items in an ecosystem graph."""

from __future__ import annotations

from typing import Any

import networkx
from hypothesis import given, settings
from hypothesis import strategies as st

from ostra.ecosystem import graph
from ostra.model.dossier import Dossier


def dossier(items: list[str], links: list[tuple[str, str, str]]) -> Dossier:
    """A dossier with these items and (item, needs, kind) links and nothing else."""
    document: dict[str, Any] = {
        "format": "ostra-dossier/1",
        "id": "test",
        "title": "Test",
        "summary": "A made-up ecosystem.",
        "author": "tests",
        "date": "2026-01-01",
        "sources": [],
        "claims": [],
        "stages": [{"id": "all", "name": "All"}],
        "items": [{"id": i, "name": i, "kind": "product", "stage": "all"} for i in items],
        "links": [{"item": a, "needs": b, "kind": kind} for a, b, kind in links],
    }
    return Dossier.model_validate(document)


def test_order_counts_requires_links_from_the_end_product() -> None:
    """A car needs a chip (order 1), the chip a fab (2), the fab a machine (3)."""
    made = dossier(
        ["car", "chip", "fab", "machine"],
        [("car", "chip", "requires"), ("chip", "fab", "requires"), ("fab", "machine", "requires")],
    )
    assert graph.orders(made) == {"car": 1, "chip": 1, "fab": 2, "machine": 3}
    assert graph.end_products(made) == ("car",)


def test_a_variant_is_no_further_away_than_the_thing_itself() -> None:
    """Variant links take no hop."""
    made = dossier(
        ["car", "chip", "logic", "fab"],
        [("car", "chip", "requires"), ("chip", "logic", "variant_of"), ("logic", "fab", "requires")],
    )
    assert graph.orders(made) == {"car": 1, "chip": 1, "logic": 1, "fab": 2}


def test_the_shortest_way_counts_and_cycles_end() -> None:
    """An item needed both directly and through others is of the lower order; a cycle changes nothing."""
    made = dossier(
        ["car", "chip", "fab"],
        [
            ("car", "chip", "requires"),
            ("chip", "fab", "requires"),
            ("fab", "chip", "requires"),
            ("car", "fab", "requires"),
        ],
    )
    assert graph.orders(made) == {"car": 1, "chip": 1, "fab": 1}


@settings(deadline=None, max_examples=60)
@given(
    st.integers(2, 8).flatmap(
        lambda n: st.tuples(
            st.just(n),
            st.lists(
                st.tuples(
                    st.integers(0, n - 1), st.integers(0, n - 1), st.sampled_from(["requires", "variant_of"])
                ).filter(lambda link: link[0] != link[1]),
                max_size=20,
                unique_by=lambda link: link[:2],
            ),
        )
    )
)
def test_orders_and_users_agree_with_networkx(world: tuple[int, list[tuple[int, int, str]]]) -> None:
    """Orders are shortest paths with free variant links, users are ancestors: as networkx finds them."""
    count, links = world
    names = [f"i{k}" for k in range(count)]
    made = dossier(names, [(names[a], names[b], kind) for a, b, kind in links])
    twin = networkx.DiGraph()
    twin.add_nodes_from(names)
    for a, b, kind in links:
        twin.add_edge(names[a], names[b], weight=0 if kind == "variant_of" else 1)
    ends = [name for name in names if twin.in_degree(name) == 0]
    hops = networkx.multi_source_dijkstra_path_length(twin, ends) if ends else {}
    assert graph.orders(made) == {name: max(1, hops.get(name, 1)) for name in names}
    assert graph.needed_by(made) == {name: frozenset(networkx.ancestors(twin, name) | {name}) for name in names}
