"""What people ask and object to about the use of their data, as a type of case.

Source: AVG art. 12(3), an answer without delay and within one month; art. 15 (access) and 21 (objection).
Selectielijst gemeenten en intergemeentelijke organen 2020, 8.1 (dealing with a request): five years.
"""

from plein.casework.cases.rules.specs import ResultSpec, StatusSpec, TypeSpec
from plein.casework.cases.rules.terms import MONTHS, Term
from plein.foundation.words import Text

MONTH = Term(1, MONTHS)
QUESTION, OBJECTION = "vraag", "bezwaar"
KINDS = {
    QUESTION: Text("Vraag over gegevens", "Question about data"),
    OBJECTION: Text("Bezwaar tegen gebruik van gegevens", "Objection to the use of data"),
}
FIVE_YEARS = 60

PRIVACY_REQUEST = TypeSpec(
    key="privacyverzoek",
    title=Text("Vraag of bezwaar over gegevens", "Question or objection about data"),
    activity="mine.privacy-requests",
    doel="Antwoord geven op een vraag of bezwaar over het gebruik van persoonsgegevens.",
    aanleiding="Iemand vraagt iets of maakt bezwaar vanuit het overzicht van gebruik in Mijn Plein.",
    statuses=(
        StatusSpec(
            key="ontvangen",
            title=Text("Ontvangen", "Received"),
            says=Text(
                "Wij hebben uw vraag of bezwaar ontvangen. U krijgt binnen een maand antwoord.",
                "We have received your question or objection. You get an answer within a month.",
            ),
        ),
        StatusSpec(
            key="in-onderzoek",
            title=Text("Wij zoeken het uit", "We are looking into it"),
            says=Text("Wij zoeken uit hoe uw gegevens zijn gebruikt.", "We are finding out how your data was used."),
        ),
        StatusSpec(
            key="beantwoord",
            title=Text("Beantwoord", "Answered"),
            says=Text("Wij hebben u antwoord gegeven.", "We have given you an answer."),
        ),
    ),
    results=(
        ResultSpec(key="beantwoord", title=Text("Vraag beantwoord", "Question answered"), months=FIVE_YEARS),
        ResultSpec(
            key="toegekend",
            title=Text("Bezwaar gehonoreerd: het gebruik stopt", "Objection upheld: the use stops"),
            generiek="Gegrond",
            months=FIVE_YEARS,
        ),
        ResultSpec(
            key="afgewezen",
            title=Text("Bezwaar afgewezen", "Objection turned down"),
            generiek="Ongegrond",
            months=FIVE_YEARS,
        ),
        ResultSpec(
            key="ingetrokken", title=Text("Ingetrokken", "Withdrawn"), generiek="Ingetrokken", months=FIVE_YEARS
        ),
    ),
    verlengingstermijn=60,
)
