"""Blocs and countries as an input-output table knows them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from io_worlds import random_table
from ostra.ecosystem.input_output.groups import group, members_in
from ostra.errors import NotFoundError
from ostra.words import economies


def test_a_bloc_is_found_whole_or_by_its_members() -> None:
    """EU27 is one economy where the table has it so, else those of its members that the table lists."""
    eu = economies.home("EU27")
    split = replace(random_table(4), economies=("DEU", "USA", "FRA"), destinations=("DEU", "USA", "FRA"))
    found = group(split, eu)
    assert members_in(split, eu) == found.economies == ("DEU", "FRA")
    assert "does not tell apart AUT, BEL" in found.caveats[0]
    whole = replace(split, economies=("EU27", "USA", "JPN"))
    assert (group(whole, eu).economies, group(whole, eu).caveats) == (("EU27",), ())
    with pytest.raises(NotFoundError, match="does not tell DEU"):
        members_in(whole, economies.home("Germany"))
