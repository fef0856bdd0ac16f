"""What messages do: write, send, print, call, and keep how people want to be reached.

from plein.casework.messages import actions

to = actions.Recipient(name="Ans", email="ans@example.org")
actions.send("report-received", to=to, facts={...}, zaak=zaak, by=by, now=now)
"""

from plein.casework.messages.actions.preferring import (
    change_email,
    confirm_email,
    mark_read,
    remove_email,
    set_preferences,
)
from plein.casework.messages.actions.writing import Recipient, send

__all__ = [
    "Recipient",
    "change_email",
    "confirm_email",
    "mark_read",
    "remove_email",
    "send",
    "set_preferences",
]
