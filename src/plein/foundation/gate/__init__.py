"""The only way to another room's data and to any personal data; keeps the processing log."""
