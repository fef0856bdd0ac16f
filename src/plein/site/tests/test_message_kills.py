"""A worker that is killed with -9 at each step of sending: no message is lost, and none goes twice of itself."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from plein.casework.messages.tests.servers import mail_server, sms_server
from plein.site.benches.houses import environment_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

# A process that stands ready and does each job in a child of its own, with real transactions in a database of its own.
NEST = """
import json, os, signal, sys, traceback, django; django.setup()
from datetime import timedelta
from importlib import import_module
from django.conf import settings
from django.core.management import call_command
from plein.casework.messages import actions, jobs
from plein.casework.messages.actions import delivering
from plein.casework.messages.models import Dispatch
from plein.foundation import clock
from plein.foundation.gate import registry
from plein.foundation.gate.models import ProcessingActivity
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.jobs import queue

FACTS = {"category": "Lamp", "place": "Kerkstraat 12", "link": "https://plein.example/x"}
OFFICER = Actor("staff", "9", roles=frozenset({"privacy-officer"}))

def prepare():
    call_command("migrate", verbosity=0)
    now = clock.now()
    registry.sync(now=now)
    row = ProcessingActivity.objects.get(key=delivering.ACTIVITY, state="proposed")
    registry.approve(row.pk, by=OFFICER, now=now - timedelta(days=1))

def write(channel):
    to = actions.Recipient(name="Ans", email="ans@example.org", phone="0612345678", channels=(channel,))
    message = actions.send("report-received", to=to, facts=FACTS, by=SYSTEM, now=clock.now())
    return message.dispatches.get().pk

def work(minutes, place):
    settings.EMAIL_PORT = int(os.environ["MAIL_PORT"])
    if place:
        module, _, name = place.rpartition(":")
        setattr(import_module(module), name, lambda *args, **named: os.kill(os.getpid(), signal.SIGKILL))
    now = clock.now() + timedelta(minutes=minutes)
    queue.release_lost(now)
    jobs.look(now)
    while queue.run_one(worker=queue.worker_name(), now=now):
        pass

def state(key):
    found = Dispatch.objects.get(pk=key)
    return [found.state, found.attempts, found.phase]

def child(out, name, words):
    status = 1
    try:
        os.write(out, json.dumps(globals()[name](*words)).encode())
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)

print("ready", flush=True)
for line in sys.stdin:
    back, out = os.pipe()
    pid = os.fork()
    if not pid:
        child(out, *json.loads(line))
    os.close(out)
    print(json.dumps(pid), flush=True)
    with os.fdopen(back) as said:
        answer = said.read()
    print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), answer]), flush=True)
