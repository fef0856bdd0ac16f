"""Reads of the register of algorithms."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from plein.foundation.catalogue.contracts import all_contracts
from plein.foundation.clock import local_date
from plein.foundation.gate.models import RegisteredAlgorithm, TrainedVersion
from plein.foundation.identity.models import AuditLine
from plein.foundation.identity.roles import all_roles
from plein.foundation.ui.figures import Figure
from plein.foundation.ui.tables import Column, Table
from plein.foundation.words import Text

SHOWN = ("active", "stopped", "ended")
RISKS = {
    "none": Text("Geen AI volgens de AI-verordening", "No AI under the AI Act"),
    "minimal": Text("Minimaal risico", "Minimal risk"),
    "limited": Text(
        "Beperkt risico: wij zeggen erbij dat het een computer is", "Limited risk: we say it is a computer"
    ),
    "high": Text("Hoog risico", "High risk"),
}
CHANGES = {
    "algorithms.approve": Text("Goedgekeurd", "Approved"),
    "algorithms.renew": Text("Verlengd", "Renewed"),
    "algorithms.stop": Text("Uitgezet", "Switched off"),
    "algorithms.start": Text("Aangezet", "Switched on"),
    "algorithms.end": Text("Beëindigd", "Ended"),
    "algorithms.train": Text("Opnieuw getraind", "Trained again"),
    "algorithms.use": Text("Getrainde versie in gebruik genomen", "Trained version put to use"),
}


def register(*, wanted: str = "", states: Sequence[str] = SHOWN) -> list[RegisteredAlgorithm]:
    """List each algorithm once: the version that holds, else the newest; what runs first, then by title; one query."""
    newest: dict[str, RegisteredAlgorithm] = {}
    for row in RegisteredAlgorithm.objects.filter(state__in=states).order_by("version"):
        newest[row.key] = row
    found = [row for row in newest.values() if _speaks_of(row, wanted)]
    return sorted(found, key=lambda row: (SHOWN.index(row.state), row.definition["title"]["nl"]))


def _speaks_of(row: RegisteredAlgorithm, wanted: str) -> bool:
    texts = [row.key]
    for name in ("title", "purpose", "decides", "data"):
        texts += row.definition[name].values()
    whole = " ".join(texts).lower()
    return all(word in whole for word in wanted.lower().split())


def versions_of(key: str, *, states: Sequence[str]) -> list[RegisteredAlgorithm]:
    """List the versions of one algorithm, newest first."""
    return list(RegisteredAlgorithm.objects.filter(key=key, state__in=states).order_by("-version"))


def trained_versions(key: str) -> list[TrainedVersion]:
    """List what an algorithm learned, newest first, without the weights."""
    return list(TrainedVersion.objects.filter(algorithm=key).defer("content").order_by("-number")[:20])


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to an algorithm, without who did it."""

    at: datetime
    what: Text
    version: int | None
    number: int | None
    reason: str


def history(key: str) -> list[Change]:
    """List what happened to an algorithm, newest first."""
    lines = AuditLine.objects.filter(subject=f"algorithm:{key}", action__in=list(CHANGES)).order_by("-at", "-pk")[:40]
    return [
        Change(
            line.at,
            CHANGES[line.action],
            line.facts.get("version"),
            line.facts.get("number"),
            line.facts.get("reason", ""),
        )
        for line in lines
    ]


def owner_of(row: RegisteredAlgorithm) -> Text:
    """Give the title of the role that owns an algorithm."""
    key = row.algorithm.owner.removeprefix("role:")
    role = all_roles().get(key)
    return role.title if role else Text(key, key)


def products_of(row: RegisteredAlgorithm) -> list[tuple[str, Text]]:
    """List the data products an algorithm reads, with their titles."""
    known = all_contracts()
    return [(key, known[key].title if key in known else Text(key, key)) for key in row.algorithm.products]


def _text(said: Mapping[str, str]) -> Text:
    return Text(said["nl"], said["en"])


def _shown(value: float | None, unit: str) -> float | None:
    """Give a value as it is shown: shares as a percentage."""
    return value if value is None else value * 100 if unit == "share" else value


def _unit(unit: str) -> str:
    return {"share": "%", "days": _("days")}.get(unit, "")


def _decimals(unit: str) -> int | None:
    return {"share": 1, "count": 0}.get(unit)


def figures_of(version: TrainedVersion) -> list[Figure]:
    """Give the measured figures of a trained version, each with what it says."""
    return [
        Figure(
            title=_text(one["title"]),
            value=_shown(one["value"], one["unit"]),
            unit=_unit(one["unit"]),
            decimals=_decimals(one["unit"]),
            against=_text(one["means"]) if one["means"] else "",
        )
        for one in version.quality["figures"]
    ]


def table_of(version: TrainedVersion) -> Table | None:
    """Give the table of parts of a trained version, such as its accuracy per category."""
    quality = version.quality
    if not quality["rows"]:
        return None
    columns = [Column(key="title", title=_text(quality["part"]))]
    for place, column in enumerate(quality["columns"]):
        unit = column["unit"]
        columns.append(
            Column(
                key=str(place),
                title=_text(column["title"]),
                unit=_unit(unit),
                numeric=True,
                decimals=0 if unit in ("share", "count") else None,
            )
        )
    units = [column["unit"] for column in quality["columns"]]
    rows = [
        [_text(row["title"]), *(_shown(value, unit) for value, unit in zip(row["values"], units, strict=True))]
        for row in quality["rows"]
    ]
    return Table(caption=_("How well it does, part by part"), columns=columns, rows=rows)


@dataclass(frozen=True, slots=True)
class WorkList:
    """What waits for the privacy officer: proposals, what ends soon, and what is switched off."""

    proposed: list[RegisteredAlgorithm]
    ending: list[RegisteredAlgorithm]
    stopped: list[RegisteredAlgorithm]


def work_list(*, now: datetime) -> WorkList:
    """Gather what waits, in one query."""
    soon = local_date(now + timedelta(days=60))
    rows = list(RegisteredAlgorithm.objects.filter(state__in=["proposed", "active", "stopped"]).order_by("key"))
    return WorkList(
        [row for row in rows if row.state == "proposed"],
        [row for row in rows if row.state == "active" and row.ends_on and row.ends_on <= soon],
        [row for row in rows if row.state == "stopped"],
    )


def exported() -> list[dict[str, Any]]:
    """Write the register as plain values: every algorithm that is or was in use, with its measured quality in use."""
    quality = dict(TrainedVersion.objects.filter(in_use=True).values_list("algorithm", "quality"))
    return [
        {
            "key": row.key,
            "version": row.version,
            "state": row.state,
            "organisation": settings.PLEIN["ORGANISATION"],
            "ends_on": row.ends_on.isoformat() if row.ends_on else None,
            "reason": row.reason,
            **row.definition,
            "quality": quality.get(row.key),
        }
        for row in register()
    ]


def documents() -> Iterable[dict[str, Any]]:
    """Give search what is public."""
    from django.urls import reverse

    for row in register():
        one = row.algorithm
        yield {
            "id": row.key,
            "url": reverse("algorithms:algorithm", args=[row.key]),
            "kind": "algorithm",
            "title_nl": one.title.nl,
            "title_en": one.title.en,
            "text_nl": f"{one.purpose.nl} {one.decides.nl} {one.data.nl}",
            "text_en": f"{one.purpose.en} {one.decides.en} {one.data.en}",
        }
