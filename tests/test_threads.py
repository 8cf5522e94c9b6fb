"""One workspace shared by the threads of a server: each gets exactly what one alone gets."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import ostra
from ostra.ask import chain
from ostra.ask.observatory import Observatory
from ostra.facts.store import Facts, open_facts

THREADS = 8


def listed(listing: ostra.Listing) -> str:
    """Rows and provenance as text."""
    return json.dumps([listing.frame.to_dicts(), listing.provenance.model_dump()])


def traced(space: ostra.Workspace) -> str:
    """An assessment, and its first number that comes from facts with the rows behind it."""
    made = space.assess("v2x", year=2022)
    number = next(entry.id for entry in made.evidence if entry.facts)
    return made.model_dump_json() + json.dumps(ostra.trace(made, number, space.facts).as_dict())


QUESTIONS: dict[str, Callable[[Observatory], str]] = {
    "deps": lambda space: listed(space.deps(years=[2021, 2022], ecosystem="v2x")),
    "chain": lambda space: listed(chain.holds(space, "v2x", year=2022)),
    "assess": traced,
    "materials": lambda space: listed(space.materials(years=2022)),
    "datasets": lambda space: listed(space.data_list()),
}


def test_threads_that_share_a_workspace_get_what_one_gets() -> None:
    """Eight threads begin at once, each with another question first, in a workspace that has read nothing yet."""
    alone = {name: ask(ostra.open()) for name, ask in QUESTIONS.items()}
    names = list(QUESTIONS)
    shared, start = ostra.open(), Barrier(THREADS)

    def work(number: int) -> dict[str, str]:
        start.wait()
        order = [*names[number % len(names) :], *names[: number % len(names)]]
        return {name: QUESTIONS[name](shared) for name in order}

    with ThreadPoolExecutor(THREADS) as pool:
        for found in pool.map(work, range(THREADS)):
            assert {name: found[name] == alone[name] for name in names} == dict.fromkeys(names, True)


def test_threads_share_the_facts_and_no_relation() -> None:
    """The facts are opened once, by whichever thread comes first; what a thread reads from is its own."""
    shared, start = ostra.open(), Barrier(THREADS)

    def work(number: int) -> tuple[Facts, int]:
        start.wait()
        return shared.facts, shared.facts.relation("governance").aggregate("count(*)").fetchall()[0][0]

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(work, range(THREADS)))
    assert {facts for facts, _ in found} == {shared.facts}
    assert {rows for _, rows in found} == {shared.facts.dataset("governance").rows}


def test_closed_facts_can_be_read_again() -> None:
    """Closing gives the memory back; who asks afterwards, in this thread or another, opens them anew."""
    facts = open_facts()
    count = facts.relation("governance").aggregate("count(*)").fetchall()
    facts.close()
    with ThreadPoolExecutor(1) as pool:
        again = pool.submit(lambda: facts.relation("governance").aggregate("count(*)").fetchall()).result()
    assert count == again == facts.relation("governance").aggregate("count(*)").fetchall()
