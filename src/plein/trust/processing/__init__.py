"""The register of processing activities and the log of what was done with personal data."""
