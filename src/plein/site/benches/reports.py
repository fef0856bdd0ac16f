"""Reports over the interfaces: filed, read, listed and drawn on the map, on PostgreSQL and on SQLite.

A house with 17,000 open reports. Machines with a token of a member of staff file in the shape of Signalen v1, read one
case, and ask for a page of a hundred with filters; rights, audit, events and the processing log are included. The map
is asked for by visitors. On SQLite 20 members of staff walk through their desk while reports come in.
"""

import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from plein.site.benches import Figure, leave_out
from plein.site.benches.house import Web
from plein.site.benches.houses import environment_of, python
from plein.site.benches.servers import own_postgres

OPEN = 17_000
AT_ONCE = 16
FILED, READ, LISTED, DRAWN = 2_000, 6_000, 400, 600
DESKS, RUNS = 20, 3
MACHINE = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"

PREPARE = """
import json, sys
import django; django.setup()
from datetime import timedelta
import secrets
import shapely
from allauth.mfa.models import Authenticator
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
from django.core.management import call_command
call_command("migrate", verbosity=0)
from plein.casework.cases.actions.types import ensure_zaaktype
from plein.casework.cases.models import Zaak
from plein.casework.cases.queries import catalogus
from plein.foundation import clock
from plein.foundation.gate import registry
from plein.foundation.gate.models import ProcessingActivity
from plein.foundation.geo.actions import Border, store_areas
from plein.foundation.identity import teams
from plein.foundation.identity.actions import create_staff, create_token
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.models import Team
from plein.service.reports.actions.categories import load_set, set_from_file
from plein.service.reports.models import Category, Report
from plein.service.reports.rules.zaaktype import KEY, MELDING
now, count = clock.now(), int(sys.argv[1])
shape = shapely.box(5.20, 52.50, 5.40, 52.60)
border = Border(code="BU99990000", kind="buurt", name="Bench", gemeente_code="GM9999", year=2024, geometry=shape)
store_areas([border], kind="buurt", by=SYSTEM, now=now)
load_set(set_from_file("pleinstad"), by=SYSTEM, now=now)
ensure_zaaktype(MELDING, by=SYSTEM, now=now)
registry.sync(now=now)
officer = Actor("staff", "9001", roles=frozenset({"privacy-officer"}))
for row in ProcessingActivity.objects.filter(state="proposed"):
    registry.approve(row.pk, by=officer, now=now)
kinds = list(Category.objects.filter(set_key="pleinstad").select_related("team"))
team = next(kind.team for kind in kinds if kind.team)
parts = catalogus().on(KEY, clock.local_date(now))
today = clock.local_date(now)
made = []
for n in range(count):
    kind = kinds[n * 7919 % len(kinds)]
    at = now - timedelta(minutes=5 * n + 60)
    made.append(Zaak(
        identificatie=f"BENCH-{n}", zaaktype=parts.zaaktype, status=parts.first_status, omschrijving=kind.title_nl,
        kanaal="web", opened_by="plein:anonymous:", registered_at=at, changed_at=at, registratiedatum=today,
        startdatum=today, vertrouwelijkheid=parts.zaaktype.vertrouwelijkheid, team=kind.team or team,
        priority=1 + n % 3, buurt_code="BU99990000", wijk_code="WK999900",
        lon=5.205 + n * 7919 % 1000 / 5200, lat=52.505 + n * 104729 % 1000 / 10600,
    ))
rows = Zaak.objects.bulk_create(made, batch_size=500)
Report.objects.bulk_create([
    Report(
        zaak=row, public_key=f"b{n:015d}", secret_digest=f"{n:064d}", category=kinds[n * 7919 % len(kinds)],
        public_text="", lon=row.lon, lat=row.lat, buurt_code=row.buurt_code, wijk_code=row.wijk_code,
        reported_at=row.registered_at, changed_at=row.changed_at, likeness=n,
    )
    for n, row in enumerate(rows)
], batch_size=500)
end = now + timedelta(days=1)
cookies, token = [], ""
for n in range(int(sys.argv[2])):
    staff = create_staff(f"bench-{n}", password=secrets.token_urlsafe(), roles=["case-worker"], by=SYSTEM, now=now)
    for one in Team.objects.all():
        teams.join_team(one, staff, by=SYSTEM, now=now)
    Authenticator.objects.create(user=staff, type="totp", data={})
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(staff.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session["account_authentication_methods"] = [{"method": "mfa", "at": now.timestamp()}]
    session.create()
    cookies.append(session.session_key)
    if not token:
        scopes = ["cases.read", "cases.open", "cases.handle"]
        token = create_token(staff, name="bench", scopes=scopes, expires_at=end, by=SYSTEM, now=now).secret
uuids = [str(one) for one in Zaak.objects.order_by("?").values_list("uuid", flat=True)[:500]]
sys.stdout.write(json.dumps({"token": token, "cookies": cookies, "uuids": uuids, "kind": kinds[0].slug}))
"""

