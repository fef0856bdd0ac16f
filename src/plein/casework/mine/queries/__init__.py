"""Reads of Mijn Plein."""
