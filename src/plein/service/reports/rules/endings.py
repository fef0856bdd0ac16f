"""What each honest ending needs, and how it is told."""

from dataclasses import dataclass

from plein.foundation.words import Text


@dataclass(frozen=True, slots=True)
class EndingRule:
    """An ending: what staff choose, what the reporter reads first, and what must be filled in with it.

    sentence: with {owner}, {day} where those are needed. asks: whether "is it solved?" makes sense afterwards.
    """

    key: str
    title: Text
    sentence: Text
    needs_reason: bool = False
    needs_day: bool = False
    needs_owner: bool = False
    asks: bool = True
    by_staff: bool = True


ENDINGS = {
    rule.key: rule
    for rule in (
        EndingRule(
            "solved",
            Text("Opgelost", "Solved"),
            Text("Het is opgelost.", "It is solved."),
        ),
        EndingRule(
            "not-ours",
            Text("Niet van ons, doorgegeven", "Not ours, passed on"),
            Text(
                "Dit is niet van de gemeente, maar van {owner}. Daar ligt uw melding nu.",
                "This does not belong to the municipality but to {owner}. Your report is there now.",
            ),
            needs_owner=True,
            asks=False,
        ),
        EndingRule(
            "no-fault",
            Text("Niets gevonden", "No fault found"),
            Text("Wij zijn gaan kijken en vonden niets dat stuk was.", "We went to look and found nothing wrong."),
        ),
        EndingRule(
            "known-planned",
            Text("Bekend en gepland", "Known and planned"),
            Text("Wij wisten dit. Het werk staat gepland voor {day}.", "We knew this. The work is planned for {day}."),
            needs_day=True,
            asks=False,
        ),
        EndingRule(
            "will-not",
            Text("Doen wij niet", "Will not be done"),
            Text("Wij gaan dit niet doen.", "We are not going to do this."),
            needs_reason=True,
            asks=False,
        ),
        EndingRule(
            "merged",
            Text("Samengevoegd", "Merged"),
            Text(
                "Iemand anders meldde dit ook. U hoort het antwoord op die melding.",
                "Somebody else reported this too. You will hear the answer to that report.",
            ),
            asks=False,
            by_staff=False,
        ),
        EndingRule(
            "withdrawn",
            Text("Ingetrokken door de melder", "Withdrawn by the reporter"),
            Text("U trok deze melding in.", "You withdrew this report."),
            asks=False,
            by_staff=False,
        ),
    )
}


def missing(ending: str, *, reason: str, has_day_ahead: bool, has_owner: bool) -> str:
    """Name what an ending still lacks: "reason", "day", "owner", or "" when it is complete.

    Raises KeyError for an ending that does not exist.
    """
    rule = ENDINGS[ending]
    if rule.needs_owner and not has_owner:
        return "owner"
    if rule.needs_day and not has_day_ahead:
        return "day"
    return "reason" if rule.needs_reason and not reason.strip() else ""
