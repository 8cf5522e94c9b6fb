"""Readers of multi-regional input-output tables, one for each layout."""
