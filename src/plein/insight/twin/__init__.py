"""The town on a map through time."""
