"""Hand one SMS to a provider. `Provider` is what any must do; `Spryng` is the one that Plein knows.

Spryng Messaging API v2 (Amsterdam), https://developer.spryng.nl/messaging/v2-messages-create and v2-messages-get-all:

    POST {SMS_URL}/messages      X-Api-Key; {"accountReference", "name", "channel": "SMS", "from", "body": {"text"},
                                 "recipients": [{"msisdn": "+31..."}]}
                                 ->  202 {"data": {"requestId", "messageIds": [..]}}
    GET  {SMS_URL}/messages?requestName=...   X-Api-Key, AccountReference  ->  {"data": {"messages": [..]}}

Our reference of the dispatch goes along as `name`. The provider has no idempotency key, but a request can be found by
its name; so after a crash we ask before we send again.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from django.conf import settings

from plein.casework.messages.rules.sending import Outcome

if TYPE_CHECKING:
    import httpx

PATIENCE_S = 15.0
SENDER_LENGTH = 11


class Provider(Protocol):
    """What sends SMS: hand one over, and tell whether one was taken."""

    def hand_over(self, text: str, *, to: str, reference: UUID, handing: Callable[[], None]) -> Outcome:
        """Hand an SMS over; `handing` is called right before it can have been taken."""

    def look_up(self, reference: UUID) -> Outcome | None:
        """Tell whether the provider has this message: sent, None when it surely has not; unreachable when unknown."""


def is_set() -> bool:
    """Tell whether an SMS provider is set."""
    return bool(settings.PLEIN["SMS_URL"] and settings.PLEIN["SMS_TOKEN"])


def provider() -> Provider:
    """Give the provider that is set."""
    mine = settings.PLEIN
    return Spryng(mine["SMS_URL"].rstrip("/"), mine["SMS_TOKEN"], account=mine["SMS_ACCOUNT"], sender=mine["SMS_FROM"])


@dataclass(frozen=True, slots=True)
class Spryng:
    """Spryng's API v2. url: https://api.spryng.nl/v2; account: SPNL and seven digits; sender: at most 11 signs."""

    url: str
    key: str
    account: str
    sender: str

    def hand_over(self, text: str, *, to: str, reference: UUID, handing: Callable[[], None]) -> Outcome:
        """Send one SMS. 202 is taken, 400 refused, 401 and 403 our setting, 429 and 503 later; else it is open."""
        body = {
            "accountReference": self.account,
            "name": str(reference),
            "channel": "SMS",
            "from": self.sender[:SENDER_LENGTH],
            "characterSet": "Auto",
            "messageType": "NotificationsAndReminders",
            "body": {"text": text},
            "recipients": [{"msisdn": to}],
        }
        import httpx  # not at the start of web processes

        handing()
        try:
            with httpx.Client(timeout=PATIENCE_S) as client:
                answer = client.post(f"{self.url}/messages", headers={"X-Api-Key": self.key}, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            return Outcome("unreachable", "unreachable", type(error).__name__)
        except httpx.HTTPError as error:
            return Outcome("perhaps", "no-answer", type(error).__name__)
        return _read(answer)

    def look_up(self, reference: UUID) -> Outcome | None:
        """Ask by our reference."""
        import httpx

        headers = {"X-Api-Key": self.key, "AccountReference": self.account}
        asked = {"requestName": str(reference), "pageSize": "10", "retrieveMessageBody": "false"}
        try:
            with httpx.Client(timeout=PATIENCE_S) as client:
                answer = client.get(f"{self.url}/messages", headers=headers, params=asked)
                found = answer.raise_for_status().json()["data"]["messages"]
        except (httpx.HTTPError, httpx.InvalidURL, KeyError, TypeError, ValueError) as error:
            return Outcome("unreachable", "unreachable", type(error).__name__)
        mine = [one for one in found if one.get("requestName") == str(reference)]
        if not mine:
            return None
        return Outcome("sent", answer=str(mine[0].get("status", "")), reference=str(mine[0].get("messageId", ""))[:100])


def _read(answer: "httpx.Response") -> Outcome:
    said = f"{answer.status_code} {_error(answer)}".strip()[:300]
    if answer.status_code == 202:
        numbers = _data(answer).get("messageIds") or [""]
        return Outcome("sent", answer=said, reference=str(numbers[0])[:100])
    if answer.status_code in (401, 403):
        return Outcome("ours", "login", said)
    if answer.status_code in (429, 503):
        return Outcome("busy", "busy", said)
    if answer.status_code >= 500:
        return Outcome("perhaps", "no-answer", said)
    return Outcome("refused", "address", said)


def _data(answer: "httpx.Response") -> dict[str, Any]:
    try:
        found = answer.json()["data"]
    except (json.JSONDecodeError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _error(answer: "httpx.Response") -> str:
    """Give the provider's own code for what went wrong, without what was typed."""
    try:
        return " ".join(str(one["errorCode"]) for one in answer.json()["errors"])
    except (json.JSONDecodeError, KeyError, TypeError, ValueError):
        return ""
