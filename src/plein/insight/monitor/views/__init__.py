"""Pages of the monitor: for everyone, for the council, for the analyst."""

from plein.insight.monitor.views.making import desk, drop, edit_indicator, new_indicator, publish, retire
from plein.insight.monitor.views.reading import area, board, compare, indicator, indicator_csv, method, theme
from plein.insight.monitor.views.reporting import drop_selection, report, report_pdf, selections

__all__ = [
    "area",
    "board",
    "compare",
    "desk",
    "drop",
    "drop_selection",
    "edit_indicator",
    "indicator",
    "indicator_csv",
    "method",
    "new_indicator",
    "publish",
    "report",
    "report_pdf",
    "retire",
    "selections",
    "theme",
]
