"""How the register is said in words, and in the shape of the Processing Activities Register API.

Source: rvva-openapi.json (Logius, register van verwerkingsactiviteiten v0.1); AVG art. 6(1), 13 and 30.
"""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from plein.foundation.words import Text

LEGAL_BASES = {
    "a": Text("U geeft toestemming", "You give consent"),
    "b": Text("Het is nodig voor een overeenkomst met u", "It is needed for a contract with you"),
    "c": Text("De wet verplicht ons ertoe", "The law obliges us"),
    "d": Text("Het is van levensbelang", "It is a matter of life and death"),
    "e": Text("Het hoort bij onze taak voor iedereen", "It is part of our task for everyone"),
    "f": Text("Wij hebben er een gerechtvaardigd belang bij", "We have a legitimate interest"),
}
DPV_BASES = {
    "a": "Consent",
    "b": "Contract",
    "c": "LegalObligation",
    "d": "VitalInterest",
    "e": "PublicInterest",
    "f": "LegitimateInterest",
}
NO_BASIS = Text("Het gaat niet over personen", "It is not about persons")


def letter_of(legal_basis: str) -> str:
    """Find the letter of AVG art. 6(1) in what a sign says: "6.1.e", "art. 6(1)(e)", "e"; "" when there is none."""
    found = re.search(r"(?:^|[.( ])([a-f])\)?$", legal_basis.strip().lower())
    return found[1] if found else ""


def said_basis(legal_basis: str) -> Text:
    """Say a legal ground in plain words."""
    return LEGAL_BASES.get(letter_of(legal_basis), NO_BASIS)


def version_in_shape(
    definition: Mapping[str, Any], *, version: int, valid_from: str, controller: UUID
) -> dict[str, Any]:
    """Write one version as the register API's ProcessingActivityVersion; what is unknown is left out."""
    persons = definition.get("persons")
    made: dict[str, Any] = {
        "version": version,
        "name": definition["title"]["nl"],
        "purpose": definition["dpv"],
        "dataSubjects": ["Citizen"] if persons else [],
        "legalBasis": [DPV_BASES[letter]] if (letter := letter_of(definition["legal_basis"])) else [],
        "processingOptions": ["Obtain", "Store", "Use", *(["Disclose"] if definition.get("recipients") else [])],
        "personalData": _personal_data(definition) if persons else {"categories": []},
        "recipients": {"legalRole": "DataController", "entityId": str(controller)},
        "measures": _measures(definition),
    }
    if valid_from:
        made["validFrom"] = valid_from
    return made


def _personal_data(definition: Mapping[str, Any]) -> dict[str, Any]:
    days = definition.get("retention_days")
    kept = {"retentionPeriod": f"P{days}D"} if days is not None else {}
    return {"categories": [definition["data"]["nl"]], **kept}


def _measures(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    security = definition.get("security")
    if not security:
        return []
    risks = [{"assessment": definition["assessment"]}] if definition.get("assessment", "").startswith("http") else []
    return [{"measureType": "Technical", "measure": security["nl"], "risks": risks}]


def matches(definition: Mapping[str, Any], wanted: str) -> bool:
    """Tell whether an activity speaks of all words that somebody searches for, in either language."""
    texts = [definition["key"], definition.get("law", ""), *definition.get("products", ())]
    for name in ("title", "purpose", "data", "persons", "recipients"):
        texts += list((definition.get(name) or {}).values())
    whole = " ".join(texts).lower()
    return all(word in whole for word in wanted.lower().split())
