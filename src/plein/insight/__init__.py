"""Knowing: the open data portal, the policy monitor and the map through time."""
