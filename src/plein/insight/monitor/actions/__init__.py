"""Writes of the monitor: bring in the shipped set, change and publish indicators, compute values, keep selections."""