"""
DELIVERING, MAILING = "plein.casework.messages.actions.delivering", "plein.casework.messages.actions.mailing"
TEXTING = "plein.casework.messages.actions.texting"


class House:
    """A house of its own with a process that stands ready in it; `pid` is that of the child at work."""

    def __init__(self, data: Path, **settings: str) -> None:
        environment = {**environment_of(data), "DJANGO_SETTINGS_MODULE": "plein.site.settings", **settings}
        self._nest = subprocess.Popen(
            [sys.executable, "-c", NEST], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
        )
        assert self._nest.stdout is not None
        assert self._nest.stdout.readline() == "ready\n"
        self.pid = 0

    def do(self, name: str, *words: Any) -> tuple[int, Any]:
        """Do one job in a child; gives how it ended (-9 is killed) and what it said."""
        assert self._nest.stdin is not None
        assert self._nest.stdout is not None
        self._nest.stdin.write(json.dumps([name, words]) + "\n")
        self._nest.stdin.flush()
        self.pid = int(self._nest.stdout.readline())
        code, said = json.loads(self._nest.stdout.readline())
        return code, json.loads(said) if said else None

    def close(self) -> None:
        assert self._nest.stdin is not None
        self._nest.stdin.close()
        self._nest.wait(10)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Any, Any]]:
    with mail_server() as mail, sms_server() as sms:
        given = {"PLEIN_SMTP_URL": f"smtp://127.0.0.1:{mail.port}", "MAIL_PORT": str(mail.port)}
        provider = {"PLEIN_SMS_URL": sms.url, "PLEIN_SMS_TOKEN": "key", "PLEIN_SMS_ACCOUNT": "SPNL0000000"}
        house = House(tmp_path_factory.mktemp("kills"), **given, **provider)
        assert house.do("prepare")[0] == 0
        yield house, mail, sms
        house.close()


def killer(house: House, wanted: str) -> Callable[[str], None]:
    """Kill the worker when the mail server has reached a step."""

    def reached(step: str) -> None:
        if step == wanted:
            os.kill(house.pid, signal.SIGKILL)

    return reached


def clean(house: House, key: int) -> list[Any]:
    """Let the next workers find what was left: after the lease, and again a day later."""
    for minutes in (2, 6, 30, 24 * 60, 24 * 60 + 5):
        assert house.do("work", minutes, "")[0] == 0
    return list(house.do("state", key)[1])


@pytest.mark.parametrize("step", ["mail", "rcpt"])
def test_killed_before_the_content_the_mail_goes_once(servers: tuple[House, Any, Any], step: str) -> None:
    house, mail, _sms = servers
    mail.mails.clear()
    key = house.do("write", "email")[1]
    mail.reached = killer(house, step)

    assert house.do("work", 0, "")[0] == -signal.SIGKILL
    mail.reached = lambda step: None

    assert clean(house, key)[:2] == ["sent", 2]
    assert len(mail.mails) == 1


@pytest.mark.parametrize("place", [f"{DELIVERING}:_attempt", f"{MAILING}:_transfer"])
def test_killed_right_after_the_claim_the_mail_goes_once(servers: tuple[House, Any, Any], place: str) -> None:
    house, mail, _sms = servers
    mail.mails.clear()
    key = house.do("write", "email")[1]

    assert house.do("work", 0, place)[0] == -signal.SIGKILL

    assert clean(house, key)[:2] == ["sent", 2]
    assert len(mail.mails) == 1


@pytest.mark.parametrize(
    ("place", "arrived"),
    [
        (f"{MAILING}:_content", 0),  # about to send the content
        ("server", 1),  # the server has it all and did not answer yet
        (f"{DELIVERING}:_settle", 1),  # the server said yes, and we had not written that down
    ],
)
def test_killed_around_the_content_the_mail_never_goes_again_of_itself(
    servers: tuple[House, Any, Any], place: str, arrived: int
) -> None:
    house, mail, _sms = servers
    mail.mails.clear()
    key = house.do("write", "email")[1]
    mail.reached = killer(house, "data" if place == "server" else "")

    assert house.do("work", 0, "" if place == "server" else place)[0] == -signal.SIGKILL
    mail.reached = lambda step: None

    assert clean(house, key) == ["perhaps", 1, "handed"]
    assert len(mail.mails) == arrived


@pytest.mark.parametrize("place", [f"{TEXTING}:_read", f"{DELIVERING}:_settle"])
def test_killed_after_the_provider_took_it_the_sms_is_found_there(servers: tuple[House, Any, Any], place: str) -> None:
    house, _mail, sms = servers
    sms.taken.clear()
    key = house.do("write", "sms")[1]

    assert house.do("work", 0, place)[0] == -signal.SIGKILL

    assert clean(house, key) == ["sent", 1, ""]
    assert len(sms.taken) == 1


def test_killed_before_the_provider_took_it_the_sms_goes_once(servers: tuple[House, Any, Any]) -> None:
    house, _mail, sms = servers
    sms.taken.clear()
    key = house.do("write", "sms")[1]

    assert house.do("work", 0, "httpx:Client")[0] == -signal.SIGKILL

    assert clean(house, key)[:2] == ["sent", 2]
    assert len(sms.taken) == 1
