"""What the gate decides, without a database."""

from plein.foundation.gate.rules.chain import START, canonical, cut_before, line_hash, pseudonym, retention_ms, seal
from plein.foundation.gate.rules.register import (
    View,
    agreement_holds,
    digest,
    is_for,
    view_of,
)
from plein.foundation.gate.rules.small import Block, Decision, Label, decide, hidden_cells, label_of

__all__ = [
    "START",
    "Block",
    "Decision",
    "Label",
    "View",
    "agreement_holds",
    "canonical",
    "cut_before",
    "decide",
    "digest",
    "hidden_cells",
    "is_for",
    "label_of",
    "line_hash",
    "pseudonym",
    "retention_ms",
    "seal",
    "view_of",
]
