"""Sections of a report, as data that page, print and terminal share."""
