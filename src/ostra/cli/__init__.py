"""The `ostra` command: parses, calls the library, prints. No analysis here; heavy modules are imported where used."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError

from ostra.cli import assessing, changes, reporting
from ostra.cli.characters import print_what_can_be_printed
from ostra.cli.verbs import bind, new_spelling
from ostra.errors import DataError, OstraError, UsageError
from ostra.version import __version__

# No plugin that is installed beside ostra changes how documents are read, and none is looked for at each start.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def make_app(arguments: Sequence[str]) -> App:
    """The command line for some arguments: documents and changes, and the questions of the verb that is called."""
    app = App(
        name="ostra",
        version=f"ostra {__version__}",
        help="Strategic dependencies in emerging technologies: from a trade row to a policy instrument, all traceable.",
        help_format="plaintext",
        suppress_keyboard_interrupt=False,  # main() says what was stopped and how to go on
        help_epilogue="Exit codes: 0 done, 2 usage, 3 bad data, 4 conflict.",
    )
    for run in (changes.init, assessing.assess, assessing.trace, reporting.report, changes.new, changes.check):
        app.command(run)
    app.command(changes.importing)
    data = App(name="data", help="List, import, drop, check and export facts.", help_format="plaintext")
    data.command(changes.import_files, name="import")
    data.command(changes.check_store, name="check")
    data.command(changes.drop_dataset, name="drop")
    data.command(changes.export_dataset, name="export")
    app.command(data)
    bind(app, arguments)
    return app


# What DuckDB raises when a file is not what it should be; its other errors are faults of ours.
DAMAGED = ("IOException", "InvalidInputException", "SerializationException")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 done, 2 usage, 3 bad data, 4 conflict."""
    words = sys.argv[1:] if arguments is None else arguments
    print_what_can_be_printed()
    try:
        make_app(words)(words, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        return complain("\n".join(filter(None, (str(error), new_spelling(words)))), UsageError.exit_code)
    except OstraError as error:
        return complain(str(error), error.exit_code)
    except BrokenPipeError:
        # The reader of our output has seen enough, such as `| head`; keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt as stopped:
        return complain(str(stopped) or "stopped", 130)
    except Exception as error:
        if type(error).__module__ != "_duckdb" or type(error).__name__ not in DAMAGED:
            raise
        # Facts are read lazily, so a damaged file shows only when a query runs.
        return complain(
            f"the facts cannot be read: {error}\nFind the damaged file with: ostra data check", DataError.exit_code
        )
    return 0


def complain(message: str, code: int) -> int:
    """Say on standard error what is wrong, and return the exit code."""
    print(f"ostra: {message}", file=sys.stderr)
    return code
