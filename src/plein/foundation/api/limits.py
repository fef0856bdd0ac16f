"""How many requests one visitor or token gets: a bucket that fills up again every minute.

The buckets live in the memory of each web process, not in the database: a limit protects the machine, and one that
writes a row for every request would cost more than most requests do (a durable commit each). With N processes a visitor
may get up to N times the limit, which does no harm; a strict quota is the work of the proxy in front.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from django.conf import settings
from django.http import HttpRequest

from plein.foundation import clock
from plein.foundation.api.errors import TooManyRequests
from plein.foundation.identity.access import actor_of

MOST_BUCKETS = 50_000


@dataclass(frozen=True, slots=True)
class Left:
    """What is left: of how many a minute, and in how many seconds the bucket is full again."""

    limit: int
    remaining: int
    reset_s: int

    @property
    def headers(self) -> dict[str, str]:
        """Give it as headers."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_s),
        }


class Buckets:
    """Buckets by key; the one that was used longest ago goes when there are too many."""

    def __init__(self, most: int = MOST_BUCKETS) -> None:
        self._most = most
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def draw(self, key: str, *, limit: int, at: float) -> Left:
        """Take one request out of a bucket of `limit` a minute; at: seconds, never going back.

        Raises TooManyRequests.
        """
        rate = limit / 60
        with self._lock:
            level, since = self._levels.pop(key, (float(limit), at))
            level = min(float(limit), level + max(0.0, at - since) * rate)
            allowed = level >= 1
            self._levels[key] = (level - 1 if allowed else level, at)
            if len(self._levels) > self._most:
                self._levels.popitem(last=False)
        if not allowed:
            raise TooManyRequests(limit=limit, seconds=max(1, round((1 - level) / rate)))
        return Left(limit, int(level - 1), round((limit - level + 1) / rate))


buckets = Buckets()


def draw_for(request: HttpRequest) -> Left | None:
    """Count a request against its token or address; None when there is no limit.

    Raises TooManyRequests.
    """
    actor = actor_of(request)
    known = actor.kind != "anonymous"
    limit: int = settings.PLEIN["API_RATE_TOKEN" if known else "API_RATE"]
    if not limit:
        return None
    key = actor.uri if known else address_of(request)
    return buckets.draw(key, limit=limit, at=clock.now().timestamp())


def address_of(request: HttpRequest) -> str:
    """Give the visitor's address, through as many proxies as are ours."""
    proxies: int = settings.PLEIN["PROXIES"]
    passed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if proxies and passed:
        return passed[-min(proxies, len(passed))]
    return str(request.META.get("REMOTE_ADDR", ""))
