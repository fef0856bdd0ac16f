"""What changes cases: each one transaction, with its audit line, its line in the timeline and its event."""

from plein.casework.cases.actions.changing import changing, tell
from plein.casework.cases.actions.closing import close_zaak, reopen_zaak
from plein.casework.cases.actions.documents import add_document, read_document, remove_document, set_audience
from plein.casework.cases.actions.handling import (
    add_contactmoment,
    add_note,
    assign,
    correct,
    extend,
    hand_over,
    resume,
    set_planned,
    set_priority,
    set_status,
    suspend,
    take,
)
from plein.casework.cases.actions.opening import open_zaak, opened_contact
from plein.casework.cases.actions.people import add_rol, change_contact, remove_rol, take_besluit
from plein.casework.cases.actions.relating import merge_duplicate, relate, set_hoofdzaak, unrelate

__all__ = [
    "add_contactmoment",
    "add_document",
    "add_note",
    "add_rol",
    "assign",
    "change_contact",
    "changing",
    "close_zaak",
    "correct",
    "extend",
    "hand_over",
    "merge_duplicate",
    "open_zaak",
    "opened_contact",
    "read_document",
    "relate",
    "remove_document",
    "remove_rol",
    "reopen_zaak",
    "resume",
    "set_audience",
    "set_hoofdzaak",
    "set_planned",
    "set_priority",
    "set_status",
    "suspend",
    "take",
    "take_besluit",
    "tell",
    "unrelate",
]
