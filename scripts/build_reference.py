"""Write the reference pages of docs/ from the code: `python scripts/build_reference.py`.

Each page keeps what stands above its mark; what follows is made anew. What a model says of itself stands in its
docstring, what a key means in the text below the field. `PAGES` names each page with the function that makes it.
"""

from __future__ import annotations

import ast
import inspect
import re
import types
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from cyclopts import App
from docstring_parser import parse
from pydantic import BaseModel

from ostra.cli import make_app
from ostra.model import base, scenario
from ostra.model.base import Model, Refers
from ostra.model.control import Timeline
from ostra.model.dossier import Dossier
from ostra.model.evidence import Source
from ostra.model.instrument import Catalogue
from ostra.model.profile import Profile
from ostra.model.scenario import Scenario, Stated
from ostra.words.columns import columns

DOCS = Path(__file__).parents[1] / "docs"
MARK = "<!-- From here on written by scripts/build_reference.py. -->"
# What types are called that have a name of their own; the heads of the pages define these words.
WORDS: tuple[tuple[Any, str], ...] = (
    (base.Id, "id"),
    (base.Text, "text"),
    (base.Economy, "economy"),
    (base.EconomyOrBloc, "economy or bloc"),
    (base.HomeName, "country or bloc"),
    (base.Sector, "sector"),
    (base.IsoDate, "date"),
    (base.Hs6, "six digits"),
    (scenario.FullDate, "date"),
    (scenario.DayNumber, "day"),
    (base.Share, "share"),
    (base.Interval, "interval"),
    *((scenario.Range[kind], "range") for kind in (base.Share, scenario.Days, scenario.Factor, scenario.Change)),
)
MANY = {"economy": "economies", "country or bloc": "countries or blocs"}
TOLD_ABOVE = (base.Interval, scenario.Range)  # kinds of models that the heads of the pages describe


def dossier_page() -> str:
    """Dossiers, profiles, catalogues and timelines."""
    models = {Dossier: (), Profile: (Source,), Catalogue: (Source,), Timeline: ()}
    return "\n".join(line for model, above in models.items() for line in document(model, elsewhere=above))


def scenario_page() -> str:
    """Scenarios; their sources are described with dossiers."""
    return "\n".join(document(Scenario, shared=Stated, elsewhere=(Source,)))


def command_line_page() -> str:
    """Every verb with its sentence, its arguments and its options, as the command line itself has them."""
    lines: list[str] = []
    for verb in sorted(name for name in make_app([]) if not name.startswith("-")):
        group = make_app([verb])[verb]
        names = [verb, *(f"{verb} {name}" for name in sorted(group) if not name.startswith("-"))]
        for words in names:
            app = make_app(words.split())
            for word in words.split():
                app = app[word]
            if app.default_command is not None:
                about = " ".join(re.split(r"\n\s*Parameters\n", app.help)[0].split())
                lines += [f"## ostra {words}", "", about, "", *_options(app), ""]
    return "\n".join(lines)


def _options(app: App) -> Iterator[str]:
    """A row for each argument and option; those that place the answer stand in the head of the page."""
    said = {
        name.strip(): one.description or ""
        for one in parse(app.default_command.__doc__ or "").params
        for name in one.arg_name.split(",")
    }
    shared = {"--format", "--json", "--csv", "--output", "--workspace"}
    rows = []
    for argument in app.assemble_argument_collection():
        name = argument.names[0] if argument.names else argument.name
        if name in shared or not argument.show:
            continue
        told = " ".join((argument.parameter.help or said.get(argument.field_info.name, "")).split()).replace("|", "\\|")
        default = argument.field_info.default
        usual = f" Default: `{default}`." if default not in (None, False, (), "", argument.field_info.empty) else ""
        rows.append(f"| `{name}` | {told}{usual} |")
    if rows:
        yield from ("| | |", "|---|---|", *rows)


def columns_page() -> str:
    """The data dictionary of listings."""
    lines = ["| column | of | heading | kind | unit | meaning |", "|---|---|---|---|---|---|"]
    for (key, of), one in columns().items():
        heading = one.heading.replace("{", "").replace("}", "")
        lines.append(f"| `{key}` | {f'`{of}`' if of else ''} | {heading} | {one.kind} | {one.unit} | {one.meaning} |")
    return "\n".join(lines)


PAGES: dict[str, Callable[[], str]] = {
    "reference-columns.md": columns_page,
    "reference-command-line.md": command_line_page,
    "reference-dossier.md": dossier_page,
    "reference-scenario.md": scenario_page,
}


def page(name: str) -> str:
    """A whole page: what is written by hand above the mark, and what is made below."""
    by_hand, mark, _ = (DOCS / name).read_text(encoding="utf-8").partition(f"{MARK}\n")
    if not mark:
        raise SystemExit(f"{name} has no line {MARK}")
    return f"{by_hand}{mark}\n{PAGES[name]()}\n"


