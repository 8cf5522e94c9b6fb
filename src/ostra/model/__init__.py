"""Plain typed data: dossiers, profiles, evidence and results. No input or output happens here."""
