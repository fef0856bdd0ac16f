"""What measuring does by itself: judge, warn, look after sensors, publish."""

from datetime import datetime, timedelta

from plein.city.sensing import actions
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.jobs import job
from plein.foundation.words import Text


@job("sensing.judge", every=timedelta(minutes=10), title=Text("Metingen keuren", "Judge readings"))
def judge(*, now: datetime) -> None:
    """Adopt new datastreams, remember last values and flag what came in."""
    actions.adopt_new(now=now)
    actions.judge_new(now=now)
    actions.remember_last()


@job("sensing.watch", every=timedelta(minutes=10), title=Text("Waarschuwingen bijwerken", "Update alerts"))
def watch(*, now: datetime) -> None:
    """Raise and end alerts."""
    actions.watch(by=SYSTEM, now=now)


@job("sensing.care", every=timedelta(hours=1), title=Text("Sensoren nalopen", "Check sensors"))
def care(*, now: datetime) -> None:
    """Find silent and sick sensors."""
    actions.look_after(now=now)


@job("sensing.publish", every=timedelta(hours=1), title=Text("Gemiddelden publiceren", "Publish means"))
def publish(*, now: datetime) -> None:
    """Publish points, hourly and daily means, and find the alerts of periods that were loaded later."""
    actions.publish_all(by=SYSTEM, now=now)
