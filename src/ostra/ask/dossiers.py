"""Dossiers and parts of them as listings: which there are, actors to watch, where economies stand on each point."""

from __future__ import annotations

from collections.abc import Sequence

from ostra.documents.yaml_documents import builtin_dossiers
from ostra.errors import NotFoundError
from ostra.model.dossier import Dossier
from ostra.model.evidence import Provenance
from ostra.model.listing import Listing, Rows
from ostra.words import economies
from ostra.workspace import Workspace


def ecosystems(workspace: Workspace) -> Listing:
    """The ecosystems that can be assessed, one row each.

    Raises
    ------
    DataError
        One of the dossiers breaks its definition.
    """
    builtin = builtin_dossiers()
    rows = []
    for name, file in workspace.dossier_files().items():
        dossier = workspace.dossier(name)
        rows.append(
            {
                "ecosystem": name,
                "title": dossier.title,
                "items": len(dossier.items),
                "links": len(dossier.links),
                "claims": len(dossier.claims),
                "findings": len(dossier.findings),
                "date": dossier.date,
                "author": dossier.author,
                "origin": "built-in" if builtin.get(name) == file else "workspace",
            }
        )
    return Listing(Rows(rows), Provenance(title="Ecosystems", filters={}, sources=()))


def actors(workspace: Workspace, ecosystem: str) -> Listing:
    """Actors to watch of one ecosystem: role, why they matter, since when, source."""
    dossier = workspace.dossier(ecosystem)
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
    return Listing(
        Rows(rows, ["economy"]),
        Provenance(title=f"Actors to watch: {dossier.title}", filters=filters, sources=sources),
    )


def positions(
    workspace: Workspace, ecosystems: Sequence[str] | None = None, *, topics: Sequence[str] | None = None
) -> Listing:
    """Where the economies stand on each point that the sources compare: one row for each topic and economy.

    Parameters
    ----------
    ecosystems
        Ids of ecosystems; by default all.
    topics
        Only this topic, such as standards; may be given several times.

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
    dossiers = [workspace.dossier(name) for name in ecosystems or list(workspace.dossier_files())]
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
    return Listing(Rows(rows, text), about_it)


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
