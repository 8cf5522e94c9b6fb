"""Small ecosystems for tests of the chain, and a plain twin of its equations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from ostra.model.dossier import Dossier

Link = tuple[str, str] | tuple[str, str, dict[str, Any]]
Row = tuple[str, str, Any] | tuple[str, str, Any, dict[str, Any]]

ECONOMIES = ("AAA", "BBB", "CCC", "DDD")


def dossier(
    items: Iterable[str],
    links: Iterable[Link] = (),
    provision: Iterable[Row] = (),
    *,
    complete: Iterable[str] = (),
    **more: Any,
) -> Dossier:
    """Items, links (item, needs, {kind, weight, essentiality}) and provision (item, economy, share, {...})."""
    whole = set(complete)
    return Dossier.model_validate(
        {
            "format": "ostra-dossier/1",
            "id": "test",
            "title": "Test",
            "summary": "A made-up ecosystem.",
            "author": "tests",
            "date": "2026-01-01",
            "sources": [{"id": "s", "title": "S", "publisher": "P", "date": "2026"}],
            "claims": [{"id": "c", "statement": "S", "source": "s", "locator": "1", "basis": "cites"}],
            "stages": [{"id": "all", "name": "All"}],
            "items": [
                {
                    "id": i,
                    "name": i.upper(),
                    "kind": "product",
                    "stage": "all",
                    "complete": ["location", "headquarters"] if i in whole else [],
                }
                for i in items
            ],
            "links": [{"item": a, "needs": b, **(dict(*rest) if rest else {})} for a, b, *rest in links],
            "provision": [
                {
                    "item": item,
                    "economy": economy,
                    "by": "location",
                    "claims": ["c"],
                    **({} if share is None else {"share": share}),
                    **(dict(*rest) if rest else {}),
                }
                for item, economy, share, *rest in provision
            ],
            **more,
        }
    )


VARIANT = {"kind": "variant_of"}


def variant(weight: float | None = None) -> dict[str, Any]:
    """The fields of a variant link."""
    return VARIANT | ({} if weight is None else {"weight": weight})


@st.composite
def ecosystems(
    draw: st.DrawFn, *, size: int = 6, cyclic: bool = False, intervals: bool = True, weights: bool = True
) -> tuple[list[str], list[Link], list[Row], list[str]]:
    """Random items, links, provision and complete items; shares of one item sum to at most 0.9 or exactly 1.

    Complete items have no provider, or at least one of unknown share.
    """
    count = draw(st.integers(2, size))
    items = [f"i{k}" for k in range(count)]
    pairs = [(a, b) for a in range(count) for b in range(count) if (a < b) or (cyclic and a != b)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=10))
    links: list[Link] = []
    known = {a: weights and draw(st.booleans()) for a in range(count)}
    kinds: dict[int, list[int]] = {}
    for a, b in chosen:
        if draw(st.integers(0, 2)) == 0:
            kinds.setdefault(a, []).append(b)
        else:
            links.append((items[a], items[b], {"essentiality": draw(st.sampled_from([1.0, 1.0, 0.5, 0.8]))}))
    for a, bs in kinds.items():
        parts = [draw(st.integers(1, 4)) for _ in bs]
        for b, part in zip(bs, parts, strict=True):
            links.append((items[a], items[b], variant(part / sum(parts) if known[a] else None)))
    rows: list[Row] = []
    complete = []
    for item in items:
        how = draw(
            st.sampled_from(["none", "unprovided", "exact", "some", "all"] if intervals else ["unprovided", "exact"])
        )
        if how == "unprovided":
            complete.append(item)
        if how in ("none", "unprovided"):
            continue
        who = draw(st.lists(st.sampled_from(ECONOMIES), unique=True, min_size=1, max_size=4))
        tenths = [draw(st.integers(1, 8)) for _ in who]
        total = sum(tenths) if how == "exact" else sum(tenths) / 0.9
        if how == "all":
            complete.append(item)
        for economy, part in zip(who, tenths, strict=True):
            share: Any = part / total
            if how == "all" and economy == who[0]:
                share = None  # so that the providers listed can make up the whole
            elif how in ("some", "all"):
                form = draw(st.sampled_from(["known", "unknown", "interval"]))
                share = {
                    "known": share,
                    "unknown": None,
                    "interval": {"low": share / 2, "high": min(1.0, share + 0.2)},
                }[form]
            rows.append((item, economy, share))
    return items, links, rows, complete


def subsets(players: Sequence[str]) -> list[frozenset[str]]:
    """All subsets, smallest first."""
    return [frozenset(c) for size in range(len(players) + 1) for c in combinations(players, size)]


def extreme_share(amounts: Sequence[tuple[str | None, float, float]], players: frozenset[str], *, most: bool) -> float:
    """Extreme of what a set provides when amounts sum to one: pour what is free into the set, or past it, first.

    `amounts`: (holder or None for what no row accounts for, low, high).
    """
    # Of whom a row states the total, no other part is looked for.
    others = players - {who for who, _, _ in amounts}
    inside = [who in players or (who is None and most and bool(others)) for who, _, _ in amounts]
    value = sum(low for (_, low, _), own in zip(amounts, inside, strict=True) if own)
    free = 1.0 - sum(low for _, low, _ in amounts)
    room_in = sum(high - low for (_, low, high), own in zip(amounts, inside, strict=True) if own)
    room_out = sum(high - low for (_, low, high), own in zip(amounts, inside, strict=True) if not own)
    return value + (min(free, room_in) if most else max(0.0, free - room_out))


def amounts_of(item: str, rows: Sequence[Row], complete: Sequence[str]) -> list[tuple[str | None, float, float]] | None:
    """The amounts of an item as the method page says, for rows without oddities; None: no provider of its own."""
    found: list[tuple[str | None, float, float]] = []
    for row in rows:
        if row[0] == item:
            share = row[2]
            low, high = (0.0, 1.0) if share is None else (share, share)
            if isinstance(share, dict):
                low, high = share["low"], share["high"]
            found.append((row[1], low, high))
    if not found and item in complete:
        return None
    rest = 1.0 - sum(low for _, low, _ in found)
    return [*found, (None, 0.0, 0.0 if rest < 0.005 or item in complete else rest)]


def twin(
    items: Sequence[str], links: Sequence[Link], share: Callable[[str], float], *, high: bool, rounds: int = 20_000
) -> dict[str, float]:
    """Holds by plain iteration of equation (1) from zero."""
    required: dict[str, list[tuple[str, float]]] = {i: [] for i in items}
    kinds: dict[str, list[tuple[str, float | None]]] = {i: [] for i in items}
    for a, b, *rest in links:
        fields: Mapping[str, Any] = dict(*rest) if rest else {}
        if fields.get("kind") == "variant_of":
            kinds[a].append((b, fields.get("weight")))
        else:
            required[a].append((b, fields.get("essentiality", 1.0)))
    held = dict.fromkeys(items, 0.0)
    own = {i: share(i) for i in items}
    for _ in range(rounds):
        new = {}
        for i in items:
            terms = [own[i], *(e * held[j] for j, e in required[i])]
            if kinds[i]:
                fixed = sum(w * held[v] for v, w in kinds[i] if w is not None)
                free = [held[v] for v, w in kinds[i] if w is None]
                rest = 1.0 - sum(w for _, w in kinds[i] if w is not None)
                terms.append(fixed + (rest * (max(free) if high else min(free)) if free else 0.0))
            new[i] = max(terms)
        still = max(abs(new[i] - held[i]) for i in items) < 1e-15
        held = new
        if still:
            break
    return held
