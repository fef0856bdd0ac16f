"""Pages of staff who manage types of cases, rights on cases, and the archive."""
