"""The interfaces of the portal: its own (data) and OGC API Features (features)."""
