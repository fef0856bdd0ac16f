"""When a failed dispatch is tried again, and when it is given up. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from plein.foundation.words import Text

LEASE = timedelta(minutes=5)
"""How long an attempt may take before it counts as cut off; mail servers get 20 seconds for each of five answers."""
WAITS = {
    "busy": (5, 15, 60, 240, 720, 1440, 1440),
    "unreachable": (2, 5, 15, 60, 240, 720, 1440, 1440),
    "ours": (15, 60, 240, 720, 1440, 1440),
}
"""Minutes until the next attempt, by class of failure: the other side is busy, cannot be reached, or does not take us.
Each row ends after about three days; RFC 5321 4.5.4.1 advises four to five days for one that never answers, but a
resident who waits for a letter should not wait that long for our next idea."""
TOO_OLD = timedelta(days=7)
"""A message that could not even be tried for this long (no mail server set) is not sent any more of itself."""


def next_attempt(kind: str, *, attempts: int, now: datetime) -> datetime | None:
    """Tell when to try again after a failure; None is never.

    kind: "busy", "unreachable", "ours" or "refused" (for good). attempts: those made, from 1.
    """
    waits = WAITS.get(kind, ())
    return now + timedelta(minutes=waits[attempts - 1]) if attempts <= len(waits) else None


def is_too_old(created_at: datetime, now: datetime) -> bool:
    """Tell whether a message waited too long for its first attempt."""
    return now - created_at > TOO_OLD


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went.

    kind: "sent", "perhaps" (the content was handed over and no answer came), or a class of failure. failure: a code of
    FAILURES, "" when sent; answer: what the other side said; reference: its own number for the message.
    """

    kind: str
    failure: str = ""
    answer: str = ""
    reference: str = ""


FAILURES: dict[str, Text] = {
    "no-answer": Text(
        "De server kreeg het bericht, maar antwoordde niet. Misschien is het aangekomen.",
        "The server got the message but did not answer. Perhaps it arrived.",
    ),
    "cut-off": Text(
        "Het versturen werd afgebroken terwijl het bericht onderweg was. Misschien is het aangekomen.",
        "Sending was cut off while the message was on its way. Perhaps it arrived.",
    ),
    "unreachable": Text("De server was niet te bereiken.", "The server could not be reached."),
    "busy": Text("De server had het te druk of nam nu geen post aan.", "The server was busy or took no mail now."),
    "login": Text(
        "De server laat ons niet binnen. De beheerder moet de instelling nakijken.",
        "The server does not let us in. The administrator must check the setting.",
    ),
    "sender": Text(
        "De server neemt geen post van ons adres aan. De beheerder moet de instelling nakijken.",
        "The server takes no mail from our address. The administrator must check the setting.",
    ),
    "address": Text("Dit adres bestaat niet of neemt geen post aan.", "This address does not exist or takes no mail."),
    "content": Text("De server weigerde de inhoud van het bericht.", "The server refused what the message says."),
    "no-server": Text("Er is geen server ingesteld om dit te versturen.", "No server is set to send this."),
    "too-old": Text(
        "Het bericht lag een week te wachten. Wij sturen het niet meer vanzelf.",
        "The message waited for a week. We do not send it of ourselves any more.",
    ),
    "tried-enough": Text("Wij hebben het vaak genoeg geprobeerd.", "We tried often enough."),
    "not-registered": Text(
        "De verwerking ‘Berichten versturen’ is niet actief in het register.",
        "The activity ‘Sending messages’ is not active in the register.",
    ),
    "broken": Text(
        "Bij ons ging iets mis. De beheerder ziet in het logboek wat.",
        "Something went wrong on our side. The administrator sees in the log what.",
    ),
    "by-hand": Text("Een medewerker stopte het versturen.", "A member of staff stopped sending it."),
}
