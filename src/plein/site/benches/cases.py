"""The work list and the reading of a case, among 10,000 and among 1,000,000 cases, on SQLite and on PostgreSQL.

A member of staff in two of twenty teams, one of which has a right on cases of a type in a wijk, asks for a hundred open
cases with filters, the page after that one, the newest of all, what is overdue, and one case. Rights and the names of
types, statuses, teams and handlers are included; drawing the page is not. One case in twenty is open.
"""

import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

from plein.site.benches import Figure
from plein.site.benches.servers import Found, own_postgres

SIZES = (10_000, 1_000_000)
RUNS = 100

# Runs in a process and a data directory of its own; prints "name milliseconds queries" per run.
WORK = """
import sys, time
import django; django.setup()
from datetime import timedelta
from django.core.management import call_command
from django.db import connection, transaction
call_command("migrate", verbosity=0)
from plein.casework.cases import actions, queries
from plein.casework.cases.actions.types import ensure_zaaktype
from plein.casework.cases.models import Autorisatie, Zaak
from plein.casework.cases.queries import Filters
from plein.casework.cases.rules.specs import ResultSpec, StatusSpec, TypeSpec
from plein.foundation import clock
from plein.foundation.identity import stamps, teams
from plein.foundation.identity.actions import create_staff
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.queries import staff_actor
from plein.foundation.words import Text
sizes, runs, now = [int(one) for one in sys.argv[2].split(",")], int(sys.argv[1]), clock.now()
title = Text("Een zaak", "A case")
stages = [StatusSpec(key=key, title=title) for key in ("new", "busy", "done")]
types = [
    ensure_zaaktype(
        TypeSpec(
            key=f"type-{n}", title=title, activity="cases.handle", statuses=stages, doorlooptijd=20,
            results=[ResultSpec(key="done", title=title)],
        ),
        by=SYSTEM, now=now,
    )
    for n in range(10)
]
groups = [teams.put_team(f"team-{n}", title_nl=f"T{n}", title_en=f"T{n}", by=SYSTEM, now=now) for n in range(20)]
staff = create_staff("bench", roles=["case-worker"], by=SYSTEM, now=now)
hands = [create_staff(f"bench-{n}", by=SYSTEM, now=now).pk for n in range(40)]
for group in groups[:2]:
    teams.join_team(group, staff, by=SYSTEM, now=now)
Autorisatie.objects.create(team=groups[0], zaaktype="type-3", area_code="WK000007", max_vertrouwelijkheid=5, may="read")
stamps.bump("autorisaties")
first = {row.pk: row.statustypen.get(volgnummer=1).pk for row in types}
pg = connection.vendor == "postgresql"
uuid = "lpad(to_hex(n), 32, '0')::uuid" if pg else "printf('%%032x', n)"
day = "(date '2022-01-01' + {n}::int)" if pg else "date('2022-01-01', '+' || {n} || ' days')"
def mixed(prime, count):
    return f"((n * {prime}) %% 1000003) %% {count}"  # scatters, so that nothing goes together by chance
def fill(start, top):
    on = day.replace("{n}", f"(n * 1700 / {top})")
    later = f"({on} + 20)" if pg else f"date({on}, '+20 days')"
    at = f"{on}::timestamptz" if pg else f"{on} || ' 09:00:00'"
    kind = f"({types[0].pk} + {mixed(7919, 10)})"
    state = "CASE " + " ".join(f"WHEN {kind} = {a} THEN {b} + {mixed(104729, 2)}" for a, b in first.items()) + " END"
    number = mixed(15485863, 40)
    area = f"lpad(({number})::text, 2, '0')" if pg else f"substr('0' || ({number}), -2)"
    columns = {
        "uuid": uuid, "identificatie": "'Z-' || n", "zaaktype_id": kind, "status_id": state,
        "omschrijving": "'Zaak ' || n", "toelichting": "''",
        "kanaal": "CASE n %% 3 WHEN 0 THEN 'web' WHEN 1 THEN 'phone' ELSE 'desk' END",
        "opened_by": "'plein:anonymous:'", "registered_at": at, "changed_at": at,
        "registratiedatum": on, "startdatum": on,
        "einddatum": f"CASE WHEN {mixed(32452843, 20)} = 0 THEN NULL ELSE {later} END", "streefdag": later,
        "uiterlijke_einddatum_afdoening": later, "vertrouwelijkheid": "4 + (n %% 97 = 0)" + ("::int" if pg else ""),
        "buurt_code": f"'BU0000' || {area} || '01'", "wijk_code": f"'WK0000' || {area}",
        "handler_id": f"CASE {mixed(67867967, 4)} WHEN 0 THEN NULL ELSE {hands[0]} + {mixed(86028157, 40)} END",
        "team_id": f"{groups[0].pk} + {mixed(49979687, 20)}", "priority": f"1 + {mixed(86028121, 3)}",
        "verlengd_met": "0", "archiefnominatie": "''", "archiefstatus": "'nog_te_archiveren'", "version": "1",
    }
    values = ", ".join(columns.values())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO cases_zaak ({', '.join(columns)}) WITH RECURSIVE number(n) AS "
            f"(SELECT CAST(%s AS bigint) UNION ALL SELECT n + 1 FROM number WHERE n < %s) "
            f"SELECT {values} FROM number", [start, top],
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
actor = staff_actor(staff, now=now)
wanted = Filters(zaaktypen=["type-1", "type-2", "type-3", "type-4"], kanalen=["web", "phone"], statussen=["new"])
def one(pk):
    found = Zaak.objects.filter(team=groups[1], vertrouwelijkheid=4).order_by("-pk").values_list("uuid", flat=True)[5]
    return lambda: queries.zaak_for(actor, found, now=now)
def measure(size, name, work):
    for _ in range(3):
        work()
    connection.force_debug_cursor = True
    connection.queries_log.clear()
    work()
    count = len(connection.queries_log)
    connection.force_debug_cursor = False
    for _ in range(runs):
        start, cpu = time.perf_counter(), time.process_time()
        work()
        print(size, name, (time.perf_counter() - start) * 1000, (time.process_time() - cpu) * 1000, count)
made = 0
for size in sizes:
    fill(made + 1, size)
    made = size
    after = queries.worklist(actor, wanted, now=now).next
    assert len(queries.worklist(actor, wanted, after=after, now=now).rows) or size < 100_000
    measure(size, "list", lambda: queries.worklist(actor, wanted, now=now))
    measure(size, "next-page", lambda: queries.worklist(actor, wanted, after=after, now=now))
    measure(size, "newest", lambda: queries.worklist(actor, Filters(state="all", sort="newest"), now=now))
    measure(size, "overdue", lambda: queries.worklist(actor, Filters(overdue=True), now=now))
    measure(size, "one", one(size))
"""