def document(
    model: type[BaseModel], shared: type[BaseModel] | None = None, elsewhere: tuple[type[BaseModel], ...] = ()
) -> Iterator[str]:
    """A kind of document and all models that its keys hold, each once; keys of `shared` stand in one table for all."""
    yield from section(model, f"## {model.__name__}", ())
    if shared is not None:
        yield from section(shared, "### Keys of every entry", ())
    inherited = tuple(shared.model_fields) if shared is not None else ()
    for part in dict.fromkeys(parts(model)):
        if not issubclass(part, (*TOLD_ABOVE, *elsewhere)):
            yield from section(part, f"### {part.__name__}", inherited if shared and issubclass(part, shared) else ())


def parts(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The models that a model's keys hold, in the order of the keys, each with its own after it."""
    for hint in hints(model).values():
        for part in models_in(hint):
            yield part
            yield from parts(part)


def hints(model: type[BaseModel]) -> dict[str, Any]:
    """The types of a model's keys as they are written."""
    found = get_type_hints(model, include_extras=True)
    return {name: found[name] for name in model.model_fields}


def models_in(kind: Any) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for part in get_args(kind):
        yield from models_in(part)


def section(model: type[BaseModel], heading: str, without: tuple[str, ...]) -> Iterator[str]:
    """What a model says of itself, and a table of its keys."""
    told = meanings(model)
    yield from (heading, "")
    for paragraph in inspect.cleandoc(model.__doc__ or "").split("\n\n"):
        yield from (linked(" ".join(paragraph.split())), "")
    yield from ("| key | type | required | meaning |", "|---|---|---|---|")
    for name, hint in hints(model).items():
        field = model.model_fields[name]
        if name in without:
            continue
        words = type_words(hint) + bounds(field.metadata if get_origin(hint) is not Annotated else ())
        if field.is_required() and type(None) in get_args(hint):
            words += " or null"
        default = field.default
        given = [] if field.is_required() or default in (None, (), "", False) else [f"`{shown(default)}` unless given"]
        meaning = "; ".join([*filter(None, [told.get(name, "").rstrip(".")]), *given])
        yield f"| `{name}` | {words} | {'yes' if field.is_required() else 'no'} | {linked(meaning)} |"
    yield ""


def meanings(model: type[BaseModel]) -> dict[str, str]:
    """The text below each field of a model and of those that it extends."""
    found: dict[str, str] = {}
    for base_model in reversed(model.__mro__):
        if not issubclass(base_model, Model):
            continue
        body = ast.parse(inspect.getsource(base_model)).body[0].body  # type: ignore[attr-defined]
        for field, text in pairwise(body):
            if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
                found[ast.unparse(field.target)] = " ".join(str(text.value.value).split())
    return found


def type_words(kind: Any) -> str:
    """A type as the pages call it."""
    for known, words in WORDS:
        if kind == known:
            return words
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        refers = next((mark for mark in kind.__metadata__ if isinstance(mark, Refers)), None)
        if refers is not None:
            return f"id of {'an' if refers.word[0] in 'aeiou' else 'a'} {refers.word}"
        return type_words(inner[0]) + "".join(bounds(getattr(mark, "metadata", ())) for mark in kind.__metadata__)
    if origin is Literal:
        return ", ".join(f"`{word}`" for word in inner)
    if origin is tuple:
        refers = next((mark for mark in getattr(inner[0], "__metadata__", ()) if isinstance(mark, Refers)), None)
        words = f"{refers.word} ids" if refers else type_words(inner[0])
        plain = words.isalpha() and words.islower()
        return f"list of {MANY.get(words, f'{words}s' if plain else words)}"
    if origin is dict:
        return f"{type_words(inner[1])} for each of {type_words(inner[0])}"
    if origin in (Union, types.UnionType):
        return " or ".join(type_words(part) for part in inner if part is not type(None))
    return {str: "text", int: "whole number", float: "number", bool: "true or false"}.get(kind, kind.__name__)


def bounds(metadata: Any) -> str:
    """The bounds of a number in words; shares and ranges have theirs from what they are."""
    found = {
        key: f"{value:g}"
        for mark in metadata
        for key in ("gt", "ge", "le")
        if (value := getattr(mark, key, None)) is not None
    }
    low = f" above {found['gt']}" if "gt" in found else f" from {found['ge']}" if "ge" in found else ""
    high = f"{' to' if 'ge' in found else ', at most'} {found['le']}" if "le" in found else ""
    return low + high + (" (at least one)" if any(getattr(mark, "min_length", None) for mark in metadata) else "")


def shown(default: Any) -> str:
    """A value as it is written in a document."""
    return f"{default:g}" if isinstance(default, int | float) else str(default)


def linked(text: str) -> str:
    """The text with files of docs/ as links from a page beside them."""
    return re.sub(r"docs/([\w/-]+\.md)", r"[\1](\1)", text)


if __name__ == "__main__":
    for name in PAGES:
        (DOCS / name).write_text(page(name), encoding="utf-8")
