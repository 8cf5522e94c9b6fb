"""Documents: dossiers, profiles, scenarios, instruments, coercion cases; from YAML and spreadsheets of strangers."""
