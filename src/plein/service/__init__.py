"""Arranging things: products, reports, appointments, permits. Empty until its first room."""
