"""The verbs that ask: one for each question, with the options that its function's signature and docstring name."""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from cyclopts import App, Parameter

from ostra.ask.questions import COMMON, QUESTIONS, Question
from ostra.cli.options import DEFAULT_OUTPUT, ONLY, PREFER, Output, WorkspaceOption, progress, years_from
from ostra.cli.options import workspace as open_workspace

OLD = {
    "chain": {
        "--by": "chain holds ECOSYSTEM --economy", "--item": "chain holds ECOSYSTEM --item",
        "--mutual": "chain mutual ECOSYSTEM A B", "--indispensable": "chain indispensable ECOSYSTEM --home",
        "--stop": "chain sets ECOSYSTEM ITEM", "--importance": "chain importance ECOSYSTEM ITEM",
        "--from-home": "chain on-home ECOSYSTEM", "--compare": "chain compare ECOSYSTEM", "": "chain holds ECOSYSTEM",
    },
    "deps": {"--points-of-failure": "deps points"},
    "reliance": {"--all": "reliance all", "--position": "reliance stages", "--by": "reliance through ON --by"},
    "extract": {"--pair": "extract pair ECONOMY", "--each": "extract each, ostra extract each-sector"},
    "matrix": {"--rank": "matrix rank", "--perturb": "matrix perturb --draws", "--horizon": "matrix horizon"},
    "policy": {"--by": "policy challenges ECOSYSTEM"},
}  # fmt: skip
"""How verbs were spelt until 0.1, and what to write now; to be dropped with the next release."""


FACTS_ASKED = {"home", "year", "years", "dataset"}
"""Questions with one of these read facts, and let the user say which data sets go before others."""


def bind(app: App, arguments: Sequence[str]) -> None:
    """Give the app the command for the question that is called; of the others only the sentence in the help.

    So nothing is loaded that is not needed, and `ostra --help` stays quick.
    """
    called = _called(arguments)
    for verb, group in groupby(QUESTIONS, key=lambda question: question.words.split()[0]):
        questions = list(group)
        if verb not in app:
            app.command(App(name=verb, help=questions[0].about, help_format="plaintext"))
        for question in questions:
            name = question.words.removeprefix(verb).strip()
            if question is called:
                app[verb].command(command(question), name=name) if name else app[verb].default(command(question))
            elif name:
                app[verb].command(App(name=name, help=question.about, help_format="plaintext"))


def _called(arguments: Sequence[str]) -> Question | None:
    """The question whose words the arguments begin with; of several the one with most words."""
    words = [word for word in arguments if not word.startswith("-")]
    found = [one for one in QUESTIONS if words[: len(one.words.split())] == one.words.split()]
    return max(found, key=lambda one: len(one.words), default=None)


def command(question: Question) -> Any:
    """A command with the signature of the question's function."""
    from docstring_parser import parse

    function = question.function
    said = {one.arg_name: one.description for one in parse(function.__doc__ or "").params}
    parameters: list[inspect.Parameter] = []
    for one in question.parameters():
        told = said.get(one.name) or COMMON.get(one.name, "")
        place = one.POSITIONAL_ONLY if one.kind is one.POSITIONAL_OR_KEYWORD else one.KEYWORD_ONLY
        if one.name == "years":
            parameters += [
                _option("year", int | None, COMMON["year"]),
                _option("years", str | None, COMMON["years"]),
            ]
            continue
        kind = _plain(one.annotation)
        name = None if place is one.POSITIONAL_ONLY else [f"--{_singular(one.name, kind).replace('_', '-')}"]
        default = one.default if one.default != () else None
        kind = kind | None if default is None else kind
        how = Parameter(name=name, help=" ".join(told.split()), negative=())
        parameters.append(inspect.Parameter(one.name, place, default=default, annotation=Annotated[kind, how]))
    if question.judged:
        parameters += [
            _option("profile", Path | None, COMMON["profile"]),
            _option("weight", list[str] | None, COMMON["weight"]),
        ]
    if FACTS_ASKED & {one.name for one in question.parameters()}:
        parameters += [_option("prefer", list[str] | None, PREFER), _option("only", list[str] | None, ONLY)]
    parameters += [
        inspect.Parameter("workspace_path", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=WorkspaceOption),
        inspect.Parameter("output", inspect.Parameter.KEYWORD_ONLY, default=DEFAULT_OUTPUT, annotation=Output),
    ]
    parameters.sort(key=lambda one: one.kind)
    places = [one.name for one in parameters if one.kind is one.POSITIONAL_ONLY]

    def run(*placed: Any, **given: Any) -> None:
        answer(question, dict(zip(places, placed, strict=False)) | given)

    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    run.__doc__ = question.about
    return run