def _run(data: Path, address: str) -> list[tuple[int, str, float, float, int]]:
    environ = {**os.environ, "PLEIN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "plein.site.settings"}
    environ.pop("PLEIN_DATABASE_URL", None)
    environ |= {"PLEIN_DATABASE_URL": address} if address else {}
    words = [sys.executable, "-c", WORK, str(RUNS), ",".join(map(str, SIZES))]
    done = subprocess.run(words, env=environ, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    rows = [line.split() for line in done.stdout.splitlines()]
    return [(int(size), name, float(wall), float(cpu), int(count)) for size, name, wall, cpu, count in rows]


def _figures(tmp: Path, store: str, found: Found | None) -> list[Figure]:
    rows = _run(tmp / store, found.address if found else "")
    said = found.said if found else "SQLite"
    machine = f"{said}, median of {RUNS}, {os.cpu_count()} cores, {platform.machine()}"
    figures = []
    for size, name in dict.fromkeys((size, name) for size, name, *_ in rows):
        runs = [row for row in rows if row[:2] == (size, name)]
        middle = {"ms": statistics.median(row[2] for row in runs), "cpu": statistics.median(row[3] for row in runs)}
        about = f"among {size:,} cases, {runs[0][4]} queries, {middle['cpu']:.1f} ms CPU in Python, {machine}"
        figures.append(Figure(f"cases.{name}-{store}-{size}", middle["ms"], "ms", "lower", about))
    return figures


def run(tmp: Path) -> list[Figure]:
    """Measure in directories under tmp."""
    figures = _figures(tmp, "sqlite", None)
    with own_postgres() as found:
        return figures + (_figures(tmp, "postgres", found) if found else [])
