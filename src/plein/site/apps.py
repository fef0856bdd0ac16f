"""The sign of the house itself."""

from plein.foundation.rooms import Room
from plein.foundation.words import Text


class Site(Room):
    """The house assembled."""

    name = "plein.site"
    label = "site"
    title = Text("Plein", "Plein")
    purpose = Text("Het huis als geheel: begin, zoeken en beheer.", "The house as a whole: home, search and upkeep.")
    owner = "role:administrator"
    rights = {"site.metrics": ["administrator"]}
    right_titles = {"site.metrics": Text("Lezen hoe de server het doet", "Read how the server is doing")}