def answer(question: Question, given: dict[str, Any]) -> None:
    """Ask the question with what was given, and show the answer where and how it was wanted.

    Raises
    ------
    UsageError
        The place cannot be written to; told before anything is computed.
    """
    from ostra.show.laid_out import layout

    output: Output = given.pop("output", DEFAULT_OUTPUT)
    folder: Path | None = given.pop("workspace_path", None)
    form = layout(question.words)
    output.check(draws=bool(form.picture), folder=bool(form.folder))
    workspace = open_workspace(folder, *(given.pop(name, None) for name in ("profile", "weight", "prefer", "only")))
    known = inspect.signature(question.function).parameters
    if "years" in known:
        given["years"] = years_from(given.pop("year", None), given.get("years"))
    wanted = {name: value for name, value in given.items() if value is not None}
    if "keep" in known:
        from ostra.ask.scenario_list import scenario_id

        wanted["keep"] = kept_in(workspace.path, output.output, scenario_id(workspace, given["scenario"]))
    with progress(question.words) as advance:
        has = "advance" in known or any(one.kind is one.VAR_KEYWORD for one in known.values())
        listing = question.function(workspace, **wanted, **({"advance": advance} if has else {}))
    show(question, listing, output)


def kept_in(workspace: Path | None, output: Path | None, name: str) -> Path | None:
    """Where the runs that are done are kept: beside the output, else in the workspace, else nowhere."""
    if output is not None:
        return output / ".runs" if not output.suffix else output.with_name(f".{output.name}.runs")
    return None if workspace is None else workspace / "runs" / name


def show(question: Question, listing: Any, output: Output) -> None:
    """Write an answer: a picture or a folder where the place says so, text in full on a terminal, else a listing."""
    from ostra.files.whole_files import write_whole
    from ostra.show.laid_out import layout, load, plain
    from ostra.show.output import write_listing

    form, place = layout(question.words), output.output
    if output.form != "table":
        write_listing(plain(listing, question.words, question.shown), form=output.form, output=place)
    elif place is not None and form.picture and place.suffix.lower() == ".svg":
        write_whole(place, load(form.picture)(listing))
    elif place is not None and form.folder and (place.is_dir() or not place.suffix):
        load(form.folder)(listing, place)
        print(f"Written to {place}")
    elif form.text and place is None:
        load(form.text)(listing, sys.stdout)
    else:
        if listing.summary and place is None:
            import shutil
            import textwrap

            print(textwrap.fill(listing.summary, min(100, shutil.get_terminal_size().columns)), end="\n\n")
        shown = load(form.table)(listing) if form.table else plain(listing, question.words, question.shown)
        write_listing(shown, form="table", output=place, stream=sys.stdout)


def new_spelling(arguments: Sequence[str]) -> str:
    """How to write what was written as until the last release; empty where it is written so, or nothing changed."""
    called = _called(arguments)
    if called is not None and " " in called.words:
        return ""
    verb, *rest = arguments or [""]
    for option, now in OLD.get(verb, {}).items():
        if any(word == option or word.startswith(f"{option}=") for word in rest) if option else True:
            return f"this is spelt anew: ostra {now}"
    return ""


def _option(name: str, kind: Any, told: str) -> inspect.Parameter:
    how = Parameter(help=told, negative=())
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind, how])


def _plain(kind: Any) -> Any:
    """A type as the command line reads it: a sequence of texts is a list, one value or none."""
    parts = [one for one in get_args(kind) if one is not type(None)] if _is_union(kind) else [kind]
    if len(parts) != 1:
        raise TypeError(f"a question may not have a parameter of type {kind}")
    (own,) = parts
    if get_origin(own) not in (None, Literal):
        own = list[str]
    return own | None if len(get_args(kind)) > len(parts) and _is_union(kind) else own


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, types.UnionType)


def _singular(name: str, kind: Any) -> str:
    """An option that may be given several times is named for one of them."""
    many = kind == list[str] or kind == list[str] | None
    return name.removesuffix("s") if many else name
