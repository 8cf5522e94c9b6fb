"""Assessments side by side, and parts of one, as listings: matrix, comparison, actors, positions, instruments."""

from __future__ import annotations

from ostra.views.assessed import about, assessments
from ostra.views.dossiers import actors, positions, positions_beside
from ostra.views.instruments import ANSWER_SCHEMA, answers, answers_of, policy, policy_of
from ostra.views.side_by_side import compare, in_words, matrix, matrix_of, matrix_words

__all__ = [
    "ANSWER_SCHEMA",
    "about",
    "actors",
    "answers",
    "answers_of",
    "assessments",
    "compare",
    "in_words",
    "matrix",
    "matrix_of",
    "matrix_words",
    "policy",
    "policy_of",
    "positions",
    "positions_beside",
]