COUNT = """
import django; django.setup()
from plein.foundation.gate.models import LogIntake, LogRecord
from plein.service.reports.models import Report
print(Report.objects.count(), LogIntake.objects.count() + LogRecord.objects.filter(parent_span_id="").count())
"""
Request = tuple[str, str, dict[str, str], str]


class Callers:
    """A load generator, ready to go."""

    def __init__(self, folder: Path, port: int, requests: list[Request], *, at_once: int = AT_ONCE) -> None:
        file = folder / "requests.jsonl"
        file.write_text("".join(json.dumps(one) + "\n" for one in requests), encoding="utf-8")
        words = [sys.executable, "-m", "plein.site.benches.callers", str(port), str(at_once), str(file)]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603
        if self.process.stdout is None or self.process.stdout.readline() != "ready\n":
            raise RuntimeError("the load generator did not start")

    def go(self, *, wanted: str) -> dict[str, Any]:
        """Send all; gives what came of it.

        Raises RuntimeError when any answer had another status.
        """
        said, _ = self.process.communicate("go\n")
        found: dict[str, Any] = json.loads(said)
        if set(found["statuses"]) != {wanted}:
            raise RuntimeError(f"wanted only {wanted}, got {found['statuses']}")
        return found


def cpu_s(pids: list[int]) -> float:
    """Give the processor time that processes and their children used until now, in seconds; 0 where /proc is not."""
    ticks, children = os.sysconf("SC_CLK_TCK"), _children()
    todo, total = list(pids), 0.0
    while todo:
        pid = todo.pop()
        todo += children.get(pid, [])
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15])) / ticks
    return total


def _children() -> dict[int, list[int]]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)  # noqa: S607
    found: dict[int, list[int]] = {}
    for line in listed.stdout.splitlines():
        pid, parent = map(int, line.split())
        found.setdefault(parent, []).append(pid)
    return found


def _signal(kind: str, n: int, token: str) -> Request:
    """Write a report of its own: no two say the same."""
    words = [chr(97 + (n >> shift) % 26) * 5 for shift in (0, 3, 7, 11, 15)]
    body = {
        "text": f"Melding {n}: {' '.join(words)} het is hier niet in orde, kunt u kijken?",
        "category": {"sub_category": f"/terms/categories/x/sub_categories/{kind}"},
        "location": {"geometrie": {"type": "Point", "coordinates": [5.21 + n % 900 / 5000, 52.51 + n % 700 / 9000]}},
        "reporter": {"email": f"melder{n}@example.org"},
    }
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return ("POST", "/api/signals/v1/public/signals/", headers, json.dumps(body))


class _House:
    """A prepared house with one web process, and what is measured on it."""

    def __init__(self, folder: Path, environment: dict[str, str], where: str, database_pids: list[int]) -> None:
        self.folder, self.where, self.pids = folder, where, database_pids
        self.environment = environment
        self.told: dict[str, Any] = json.loads(python(environment, "-c", PREPARE, str(OPEN), str(DESKS)))
        self.web = Web(environment)
        self.headers = {"Authorization": f"Bearer {self.told['token']}"}
        self.sent = 0

    def filing(self) -> list[Request]:
        """Give the next reports to file."""
        self.sent += FILED
        return [_signal(self.told["kind"], n, self.told["token"]) for n in range(self.sent - FILED, self.sent)]

    def measure(self, requests: list[Request], *, wanted: str = "200") -> tuple[float, float, list[float]]:
        """Send requests; gives how many a second, processor ms each (web and database), and the ms of each."""
        callers = Callers(self.folder, self.web.port, requests)
        before = cpu_s([self.web.process.pid, *self.pids])
        found = callers.go(wanted=wanted)
        used = cpu_s([self.web.process.pid, *self.pids]) - before
        return len(requests) / found["seconds"], used / len(requests) * 1000, found["ms"]

    def said(self, what: str, rates: list[float]) -> str:
        """State the conditions."""
        spread = f"median of {len(rates)}, lowest {min(rates):,.0f}, highest {max(rates):,.0f}"
        load = f"{AT_ONCE} connections of one load generator on the same machine"
        return f"{MACHINE}; {self.where}; one Granian worker, 4 threads; {load}; {what}; {spread}"


