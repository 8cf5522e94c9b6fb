"""Files as such: written whole or not at all, locked, harmless to spreadsheets."""
