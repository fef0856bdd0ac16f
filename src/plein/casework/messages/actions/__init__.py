"""What messages do: write, send, print, call, and keep how people want to be reached.

from plein.casework.messages import actions

to = actions.Recipient(name="Ans", email="ans@example.org")
actions.send("report-received", to=to, facts={...}, zaak=zaak, by=by, now=now)
"""

from plein.casework.messages.actions.writing import Recipient, send

__all__ = ["Recipient", "send"]
