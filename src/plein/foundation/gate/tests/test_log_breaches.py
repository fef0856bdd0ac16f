"""Each test of a MUST of Logboek Dataverwerkingen is seen to fail on a log that breaks that MUST."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from django.db import DatabaseError
from django.db.models import Model
from django.test import Client

from plein.foundation import trace
from plein.foundation.gate import checks, door, log
from plein.foundation.gate.models import LogRecord
from plein.foundation.gate.tests import test_log_musts as musts

pytestmark = pytest.mark.usefixtures("town")
Plant = Callable[[pytest.MonkeyPatch], None]


def _no_check(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(checks, "log_is_protected", lambda _configs: [])


def _loses_lines(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LogRecord.objects, "bulk_create", lambda rows, batch_size: rows)


def _one_trace(patch: pytest.MonkeyPatch) -> None:
    always = trace.started("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    patch.setattr(log.trace, "current", lambda: always)


def _samples(patch: pytest.MonkeyPatch) -> None:
    numbers, write = count(), door._write_log
    patch.setattr(door, "_write_log", lambda *words, **more: next(numbers) % 10 or write(*words, **more))


def _one_line_for_all(patch: pytest.MonkeyPatch) -> None:
    action = log.action
    patch.setattr(log, "action", lambda name, **more: action(name, **{**more, "subjects": _first(more["subjects"])}))


def _first(subjects: Sequence[log.Subjects]) -> list[log.Subjects]:
    return [replace(one, ids=list(one.ids)[:1]) for one in subjects]


def _deaf_to_traces(patch: pytest.MonkeyPatch) -> None:
    started = trace.started
    patch.setattr(trace, "started", lambda *_words, **_more: started(""))


def _silent_on_traces(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(trace, "outgoing", lambda: {"traceparent": ""})


def _points_nowhere(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(log, "activity_uri", lambda _key: "http://localhost:8000/verwerkingen/nothing.here")


def _deletes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LogRecord, "delete", Model.delete)


def _names_people(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(log, "pseudonym", lambda _kind, subject: subject)


def _names_staff(patch: pytest.MonkeyPatch) -> None:
    action = log.action
    patch.setattr(log, "action", lambda name, **more: action(f"{name} by {musts.HELPER.uri}", **more))


BREACHES: list[tuple[Plant, Callable[..., None], dict[str, Any]]] = [
    (
        _no_check,
        musts.test_ldv_1_the_log_is_reached_over_tls_only,
        {"url": "postgres://plein@db.example/plein", "is_protected": False},
    ),
    (_loses_lines, musts.test_ldv_2_the_log_confirms_every_line, {}),
    (_one_trace, musts.test_ldv_3_every_processing_has_a_trace_and_every_action_a_span_of_its_own, {}),
    (_samples, musts.test_ldv_4_every_action_is_logged_and_never_a_sample, {}),
    (_one_line_for_all, musts.test_ldv_5_several_data_subjects_become_child_spans, {}),
    (_deaf_to_traces, musts.test_ldv_6_trace_context_is_honoured_and_sent_on, {"client": Client()}),
    (_silent_on_traces, musts.test_ldv_6_trace_context_is_honoured_and_sent_on, {"client": Client()}),
    (
        _points_nowhere,
        musts.test_ldv_7_every_line_about_a_person_refers_to_an_activity_in_the_register,
        {"client": Client()},
    ),
    (_deletes, musts.test_ldv_9_there_is_no_way_to_delete_or_alter_lines, {}),
    (_names_people, musts.test_ldv_10_lines_hold_no_names_no_content_and_no_user, {}),
    (_names_staff, musts.test_ldv_10_lines_hold_no_names_no_content_and_no_user, {}),
]


@pytest.mark.parametrize(("plant", "must", "given"), BREACHES, ids=[plant.__name__[1:] for plant, _, _ in BREACHES])
def test_a_log_that_breaks_a_must_fails_its_test(
    plant: Plant, must: Callable[..., None], given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)

    with pytest.raises((AssertionError, pytest.fail.Exception, DatabaseError)):
        must(**given)
