"""Answers as text that fits a terminal."""
