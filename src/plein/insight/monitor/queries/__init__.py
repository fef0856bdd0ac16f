"""Reads of the monitor. What every page needs is kept per process and read again when the stamp "monitor" changes."""
