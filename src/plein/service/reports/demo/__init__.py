"""Furnishes the demo town with categories, things in the street, teams, and two years of reports with some photos."""

from datetime import datetime, timedelta

from plein.casework.cases.actions.types import ensure_zaaktype
from plein.foundation.files import store
from plein.foundation.geo.town import Town
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.models import Staff, Team
from plein.foundation.identity.teams import join_team
from plein.service.reports.actions import learning
from plein.service.reports.actions.categories import load_set, set_from_file
from plein.service.reports.demo.reports import furnish_reports
from plein.service.reports.demo.things import furnish_things, photo
from plein.service.reports.models import Photo, Report
from plein.service.reports.rules.zaaktype import MELDING

TEAMS = {
    "report-coordinator": ("meldpunt", "verlichting", "wegen", "afval", "groen", "water", "handhaving"),
    "inspector": ("wegen", "groen", "verlichting", "afval"),
    "case-worker": ("meldpunt", "handhaving", "water"),
}
PHOTOS = ("verlichting", "afval", "groen", "wegen")


def furnish(town: Town, *, now: datetime) -> None:
    """Furnish the reports of the demo town; doing it again changes nothing."""
    load_set(set_from_file("pleinstad"), by=SYSTEM, now=now)
    ensure_zaaktype(MELDING, by=SYSTEM, now=now)
    _join(town, now=now)
    furnish_things(town)
    if furnish_reports(town, now=now):
        _photos(town, now=now)
    learning.learn(by=SYSTEM, now=now)


def _join(town: Town, *, now: datetime) -> None:
    teams = {team.key: team for team in Team.objects.all()}
    for role, keys in TEAMS.items():
        actor = town.staff.get(role)
        staff = Staff.objects.filter(pk=int(actor.key)).first() if actor else None
        for key in keys if staff else ():
            assert staff is not None
            if not staff.memberships.filter(team=teams[key], until=None).exists():
                join_team(teams[key], staff, by=SYSTEM, now=now)


def _photos(town: Town, *, now: datetime) -> None:
    """Draw photos with some open reports: most can be shown, a few still wait for somebody to look."""
    rng = town.rng("photos")
    for main in PHOTOS:
        rows = Report.objects.filter(category__main_slug=main, reported_at__gt=now - timedelta(days=60))
        for number, report in enumerate(rows.order_by("-reported_at")[:4]):
            kept = store.keep(photo(main, rng)).sha256
            shown = kept if number else ""  # nobody is in a drawing, so there is nothing to make unreadable
            Photo.objects.create(
                report=report,
                key=f"{rng.getrandbits(64):016x}",
                sha256=kept,
                preview_sha256=kept,
                public_sha256=shown,
                public_preview_sha256=shown,
                state="ready" if number else "waiting",
                width=960,
                height=720,
                added_at=report.reported_at,
            )
