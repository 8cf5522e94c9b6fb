"""Answers as people read them: charts, pages and workbooks, and text for a terminal."""
