"""Facts: Parquet tables with a manifest, their import, check and export."""
