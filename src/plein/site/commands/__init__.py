"""One module for each command of `plein`; each holds `command`."""
