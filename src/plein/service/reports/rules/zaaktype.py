"""The type of case of a report: its stages, its honest endings, and how long each is kept."""

from plein.casework.cases.rules.specs import DocumentSpec, ResultSpec, RoleSpec, StatusSpec, TypeSpec
from plein.foundation.words import Text
from plein.service.reports.rules.endings import ENDINGS
from plein.service.reports.rules.keeping import keeping_for

KEY = "melding"
NEW, BUSY, PASSED_ON, CLOSED = "new", "busy", "passed-on", "closed"
GENERIC = {"solved": "Afgehandeld", "withdrawn": "Ingetrokken", "merged": "Afgebroken", "will-not": "Niet doorgegaan"}


def _months(ending: str) -> int:
    """Give the archive term in whole months: as long as the text of the report is kept, at least one."""
    return max(1, round(keeping_for(ending).text_days / 30.4))


MELDING = TypeSpec(
    key=KEY,
    title=Text("Melding openbare ruimte", "Report of public space"),
    activity="reports.handle",
    doel="Herstellen wat stuk of vervelend is in de openbare ruimte.",
    aanleiding="Iemand ziet iets dat niet in orde is.",
    statuses=(
        StatusSpec(
            key=NEW,
            title=Text("Gemeld", "Reported"),
            says=Text("Wij hebben uw melding.", "We have your report."),
            informeren=False,
        ),
        StatusSpec(
            key=BUSY,
            title=Text("In behandeling", "Being handled"),
            says=Text("Wij zijn ermee bezig.", "We are working on it."),
        ),
        StatusSpec(
            key=PASSED_ON,
            title=Text("Doorgegeven", "Passed on"),
            says=Text(
                "Dit is niet van de gemeente. Wij hebben uw melding doorgegeven.",
                "This does not belong to the municipality. We passed your report on.",
            ),
        ),
        StatusSpec(
            key=CLOSED,
            title=Text("Afgehandeld", "Closed"),
            says=Text("Uw melding is afgehandeld.", "Your report was closed."),
        ),
    ),
    results=tuple(
        ResultSpec(
            key=rule.key,
            title=rule.title,
            generiek=GENERIC.get(rule.key, "Afgehandeld"),
            klasse="11.1.4",
            months=_months(rule.key),
        )
        for rule in ENDINGS.values()
    ),
    roles=(
        RoleSpec(key="initiator", title=Text("Melder", "Reporter"), generiek="initiator"),
        RoleSpec(key="behandelaar", title=Text("Behandelaar", "Handler"), generiek="behandelaar"),
        RoleSpec(key="belanghebbende", title=Text("Volger", "Follower"), generiek="belanghebbende"),
    ),
    documents=(DocumentSpec(key="foto", title=Text("Foto", "Photo")),),
    servicenorm=5,
    in_werkdagen=True,
    procestype="11",
)
