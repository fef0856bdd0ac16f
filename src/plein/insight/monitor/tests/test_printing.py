"""The council's report as PDF: the same content as the page, and readable by assistive technology."""

import io
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from plein.foundation.identity.actors import SYSTEM
from plein.insight.monitor.actions import printing
from plein.insight.monitor.actions.computing import compute_all
from plein.insight.monitor.actions.importing import import_indicators
from plein.insight.monitor.queries.report import Report, report
from plein.insight.monitor.tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(town: Callable[..., None]) -> None:
    import_indicators(by=SYSTEM, now=NOW)
    compute_all(now=NOW, products=["monitor.health"])


def _report(language: str) -> Report:
    with override(language):
        return report(language=language, day=date(2026, 11, 19))


def _nodes(node: Any) -> Iterator[Any]:
    """Walk the structure tree."""
    node = node.get_object()
    if hasattr(node, "keys"):
        yield node
        children = node.get("/K", [])
        children = children if isinstance(children, list) else [children]
        for child in children:
            if hasattr(child.get_object(), "keys"):
                yield from _nodes(child)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_pdf_has_title_language_structure_and_alternative_texts(filled: None, language: str) -> None:
    from pypdf import PdfReader

    made = printing.set_report(_report(language))

    pdf = PdfReader(io.BytesIO(made))
    root = pdf.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata
    assert pdf.metadata.title == _report(language).title
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_object().get_data()
    nodes = list(_nodes(root["/StructTreeRoot"]))
    kinds = {str(node.get("/S")) for node in nodes}
    assert {"/H1", "/H2", "/H3", "/P", "/Figure", "/Table", "/TH"} <= kinds
    figures = [node for node in nodes if node.get("/S") == "/Figure"]
    assert all(str(figure.get("/Alt", "")).strip() for figure in figures)


def test_typst_itself_refuses_a_picture_without_alternative_text() -> None:
    import typst

    source = b'#set document(title: "T")\n#image(bytes("<svg xmlns=\'http://www.w3.org/2000/svg\'/>"), format: "svg")'

    with pytest.raises(typst.TypstError):
        typst.compile(source, format="pdf", pdf_standards=["ua-1"])


def test_page_and_pdf_say_the_same(client: Client, filled: None) -> None:
    from pypdf import PdfReader

    page = client.get("/en/monitor/rapport/").content.decode()
    answer = client.get("/en/monitor/rapport.pdf")

    assert answer["Content-Type"] == "application/pdf"
    text = " ".join(" ".join(one.extract_text() for one in PdfReader(io.BytesIO(answer.content)).pages).split())
    shown = _report("en")
    for entry in shown.behind:
        assert entry.title in text
        assert entry.title in page
        assert entry.value in page
        assert entry.value in text
    assert shown.summary in text
    assert shown.summary in page


def test_the_same_report_is_set_once(filled: None, monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    first = printing.report_pdf(_report("nl"))
    monkeypatch.setattr(printing, "set_report", lambda report: pytest.fail("set again"))

    assert printing.report_pdf(_report("nl")) == first


def test_a_reader_that_has_the_report_gets_nothing_new(client: Client, filled: None) -> None:
    tag = client.get("/monitor/rapport.pdf")["ETag"]

    assert client.get("/monitor/rapport.pdf", headers={"If-None-Match": tag}).status_code == 304
