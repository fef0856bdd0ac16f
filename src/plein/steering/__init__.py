"""Deciding: strategy, plans, outreach and safety. Empty until its first room."""
