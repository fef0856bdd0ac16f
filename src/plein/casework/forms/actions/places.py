"""From words to a place: an address that is found gives its point, one that is not stays as words."""

from collections.abc import Iterable

from plein.casework.forms.rules.definition import Question
from plein.foundation.geo import addresses, places


def resolved(questions: Iterable[Question], fields: dict[str, list[str]]) -> dict[str, list[str]]:
    """Fill in the point of each place that was told as an address only, when there is exactly one such address."""
    found = dict(fields)
    for name in (question.key for question in questions if question.kind == "place"):
        text = " ".join(fields.get(f"{name}.address", []))
        if not text.strip() or any(fields.get(f"{name}.lat", [])):
            continue
        hits = addresses.search(text, gemeente=places.home(), limit=2)
        exact = [one for one in hits if one.search == addresses.plain(text)] or hits
        if len(exact) == 1:
            found |= {f"{name}.lat": [f"{exact[0].lat:.6f}"], f"{name}.lon": [f"{exact[0].lon:.6f}"]}
            found[f"{name}.how"] = ["address"]
    return found
