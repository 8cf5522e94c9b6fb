"""How many processors this process may use."""

import os


def processors() -> int:
    """At least 1; where the system does not tell what this process may use, all that the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
