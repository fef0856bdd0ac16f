"""Reads of cases: who may see which, the one guarded read, the work list and the timeline."""

from plein.casework.cases.queries.facts import facts_of
from plein.casework.cases.queries.reading import (
    Line,
    audit_trail,
    changes_since,
    documenten,
    relaties,
    rollen,
    statussen,
    subject_of,
    timeline,
    zaak_by_reference,
    zaak_for,
    zaken_by_id,
)
from plein.casework.cases.queries.rights import grounds, visible_to
from plein.casework.cases.queries.types import Catalogus, Parts, catalogus, parts_of, with_types
from plein.casework.cases.queries.worklist import Filters, Page, count_at_most, worklist

__all__ = [
    "Catalogus",
    "Filters",
    "Line",
    "Page",
    "Parts",
    "audit_trail",
    "catalogus",
    "changes_since",
    "count_at_most",
    "documenten",
    "facts_of",
    "grounds",
    "parts_of",
    "relaties",
    "rollen",
    "statussen",
    "subject_of",
    "timeline",
    "visible_to",
    "with_types",
    "worklist",
    "zaak_by_reference",
    "zaak_for",
    "zaken_by_id",
]
