"""The list of coercion cases, as likelihoods use it."""

from __future__ import annotations

from ostra.context.likelihood import coercers
from ostra.model.evidence import Provenance
from ostra.model.listing import Listing, Rows
from ostra.words import economies
from ostra.workspace import Workspace
from ostra.workspace.years import DEFAULT_HOME


def cases(
    workspace: Workspace,
    *,
    home: str = DEFAULT_HOME,
    year: int | None = None,
    coercer: str | None = None,
    target: str | None = None,
) -> Listing:
    """Coercion cases of the profile and of the workspace's cases.csv, in order of year and id.

    Parameters
    ----------
    coercer
        Only cases by this economy or bloc, or a bloc that it belonged to in the year of the case.
    target
        Only cases against this economy or bloc, or a bloc that it belonged to then.

    Returns
    -------
    Listing
        id, coercer, coercer_name, target, target_name, year, form, relation (of a single coercer, else null), counted
        (whether a base rate counts it: a measure within the window), means, source, publisher, date, locator, url,
        origin ("profile" or "workspace").

    Raises
    ------
    NotFoundError
        An economy or bloc that does not exist.
    DataError, ConflictError
        The profile or the list cannot be read.
    """
    profile = workspace.profile()
    settings = profile.likelihood
    alone = {case.id for case in workspace.profile_alone().cases}
    sources = {source.id: source for source in profile.sources}
    seen_from = economies.home(home)
    members = seen_from.members(workspace.latest_year() if year is None else year)
    by = economies.home(coercer).code if coercer else None
    against = economies.home(target).code if target else None
    rows = []
    for case in sorted(profile.cases, key=lambda c: (c.year, c.id)):
        if by and not _concerns(by, case.coercer, case.year):
            continue
        if against and not _concerns(against, case.target, case.year):
            continue
        source = sources[case.source]
        actors = coercers(case, profile)
        rows.append(
            {
                "id": case.id,
                "coercer": case.coercer,
                "coercer_name": economies.economy_name(case.coercer),
                "target": case.target,
                "target_name": economies.economy_name(case.target),
                "year": case.year,
                "form": case.form,
                "relation": profile.relation_to(next(iter(actors)), members) if len(actors) == 1 else None,
                "counted": case.form == "measure" and settings.first_year <= case.year <= settings.last_year,
                "means": case.means,
                "source": source.title,
                "publisher": source.publisher,
                "date": source.date,
                "locator": case.locator,
                "url": source.url,
                "origin": "profile" if case.id in alone else "workspace",
            }
        )
    filters = {
        "home": economies.code_and_name(seen_from.code),
        "profile": f"{profile.title}, {profile.author}",
        "window": f"{settings.first_year} to {settings.last_year}; base rates count measures within it",
    }
    if by:
        filters["coercer"] = by
    if against:
        filters["target"] = against
    return Listing(
        Rows(rows, ["relation"] if rows else []),
        Provenance(
            title="Coercion cases",
            filters=filters,
            sources=tuple(sorted({row["source"] for row in rows})),
            method="likelihood",
            caveats=(
                "Only what a source documents; cases that nobody recorded, or that are not listed yet, are missing.",
            ),
        ),
    )


def _concerns(asked: str, party: str, year: int) -> bool:
    """Whether the economy or bloc asked for is the party, or belongs to it in that year."""
    return asked == party or asked in economies.covered_by(party, year)
