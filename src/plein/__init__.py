"""Plein makes a municipality digital with its data in its own hands."""

__version__ = "0.1.0"
