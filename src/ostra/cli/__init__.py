"""The `ostra` command: parses, calls the library, prints. No analysis here; heavy modules are imported where used."""

from __future__ import annotations

import os
import sys

from cyclopts import App, CycloptsError

from ostra.cli import (
    assessing,
    cases,
    chaining,
    changes,
    comparing,
    disrupting,
    exposing,
    facts,
    listings,
    ranking,
    reporting,
)
from ostra.errors import DataError, OstraError, UsageError
from ostra.version import __version__

app = App(
    name="ostra",
    version=f"ostra {__version__}",
    help="Strategic dependencies in emerging technologies: from a trade row to a policy instrument, all traceable.",
    help_format="plaintext",
    suppress_keyboard_interrupt=False,  # main() says what was stopped and how to go on
    help_epilogue="Exit codes: 0 done, 2 usage, 3 bad data, 4 conflict.",
)
app.command(changes.init)
app.command(listings.ecosystems)
app.command(listings.deps)
app.command(listings.materials)
app.command(chaining.chain)
app.command(disrupting.scenarios)
app.command(disrupting.simulate)
app.command(disrupting.embargo)
app.command(exposing.reliance)
app.command(exposing.extract)
app.command(assessing.assess)
app.command(comparing.matrix)
app.command(ranking.sensitivity)
app.command(comparing.compare)
app.command(comparing.context)
app.command(cases.cases)
app.command(comparing.actors)
app.command(comparing.positions)
app.command(comparing.policy)
app.command(assessing.trace)
app.command(reporting.report)
app.command(changes.new)
app.command(changes.check)
app.command(changes.importing)
data = App(name="data", help="List, import, check and export facts.", help_format="plaintext")
data.command(facts.list_datasets, name="list")
data.command(changes.import_files, name="import")
data.command(changes.check_store, name="check")
data.command(facts.balance)
data.command(changes.export_dataset, name="export")
app.command(data)


# What DuckDB raises when a file is not what it should be; its other errors are faults of ours.
DAMAGED = ("IOException", "InvalidInputException", "SerializationException")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 done, 2 usage, 3 bad data, 4 conflict."""
    try:
        app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        return complain(str(error), UsageError.exit_code)
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
