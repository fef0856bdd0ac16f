"""Real data for the reports: what came in before Plein, and what towns let people report."""

from plein.foundation.rooms import Source
from plein.foundation.words import Text
from plein.service.reports.sources import history, texts

MAP = "none stated: the public map of the municipality"


def sources() -> list[Source]:
    """List the named sources of the reports, for its sign."""
    return [
        Source(
            key="reports.area_names",
            title=Text("Namen van wijken in het meldsysteem", "Names of districts in the report system"),
            licence=MAP,
            recognise=history.is_area_names,
            load=history.load_area_names,
        ),
        Source(
            key="reports.history_map",
            title=Text("Meldingen op de openbare kaart (Signalen)", "Reports on the public map (Signalen)"),
            licence=MAP,
            recognise=history.is_map,
            load=history.load_map,
            after=["reports.area_names", "monitor.borders_gemeenten", "monitor.borders_buurten"],
        ),
        Source(
            key="reports.history_list",
            title=Text("Meldingen in een lijst (Fixi)", "Reports in a list (Fixi)"),
            licence="none stated: not to be spread further",
            recognise=history.is_list,
            load=history.load_list,
        ),
        Source(
            key="reports.texts_elsewhere",
            title=Text("Teksten van meldingen elders", "Texts of reports elsewhere"),
            licence="none stated: only to measure with",
            recognise=texts.is_texts,
            load=texts.load_texts,
        ),
        Source(
            key="reports.texts_to_try",
            title=Text("Meldingen om mee te proberen", "Reports to try out"),
            licence="EUPL-1.2",
            recognise=texts.is_trials,
            load=texts.load_trials,
        ),
    ]
