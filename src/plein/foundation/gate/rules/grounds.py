"""The legal grounds of AVG art. 6(1), in plain words."""

import re

from plein.foundation.words import Text

LEGAL_BASES = {
    "a": Text("U geeft toestemming", "You give consent"),
    "b": Text("Het is nodig voor een overeenkomst met u", "It is needed for a contract with you"),
    "c": Text("De wet verplicht ons ertoe", "The law obliges us"),
    "d": Text("Het is van levensbelang", "It is a matter of life and death"),
    "e": Text("Het hoort bij onze taak voor iedereen", "It is part of our task for everyone"),
    "f": Text("Wij hebben er een gerechtvaardigd belang bij", "We have a legitimate interest"),
}
NO_BASIS = Text("Het gaat niet over personen", "It is not about persons")


def letter_of(legal_basis: str) -> str:
    """Find the letter of AVG art. 6(1) in what a sign says: "6.1.e", "art. 6(1)(e)", "e"; "" when there is none."""
    found = re.search(r"(?:^|[.( ])([a-f])\)?$", legal_basis.strip().lower())
    return found[1] if found else ""


def said_basis(legal_basis: str) -> Text:
    """Say a legal ground in plain words."""
    return LEGAL_BASES.get(letter_of(legal_basis), NO_BASIS)