def _figures(house: _House, name: str) -> Iterator[Figure]:
    yield from _filed(house, name)
    uuids = house.told["uuids"]
    wanted = [f"/api/cases/v1/cases/{uuids[n % len(uuids)]}" for n in range(READ)]
    reads = [_get(path, house.headers) for path in wanted]
    yield _rate(house, reads, f"one case read, {name}", f"{READ:,} reads a run of {len(uuids)} cases, each logged")
    asked = "state=open&zaaktype=melding&priority=2&limit=100"
    lists = [_get(f"/api/cases/v1/cases?{asked}", house.headers)] * LISTED
    took = sorted(Callers(house.folder, house.web.port, lists, at_once=1).go(wanted="200")["ms"])
    said = house.said(f"{LISTED} lists over one connection, a hundred of over {OPEN:,}", [took[0], took[-1]])
    yield Figure(f"a hundred cases listed, {name}", statistics.median(took), "ms", "lower", said)
    drawn = [_get("/api/signals/v1/public/signals/geography/", {"Accept-Encoding": "gzip"})] * DRAWN
    yield _rate(house, drawn, f"map of {OPEN:,} reports, {name}", f"{DRAWN} whole maps a run, packed")
    answers, own = house.web.memory_mb()
    what = f"{MACHINE}; {house.where}; resident memory after all of the above; its supervisor {own:.0f} MB"
    yield Figure(f"memory of the web process, {name}", answers, "MB", "lower", what)


def _filed(house: _House, name: str) -> Iterator[Figure]:
    filed = [house.measure(house.filing(), wanted="201") for _ in range(RUNS + 1)][1:]
    rates = [rate for rate, _cpu, _ms in filed]
    every = sorted(ms for _rate, _cpu, each in filed for ms in each)
    said = house.said(f"{FILED:,} reports a run with an e-mail address, by a token, {OPEN:,} open ones there", rates)
    cpu_ms = statistics.median(cpu for _rate, cpu, _ms in filed)
    yield Figure(f"reports filed, {name}", statistics.median(rates), "reports/s", "higher", said)
    yield Figure(f"processor per report, web and database, {name}", cpu_ms, "ms", "lower", said)
    yield Figure(f"p99 of filing, {name}", every[int(len(every) * 0.99)], "ms", "lower", said)


def _get(path: str, headers: dict[str, str]) -> Request:
    return ("GET", path, headers, "")


def _rate(house: _House, requests: list[Request], name: str, what: str) -> Figure:
    rates = [house.measure(requests)[0] for _ in range(RUNS + 1)][1:]
    return Figure(name, statistics.median(rates), "requests/s", "higher", house.said(what, rates))


def _mixed(house: _House) -> Figure:
    """Measure filing while 20 members of staff open their list and cases, each a few times a minute and more."""
    desks: list[Request] = []
    for n in range(DESKS * 30):
        cookie = {"Cookie": f"sessionid={house.told['cookies'][n % DESKS]}"}
        where = "/werk/zaken/?view=team" if n % 3 == 0 else f"/werk/zaken/{house.told['uuids'][n % 300]}"
        desks.append(_get(where, cookie))
    rates = []
    folder = house.folder / "desks"
    folder.mkdir()
    for _ in range(RUNS):
        staff = Callers(folder, house.web.port, desks, at_once=2)
        walking = threading.Thread(target=staff.go, kwargs={"wanted": "200"})
        callers = Callers(house.folder, house.web.port, house.filing())
        walking.start()
        found = callers.go(wanted="201")
        walking.join()
        rates.append(FILED / found["seconds"])
    said = house.said(f"{FILED:,} reports a run while {DESKS} members of staff ask {len(desks)} lists and cases", rates)
    return Figure("reports filed beside 20 desks, SQLite", statistics.median(rates), "reports/s", "higher", said)


@contextmanager
def _house(folder: Path, where: str, url: str, pids: list[int]) -> Iterator[_House]:
    folder.mkdir()
    house = _House(folder, environment_of(folder / "data", PLEIN_DATABASE_URL=url), where, pids)
    try:
        yield house
    finally:
        house.web.stop()
    kept, _logged = map(int, python(house.environment, "-c", COUNT).split())
    if kept != OPEN + house.sent:
        raise RuntimeError(f"{OPEN + house.sent} reports were acknowledged and {kept} are kept")


def _postgres_pids() -> list[int]:
    """List the PostgreSQL servers on this machine that this bench started."""
    return [pid for pid in _children().get(os.getpid(), []) if "postgres" in _name(pid)]


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def run(data: Path) -> list[Figure]:
    """Measure on SQLite, and on PostgreSQL where there is one."""
    figures: list[Figure] = []
    if not Path("/proc/self/stat").exists():
        leave_out("processor time per report", "this machine has no /proc")
    with _house(data / "sqlite", f"SQLite {sqlite3.sqlite_version}, WAL, synchronous=FULL", "", []) as house:
        figures += [*_figures(house, "SQLite"), _mixed(house)]
    with own_postgres() as found:
        if found:
            with _house(data / "postgres", found.said, found.address, _postgres_pids()) as house:
                figures += _figures(house, "PostgreSQL")
    return figures
