"""What the reports announce. Never what was said, nor who said it."""

from dataclasses import dataclass

from plein.foundation.events import Event
from plein.foundation.words import Text


@dataclass(frozen=True)
class _OfAReport(Event):
    """Something that happened to a report."""

    type = "nl.plein.reports.none"
    title = Text("Een melding", "A report")

    report: str
    reference: str
    category: str
    buurt_code: str

    @property
    def subject(self) -> str:
        """Name the report by its public key."""
        return f"report/{self.report}"


@dataclass(frozen=True)
class ReportFiled(_OfAReport):
    """Somebody reported something; source: web, phone, desk, api and so on."""

    type = "nl.plein.reports.report-filed"
    title = Text("Er is iets gemeld", "Something was reported")

    source: str
    priority: int


@dataclass(frozen=True)
class ReportRouted(_OfAReport):
    """A report went to a team, or outside to its owner."""

    type = "nl.plein.reports.report-routed"
    title = Text("Een melding is toegewezen", "A report was routed")

    team: str
    owner: str


@dataclass(frozen=True)
class ReportClosed(_OfAReport):
    """A report ended; in_time: before or on the promised day."""

    type = "nl.plein.reports.report-closed"
    title = Text("Een melding is afgehandeld", "A report was closed")

    ending: str
    team: str
    days: float
    in_time: bool


@dataclass(frozen=True)
class ReportReopened(_OfAReport):
    """A report was opened again; by_reporter: because it was not solved."""

    type = "nl.plein.reports.report-reopened"
    title = Text("Een melding is heropend", "A report was reopened")

    team: str
    by_reporter: bool


@dataclass(frozen=True)
class ReportJudged(_OfAReport):
    """A reporter said whether it is solved."""

    type = "nl.plein.reports.report-judged"
    title = Text("Een melder zei of het is opgelost", "A reporter said whether it is solved")

    satisfied: bool
