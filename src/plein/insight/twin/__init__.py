"""The town on a map through time: layers that rooms offer, and the open data products that have places.

Every layer has its list, its source and its moments. The first picture is drawn by the server, so the map is there
without scripts; with them it becomes a map to move through. Many points travel as vector tiles, joined in H3 cells
where they would cover each other.
"""
