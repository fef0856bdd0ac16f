"""How the register is said in words, and in the shape of the Processing Activities Register API.

Source: rvva-openapi.json (Logius, register van verwerkingsactiviteiten v0.1); AVG art. 6(1), 13 and 30.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from plein.foundation.gate.rules.grounds import letter_of

DPV_BASES = {
    "a": "Consent",
    "b": "Contract",
    "c": "LegalObligation",
    "d": "VitalInterest",
    "e": "PublicInterest",
    "f": "LegitimateInterest",
}


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
