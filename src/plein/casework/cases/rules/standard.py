"""Types of cases that every municipality has by law, to start from.

Sources: klacht, Awb 9:11 (six weeks, four more) and 9:4; bezwaar, Awb 7:10 (six weeks, six more, suspension);
Woo-verzoek, Woo 4.4 (four weeks, two more, suspension for others' views). Archive terms: Selectielijst gemeenten 2020,
6.1.3 (information, P1Y), 6.2 (P1Y), 6.3 (P1Y), 13.1 (P5Y), 13.1.4 (not admissible, P1Y), 13.2 (P1Y).
"""

from plein.casework.cases.rules.specs import DecisionSpec, DocumentSpec, ResultSpec, StatusSpec, TypeSpec
from plein.foundation.words import Text

_WEEK = 7
_RECEIVED = StatusSpec(
    key="ontvangen",
    title=Text("Ontvangen", "Received"),
    says=Text("Wij hebben uw bericht ontvangen.", "We have received your message."),
)
_BUSY = StatusSpec(
    key="in-behandeling",
    title=Text("In behandeling", "Being worked on"),
    says=Text("Wij zijn ermee bezig.", "We are working on it."),
)
_DONE = StatusSpec(key="afgerond", title=Text("Afgerond", "Done"), says=Text("Wij zijn klaar.", "We are done."))
_LETTER = DocumentSpec(key="brief", title=Text("Brief aan u", "Letter to you"), richting="uitgaand")
_ATTACHED = DocumentSpec(key="bijlage", title=Text("Bijlage", "Attachment"))
_WITHDRAWN = Text("Ingetrokken", "Withdrawn")

KLACHT = TypeSpec(
    key="klacht",
    title=Text("Klacht over de gemeente", "Complaint about the municipality"),
    activity="cases.handle",
    doel="Een klacht over hoe de gemeente met iemand omging behandelen.",
    aanleiding="Iemand dient een klacht in.",
    statuses=(
        _RECEIVED,
        _BUSY,
        StatusSpec(
            key="gesprek",
            title=Text("In gesprek", "Talking"),
            says=Text("Wij nodigen u uit voor een gesprek.", "We invite you to talk."),
        ),
        _DONE,
    ),
    results=(
        ResultSpec(key="gegrond", title=Text("Gegrond", "Justified"), klasse="13.1", months=60),
        ResultSpec(key="ongegrond", title=Text("Ongegrond", "Not justified"), klasse="13.1", months=60),
        ResultSpec(key="opgelost", title=Text("Samen opgelost", "Solved together"), klasse="13.1", months=60),
        ResultSpec(key="ingetrokken", title=_WITHDRAWN, generiek="Ingetrokken", klasse="13.2", months=12),
    ),
    documents=(_ATTACHED, _LETTER),
    vertrouwelijkheid=4,
    doorlooptijd=6 * _WEEK,
    verlengingstermijn=4 * _WEEK,
    procestype="13",
)
BEZWAAR = TypeSpec(
    key="bezwaar",
    title=Text("Bezwaar tegen een besluit", "Objection to a decision"),
    activity="cases.handle",
    doel="Een besluit opnieuw bekijken als iemand het er niet mee eens is.",
    aanleiding="Iemand maakt bezwaar.",
    statuses=(
        _RECEIVED,
        _BUSY,
        StatusSpec(
            key="hoorzitting",
            title=Text("Hoorzitting", "Hearing"),
            says=Text("U kunt uw bezwaar toelichten.", "You can explain your objection."),
        ),
        _DONE,
    ),
    results=(
        ResultSpec(
            key="gegrond",
            title=Text("Gegrond", "Justified"),
            klasse="13.1",
            months=60,
            afleidingswijze="ingangsdatum_besluit",
        ),
        ResultSpec(
            key="ongegrond",
            title=Text("Ongegrond", "Not justified"),
            klasse="13.1",
            months=60,
            afleidingswijze="ingangsdatum_besluit",
        ),
        ResultSpec(
            key="niet-ontvankelijk", title=Text("Niet-ontvankelijk", "Not admissible"), klasse="13.1.4", months=12
        ),
        ResultSpec(key="ingetrokken", title=_WITHDRAWN, generiek="Ingetrokken", klasse="13.2", months=12),
    ),
    documents=(_ATTACHED, _LETTER),
    decisions=(
        DecisionSpec(
            key="besluit-op-bezwaar",
            title=Text("Besluit op bezwaar", "Decision on the objection"),
            reactietermijn=6 * _WEEK,
        ),
    ),
    vertrouwelijkheid=4,
    doorlooptijd=6 * _WEEK,
    verlengingstermijn=6 * _WEEK,
    opschorting=True,
    procestype="13",
)
WOO = TypeSpec(
    key="woo-verzoek",
    title=Text("Woo-verzoek", "Request for public information"),
    activity="cases.handle",
    doel="Informatie openbaar maken waar iemand om vraagt.",
    aanleiding="Iemand vraagt om informatie.",
    statuses=(_RECEIVED, _BUSY, _DONE),
    results=(
        ResultSpec(key="openbaar", title=Text("Openbaar gemaakt", "Made public"), klasse="6.1.3", months=12),
        ResultSpec(key="deels", title=Text("Deels openbaar gemaakt", "Made public in part"), klasse="6.1.3", months=12),
        ResultSpec(key="geweigerd", title=Text("Geweigerd", "Refused"), klasse="6.2", months=12),
        ResultSpec(key="ingetrokken", title=_WITHDRAWN, generiek="Ingetrokken", klasse="6.3", months=12),
    ),
    documents=(_ATTACHED, _LETTER),
    decisions=(DecisionSpec(key="woo-besluit", title=Text("Woo-besluit", "Decision"), reactietermijn=6 * _WEEK),),
    vertrouwelijkheid=4,
    doorlooptijd=4 * _WEEK,
    verlengingstermijn=2 * _WEEK,
    opschorting=True,
    procestype="6",
)
STANDARD = (KLACHT, BEZWAAR, WOO)
