"""Set the council's report as an accessible PDF (PDF/UA-1) with Typst; the same report is set once and kept on disk."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from plein.insight.monitor.queries.report import Report

TEMPLATE = Path(__file__).resolve().parent.parent / "templates" / "monitor" / "report.typ"
KEPT = 40
PATIENCE_S = 60
SETTER = """
import pathlib, sys
import typst
said = sys.stdin.buffer.read().decode()
template = pathlib.Path(sys.argv[1]).read_bytes()
made = typst.compile(template, format="pdf", pdf_standards=["ua-1"], sys_inputs={"report": said})
sys.stdout.buffer.write(made)
"""


class NotSet(RuntimeError):
    """Typst could not set the report; says why."""


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _said(report: Report) -> bytes:
    """Write everything the PDF says as JSON, with the fixed words in the report's language."""
    with override(report.language):
        words = {
            "contents": _("Contents"),
            "summary": _("In short"),
            "behind": _("These are behind"),
            "none_behind": _("No indicator is behind."),
            "method": _("How we judge"),
            "norm": _("Norm"),
            "source": _("Source"),
            "period": _("Period"),
            "value": _("Value"),
            "status": _("Status"),
            "indicator": _("Indicator"),
            "stones": _("on track, of those we know"),
            "page": _("page"),
            "on_track": _("On track"),
            "behind_word": _("Behind"),
            "unknown": _("Not known yet"),
            "subtitle": _("Report of the policy monitor for the council"),
            "day": date_format(report.day, "j F Y"),
        }
    return json.dumps({**asdict(report), "words": words}, default=_plain, sort_keys=True).encode()


def fingerprint(report: Report) -> str:
    """Give a stamp that is new whenever the report or its design is."""
    return sha256(_said(report) + TEMPLATE.read_bytes()).hexdigest()[:32]


def report_pdf(report: Report) -> bytes:
    """Give the report as PDF/UA-1; set anew only when something in it changed.

    Typst itself refuses a document without title, language or alternative texts.
    """
    path = Path(settings.DATA) / "cache" / "monitor" / f"report-{fingerprint(report)}.pdf"
    if path.is_file():
        return path.read_bytes()
    made = set_report(report)
    path.parent.mkdir(parents=True, exist_ok=True)
    passing = path.with_suffix(f".{os.getpid()}")
    passing.write_bytes(made)
    passing.replace(path)
    _tidy(path.parent)
    return made


def set_report(report: Report) -> bytes:
    """Set the report with Typst, in a process of its own: fonts and compiler take 40 MB that nothing else needs.

    Raises NotSet when something the standard demands is missing.
    """
    words = [sys.executable, "-I", "-c", SETTER, str(TEMPLATE)]
    done = subprocess.run(words, input=_said(report), capture_output=True, timeout=PATIENCE_S, check=False)  # noqa: S603
    if done.returncode:
        raise NotSet(done.stderr.decode("utf-8", "replace").strip().rsplit("\n", maxsplit=1)[-1])
    return done.stdout


def _tidy(folder: Path) -> None:
    """Keep only the newest reports."""
    for old in sorted(folder.glob("report-*.pdf"), key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        old.unlink(missing_ok=True)
