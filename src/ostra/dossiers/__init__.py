"""The built-in dossiers, profiles and the catalogue of instruments, as YAML."""
