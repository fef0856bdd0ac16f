"""Mijn Plein: a resident's own page, with cases, messages, preferences, mandates and the account of data use."""
