"""Where facts and dossiers are kept: Parquet tables with a manifest, and YAML documents."""
