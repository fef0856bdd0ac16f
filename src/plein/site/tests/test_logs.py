"""No log line and no error page tells a citizen service number, whoever lets it slip."""

import json
import logging
from typing import Any

import pytest
import structlog
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from plein.foundation.identity.access import everyone
from plein.site import urls as house
from plein.site.logs import logging_config

NUMBER = "111222333"  # passes the eleven test


@everyone
def broken_page(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(f"no room for {request.GET['bsn']}")


urlpatterns = [path("proef/stuk", broken_page), *house.urlpatterns]
handler404, handler500 = house.handler404, house.handler500


def written(record: logging.LogRecord) -> str:
    told = logging_config("INFO")["formatters"]["json"]
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=told["processors"], foreign_pre_chain=told["foreign_pre_chain"]
    )
    return formatter.format(record)


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_neither_the_error_page_nor_the_traceback_shows_it(client: Client, caplog: Any) -> None:
    client.raise_request_exception = False

    page = client.get(f"/proef/stuk?bsn={NUMBER}")
    line = written(next(record for record in caplog.records if record.exc_info))

    assert page.status_code == 500
    assert NUMBER not in page.content.decode()
    assert "no room for" in line
    assert NUMBER not in line
    assert json.loads(line)["level"] == "error"


@pytest.mark.parametrize(
    "what",
    [
        ("bsn %s", (NUMBER,)),
        ("bsn %s of %s", (int(NUMBER), {"b": NUMBER})),
        ({"event": "x", "deep": [{"bsn": int(NUMBER)}]}, ()),
    ],
)
def test_a_line_of_anybody_hides_it(what: tuple[Any, Any]) -> None:
    line = written(logging.LogRecord("x", logging.INFO, "", 1, *what, None))

    assert NUMBER not in line
    assert "*********" in line
    json.loads(line)
