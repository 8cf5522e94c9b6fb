"""Assessments side by side, and parts of one, as listings: matrix, comparison, one supplier, actors, instruments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from ostra import economies
from ostra.errors import NotFoundError
from ostra.model.assessment import Assessment
from ostra.model.base import DIMENSIONS, LEVELS
from ostra.model.dossier import NOT_SAID, Dossier
from ostra.model.evidence import Provenance
from ostra.model.instrument import InstrumentUse
from ostra.model.results.dimensions import DimensionResult, LevelDistribution
from ostra.model.results.ecosystem import INDIRECT
from ostra.progress import Advance, quiet
from ostra.workspace import DEFAULT_HOME, Listing, Workspace

TEXTS = pl.List(pl.String())
ANSWER_SCHEMA: dict[str, pl.DataType] = {
    "dimension": pl.String(),
    "challenge": pl.String(),
    "kind": pl.String(),
    "level": pl.String(),
    "gravity": pl.Float64(),
    "items": TEXTS,
    "supplier": pl.String(),
    "rank": pl.Int64(),
    "instrument": pl.String(),
    "name": pl.String(),
    "fit": pl.Float64(),
    "reason": pl.String(),
    "side_effects": TEXTS,
    "lead": TEXTS,
    "lag": pl.String(),
    "cost": pl.String(),
    "cases": TEXTS,
    "evidence": pl.String(),
}


def assessments(
    space: Workspace, ecosystems: Sequence[str], home: str, year: int | None, advance: Advance = quiet
) -> list[Assessment]:
    """Assess several ecosystems in turn, telling how far it got."""
    made = []
    for number, name in enumerate(ecosystems):
        advance(number, len(ecosystems))
        made.append(space.assess(name, home, year))
    advance(len(ecosystems), len(ecosystems))
    return made


def matrix(
    space: Workspace,
    ecosystems: Sequence[str] | None = None,
    *,
    home: str = DEFAULT_HOME,
    year: int | None = None,
    advance: Advance = quiet,
) -> Listing:
    """Technologies × dimensions: one row each with level, distribution, strength, robustness and tensions.

    Parameters
    ----------
    ecosystems
        By default all there are.
    home, year
        As for `Workspace.assess`.
    advance
        Called with (done, total).

    Returns
    -------
    Listing
        ecosystem, title, dimension, level (null where nothing was assessed), none, low, medium, high [probabilities],
        measured, judged, strength [levels], robustness [fraction of profiles within ±20 %], robustness_wide [±40 %],
        margin [probability], tensions [count], headline, evidence.
    """
    return matrix_of(assessments(space, ecosystems or list(space.dossier_files()), home, year, advance))


def matrix_of(made: Sequence[Assessment]) -> Listing:
    """The rows of `matrix` from assessments at hand."""
    rows = [dimension_row(assessment, result) for assessment in made for result in assessment.step2.dimensions]
    return Listing(pl.DataFrame(rows, infer_schema_length=None), about("Technologies and dimensions", made))


def dimension_row(assessment: Assessment, result: DimensionResult) -> dict[str, Any]:
    """One dimension of one assessment as a flat row."""
    tensions = [t for t in assessment.step2.tensions if result.dimension in (t.strengthens, t.weakens)]
    spread = result.challenge if result.assessed else None
    return {
        "ecosystem": assessment.ecosystem,
        "title": assessment.title,
        "dimension": result.dimension,
        "level": spread.level if spread else None,
        "none": spread.none if spread else None,
        "low": spread.low if spread else None,
        "medium": spread.medium if spread else None,
        "high": spread.high if spread else None,
        "measured": result.measured.level if result.measured else None,
        "judged": result.judged.level if result.judged else None,
        "strength": result.strength.level if result.strength else None,
        "robustness": result.robustness,
        "robustness_wide": result.robustness_wide,
        "margin": result.margin if result.assessed else None,
        "tensions": len(tensions),
        "headline": result.headline,
        "evidence": f"{assessment.id}#{result.evidence}",
    }


def matrix_words(listing: Listing) -> Listing:
    """The matrix with one row for each technology and a word with its probability for each dimension."""
    rows = []
    for (name,), part in listing.frame.group_by(["ecosystem"], maintain_order=True):
        row: dict[str, Any] = {"ecosystem": name}
        for cell in part.iter_rows(named=True):
            row[cell["dimension"]] = in_words(cell) if cell["level"] else f"░ {in_words(cell)}"
        rows.append(row)
    return Listing(pl.DataFrame(rows), listing.provenance)


def in_words(cell: dict[str, Any]) -> str:
    """A cell as a word, the probability of that level or a higher one, and a mark for tensions.

    At level none, what was found but is not more likely than not stands behind it: `none, low 40%`.
    """
    if cell["level"] is None:
        return "not assessed"
    spread = LevelDistribution(level=cell["level"], **{level: cell[level] for level in LEVELS})
    mark = " ±" if cell["tensions"] else ""
    if spread.level == "none":
        return f"none{', {} {:.0%}'.format(*spread.less_likely) if spread.less_likely else ''}{mark}"
    return f"{spread.level} {spread.reached:.0%}{mark}"


def compare(
    space: Workspace,
    ecosystems: Sequence[str],
    *,
    home: str = DEFAULT_HOME,
    year: int | None = None,
    advance: Advance = quiet,
) -> Listing:
    """Ecosystems side by side: levels, largest hold, chokepoints, breaches and first instrument.

    Returns
    -------
    Listing
        measure, then one column for each ecosystem.
    """
    made = assessments(space, ecosystems, home, year, advance)
    columns = {assessment.ecosystem: in_short(assessment) for assessment in made}
    measures = list(next(iter(columns.values())))
    frame = pl.DataFrame(
        [{"measure": name, **{eco: column[name] for eco, column in columns.items()}} for name in measures]
    )
    return Listing(frame, about("Compared", made))


def in_short(assessment: Assessment) -> dict[str, str]:
    """What is compared of one assessment, in words."""
    short: dict[str, str] = {}
    for result in assessment.step2.dimensions:
        short[result.dimension] = in_words(dimension_row(assessment, result))
    known = [d for d in assessment.step1.dependencies if d.measure not in INDIRECT]
    chain = [hold for hold in assessment.step1.chain if not hold.is_home]
    own = [point for point in assessment.step1.chokepoints if point.is_home]
    instruments = [m for m in assessment.step4.instruments if m.instrument != "no-action"]
    short["largest dependency"] = (
        f"{known[0].item_name} from {known[0].supplier_name}, at least {known[0].hold.low:.0%}"
        if known and known[0].hold.low > 0
        else "none with a known share"
    )
    short["largest hold through the chain"] = (
        f"{chain[0].holder_name} on {chain[0].item_name} at {chain[0].chokepoint_name}, "
        f"at least {chain[0].hold.low:.0%}"
        if chain
        else "none known"
    )
    short["held at home"] = ", ".join(point.item_name for point in own) or "nothing known"
    short["above tolerance"] = f"{sum(b.certain for b in assessment.step3.breaches)} for certain"
    short["findings"] = str(len(assessment.step2.findings))
    short["first instrument"] = instruments[0].name if instruments else "none"
    return short


def actors(space: Workspace, ecosystem: str) -> Listing:
    """Actors to watch of one ecosystem: role, why, since when, source."""
    dossier = space.dossier(ecosystem)
    claims = {claim.id: claim for claim in dossier.claims}
    rows = [
        {
            "actor": actor.name,
            "economy": actor.economy,
            "kind": actor.kind,
            "role": actor.role,
            "why": actor.why,
            "since": actor.since,
            "source": "; ".join(f"{claims[c].source}, {claims[c].locator}" for c in actor.claims),
        }
        for actor in dossier.actors
    ]
    filters = {"ecosystem": ecosystem, "as of": dossier.date, "author": dossier.author}
    sources = tuple(source.title for source in dossier.sources)
    frame = pl.DataFrame(rows, schema_overrides={"economy": pl.String})
    return Listing(frame, Provenance(title=f"Actors to watch: {dossier.title}", filters=filters, sources=sources))


def positions(
    space: Workspace, ecosystems: Sequence[str] | None = None, *, topics: Sequence[str] | None = None
) -> Listing:
    """Where the economies stand on each point that the sources compare: one row for each topic and economy.

    Parameters
    ----------
    ecosystems
        By default all there are.
    topics
        Only these, such as `standards`.

    Returns
    -------
    Listing
        ecosystem, topic, economy, name, position (null where the sources say nothing of it), figures, as_of, basis,
        claims [ids], source.

    Raises
    ------
    NotFoundError
        A topic that no dossier asked for has; the message lists those there are.
    """
    dossiers = [space.dossier(name) for name in ecosystems or list(space.dossier_files())]
    known = sorted({position.topic for dossier in dossiers for position in dossier.positions})
    for topic in topics or ():
        if topic not in known:
            raise NotFoundError(
                f"there are no positions on '{topic}'. There are some on: {', '.join(known) or 'nothing'}"
            )
    rows = [row for dossier in dossiers for row in position_rows(dossier) if not topics or row["topic"] in topics]
    text = ("ecosystem", "topic", "economy", "name", "position", "figures", "as_of", "basis", "claims", "source")
    about_it = Provenance(
        title="Positions side by side" + (f": {dossiers[0].title}" if len(dossiers) == 1 else ""),
        filters={
            "ecosystem": ", ".join(dossier.id for dossier in dossiers),
            "as of": ", ".join(dict.fromkeys(dossier.date for dossier in dossiers)),
            "author": ", ".join(dict.fromkeys(dossier.author for dossier in dossiers)),
        },
        sources=tuple(dict.fromkeys(source.title for dossier in dossiers for source in dossier.sources)),
        caveats=("Where no position is given, the sources do not say; that is unknown, not none.",),
    )
    return Listing(pl.DataFrame(rows, schema=dict.fromkeys(text, pl.String)), about_it)


def position_rows(dossier: Dossier) -> list[dict[str, str | None]]:
    """The positions of one dossier, with a row for each pair of topic and economy; what is not said is None."""
    claims = {claim.id: claim for claim in dossier.claims}
    said = {(position.topic, position.economy): position for position in dossier.positions}
    rows: list[dict[str, str | None]] = []
    for topic in dict.fromkeys(position.topic for position in dossier.positions):
        for economy in dict.fromkeys(position.economy for position in dossier.positions):
            row = {"ecosystem": dossier.id, "topic": topic, "economy": economy, "name": economies.economy_name(economy)}
            found = said.get((topic, economy))
            if found is None:
                rows.append({**row, **dict.fromkeys(("position", "figures", "as_of", "basis", "claims", "source"))})
                continue
            own = [claims[name] for name in found.claims]
            rows.append(
                {
                    **row,
                    "position": found.text,
                    "figures": "; ".join(claim.figure for claim in own if claim.figure),
                    "as_of": "; ".join(dict.fromkeys(claim.as_of for claim in own if claim.as_of)),
                    "basis": "; ".join(dict.fromkeys(claim.basis for claim in own)),
                    "claims": "; ".join(found.claims),
                    "source": "; ".join(f"{claim.source}, {claim.locator}" for claim in own),
                }
            )
    return rows


def positions_beside(listing: Listing) -> Listing:
    """The positions with one row for each ecosystem and topic and a column for each economy; gaps said in words."""
    codes = dict.fromkeys(listing.frame["economy"])
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for row in listing.frame.iter_rows(named=True):
        key = (row["ecosystem"], row["topic"])
        beside = rows.setdefault(key, {"ecosystem": key[0], "topic": key[1], **dict.fromkeys(codes, NOT_SAID)})
        if row["position"] is not None:
            beside[row["economy"]] = row["position"] + (f" [{row['figures']}]" if row["figures"] else "")
    return Listing(pl.DataFrame(list(rows.values())), listing.provenance)


def policy(space: Workspace, ecosystem: str, *, home: str = DEFAULT_HOME, year: int | None = None) -> Listing:
    """Instruments matched to the challenges of one ecosystem, one row each.

    Returns
    -------
    Listing
        instrument, name, goal, score [fit], answers and of [counts of challenges], serves, dimensions [served and
        called for], reasons, side_effects, preconditions, lead, lag, cost, cases [documented uses], source, locator,
        recommended_by, evidence; confirmed advice first, doing nothing last.
    """
    return policy_of(space.assess(ecosystem, home, year))


def policy_of(assessment: Assessment) -> Listing:
    """The instruments of one assessment; columns as for `policy`."""
    titles = {source.id: source.title for source in assessment.sources}
    total = len(assessment.step4.challenges)
    rows = [
        {
            "instrument": match.instrument,
            "name": match.name,
            "goal": match.goal,
            "score": match.score,
            "answers": len(match.answers),
            "of": total,
            "serves": list(match.serves),
            "dimensions": list(match.dimensions),
            "reasons": list(match.reasons),
            "side_effects": list(match.side_effects),
            "preconditions": list(match.preconditions),
            "lead": list(match.lead),
            "lag": match.lag,
            "cost": match.cost,
            "cases": [use_in_words(use, titles) for use in match.cases],
            "source": titles.get(match.source, match.source),
            "locator": match.locator,
            "recommended_by": list(match.recommended_by),
            "evidence": f"{assessment.id}#{match.evidence}",
        }
        for match in assessment.step4.instruments
    ]
    found = about(f"Instruments that fit: {assessment.title}", [assessment])
    return Listing(pl.DataFrame(rows), found.model_copy(update={"method": "instruments"}))


def use_in_words(use: InstrumentUse, titles: Mapping[str, str]) -> str:
    """A documented use of an instrument with its place."""
    since = f" ({use.since})" if use.since else ""
    return f"{economies.economy_name(use.by)}{since}: {use.what} {titles.get(use.source, use.source)}, {use.locator}"


def answers(space: Workspace, ecosystem: str, *, home: str = DEFAULT_HOME, year: int | None = None) -> Listing:
    """Each challenge of one ecosystem with the instruments that answer it: one row for each pair.

    A challenge that nothing answers has one row without an instrument.

    Returns
    -------
    Listing
        dimension, challenge [id], kind (finding or breach), level, gravity [0 to 1], items, supplier, rank [of the
        instrument at this challenge], instrument, name, fit [gravity × aim], reason, side_effects, lead, lag, cost,
        cases [documented uses], evidence.
    """
    return answers_of(space.assess(ecosystem, home, year))


def answers_of(assessment: Assessment) -> Listing:
    """The challenges of one assessment with what answers them; columns as for `answers`."""
    titles = {source.id: source.title for source in assessment.sources}
    matches = {match.instrument: match for match in assessment.step4.instruments}
    names = {item.id: item.name for item in assessment.items}
    rows = []
    for challenge in assessment.step4.challenges:
        said = {
            "dimension": challenge.dimension,
            "challenge": challenge.id,
            "kind": challenge.kind,
            "level": challenge.level,
            "gravity": challenge.gravity,
            "items": [names.get(item, item) for item in challenge.items],
            "supplier": challenge.supplier,
        }
        evidence = f"{assessment.id}#{challenge.evidence}"
        for rank, answer in enumerate(challenge.instruments, 1):
            match = matches[answer.instrument]
            rows.append(
                said
                | {
                    "rank": rank,
                    "instrument": answer.instrument,
                    "name": match.name,
                    "fit": answer.fit,
                    "reason": answer.reason,
                    "side_effects": list(match.side_effects),
                    "lead": list(match.lead),
                    "lag": match.lag,
                    "cost": match.cost,
                    "cases": [use_in_words(use, titles) for use in match.cases],
                    "evidence": evidence,
                }
            )
        if not challenge.instruments:
            rows.append(said | {"reason": "nothing in the catalogue answers it", "evidence": evidence})
    found = about(f"Challenges and what answers them: {assessment.title}", [assessment])
    frame = pl.DataFrame(rows, schema=ANSWER_SCHEMA)
    return Listing(frame, found.model_copy(update={"method": "instruments"}))


def about(title: str, made: Sequence[Assessment]) -> Provenance:
    """Where a listing of assessments comes from: home, year, profile and hashes."""
    first = made[0]
    return Provenance(
        title=title,
        filters={
            "home": f"{first.home} ({first.home_name})",
            "year": str(first.year),
            "profile": f"{first.profile_title}, {first.profile_author}",
            "dimensions": ", ".join(DIMENSIONS),
        },
        sources=tuple(
            f"{a.id}: dossier {a.hashes.dossier[:12]}, facts {a.hashes.facts[:12]}, ostra {a.hashes.version}"
            for a in made
        ),
        method="levels",
    )
