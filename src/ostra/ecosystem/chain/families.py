"""Families of sets as integers whose bits are the members: minimal ones, products, and probabilities."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from ostra.errors import MethodError

Family = frozenset[int]

# Limits of work, our choice: beyond them a message says what to change.
MAX_SETS = 100_000
MAX_CONDITIONS = 200_000
MAX_EVENTS = 300


def minimal(sets: Iterable[int]) -> Family:
    """The sets of which no proper subset is among them."""
    kept: set[int] = set()
    for candidate in sorted(set(sets), key=int.bit_count):
        if candidate == 0:
            return frozenset([0])
        size = candidate.bit_count()
        if 2**size <= len(kept):
            covered = has_subset(candidate, kept)
        else:
            covered = any(other & candidate == other for other in kept)
        if not covered:
            kept.add(candidate)
    return frozenset(kept)


def bits(members: int) -> Iterator[int]:
    """The members of a set, ascending."""
    while members:
        bit = members & -members
        yield bit.bit_length() - 1
        members ^= bit


def has_subset(candidate: int, kept: Collection[int]) -> bool:
    """Whether a proper, non-empty part of a set is among others; at the cost of trying all parts."""
    part = (candidate - 1) & candidate
    while part:
        if part in kept:
            return True
        part = (part - 1) & candidate
    return False


def product(families: Sequence[Family], max_size: int) -> tuple[Family, bool]:
    """Minimal unions of one set of each family, of at most `max_size` members; whether larger ones were dropped.

    Raises
    ------
    MethodError
        More than MAX_SETS sets arise.
    """
    result: Family = frozenset([0])
    dropped = False
    for family in sorted(families, key=lambda sets: (len(sets), sorted(sets))):
        joined: set[int] = set()
        for one in result:
            for other in family:
                union = one | other
                if union.bit_count() <= max_size:
                    joined.add(union)
                else:
                    dropped = True
            if len(joined) > MAX_SETS:
                raise too_many()
        result = minimal(joined)
    return result, dropped


def too_many() -> MethodError:
    """The message where the number of sets explodes."""
    return MethodError(
        f"more than {MAX_SETS:,} sets have to be looked at; ask for smaller sets, or make blocs of the players"
    )


class Probability:
    """P(some set of a family has failed entirely), members failing independently; exact.

    Shannon decomposition: P(F) = p_x P(F | x fails) + (1 − p_x) P(F | x works), remembered for each family that
    arises, which is a binary decision diagram (Rauzy 1993). Sets of one member are split off by their closed form.

    Parameters
    ----------
    p
        Probability of each bit.

    Raises
    ------
    MethodError
        More than MAX_EVENTS members in sets of two or more, or more than MAX_CONDITIONS families arise.
    """

    def __init__(self, p: Mapping[int, float]) -> None:
        self.p = p
        self.known: dict[Family, float] = {}

    def of(self, family: Family) -> float:
        """The probability of one family of minimal sets."""
        if 0 in family:
            return 1.0
        works = 1.0
        larger = []
        for members in sorted(family):
            if members.bit_count() == 1:
                works *= 1.0 - self.p[members.bit_length() - 1]
            else:
                larger.append(members)
        if not larger:
            return 1.0 - works
        together = 0
        for members in larger:
            together |= members
        if together.bit_count() > MAX_EVENTS:
            raise MethodError(
                f"{together.bit_count()} members in sets of two and more are too many for exact probabilities "
                f"(limit {MAX_EVENTS}); ask for smaller sets"
            )
        return 1.0 - works * (1.0 - self._larger(frozenset(larger)))

    def _larger(self, family: Family) -> float:
        if family in self.known:
            return self.known[family]
        if len(self.known) > MAX_CONDITIONS:
            raise MethodError("the sets overlap too much for exact probabilities; ask for smaller sets")
        counts: dict[int, int] = {}
        for members in family:
            for member in bits(members):
                counts[member] = counts.get(member, 0) + 1
        member = max(counts, key=lambda k: (counts[k], -k))
        pivot, p = 1 << member, self.p[member]
        failed = self.of(minimal(members & ~pivot for members in family))
        works = self.of(frozenset(members for members in family if not members & pivot))
        value = p * failed + (1.0 - p) * works
        self.known[family] = value
        return value
