"""An event as the world sees it: CloudEvents 1.0 in the NL GOV profile, as structured JSON.

Source: https://logius-standaarden.github.io/NL-GOV-profile-for-CloudEvents/
`time` is the moment the event was recorded by what announced it, `recordedtime` the moment it entered the outbox;
`sequence` is its place among all events of this source, without gaps, written with zeros in front so that it sorts.
"""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from plein.foundation.events.models import Message


def source() -> str:
    """Name this Plein as the source of events."""
    return f"urn:nld:oin:{settings.PLEIN['OIN']}:systeem:plein"


def cloud_event(message: Message) -> dict[str, Any]:
    """Give an event of the outbox as a CloudEvent, ready for JSON."""
    base = settings.PLEIN["BASE_URL"]
    event = {
        "specversion": "1.0",
        "id": str(message.uuid),
        "source": source(),
        "type": message.type,
        "time": _moment(message.at),
        "recordedtime": _moment(message.recorded_at),
        "sequence": f"{message.sequence or 0:020d}",
        "datacontenttype": "application/json",
        "dataschema": f"{base}/api/events/v1/types/{message.type}",
        "dataref": f"{base}/api/events/v1/events/{message.uuid}",
        "data": message.data,
    }
    return {**event, "subject": message.subject} if message.subject else event


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
