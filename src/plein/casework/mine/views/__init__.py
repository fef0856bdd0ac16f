"""The pages of Mijn Plein."""
