"""Data products and history as Delta tables on disk, queried by DuckDB."""
