"""Files from live addresses: with time-outs, retries that wait longer each time, and a memory of what has not changed.

An answer is kept beside its address, entity tag and date; asked again, the other side may say "not modified" and send
nothing. What is fetched is a file like any other and is read with the same care.
"""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from plein.foundation import trace
from plein.foundation.errors import Refused
from plein.foundation.words import gettext_noop

AGENT = "Plein (open source, municipal data)"
CONNECT_S, READ_S = 10.0, 60.0
TRIES = 4
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
MOST_BYTES = 600_000_000
# What a place asks of whoever uses it: so many requests, then a pause (s).
# Source: fair use of Luchtmeetnet, at most 100 requests in 5 minutes (api-docs.luchtmeetnet.nl).
FAIR_USE = {"api.luchtmeetnet.nl": (90, 300.0)}
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class AddressUnreachable(Refused):
    """Nobody answered, or only with faults, also after several tries."""

    message = gettext_noop(
        "{address} does not answer: {reason}. Look whether this machine may reach it, and try again later."
    )
    code = "address-unreachable"


class AddressRefused(Refused):
    """The other side answered with a refusal."""

    message = gettext_noop(
        "{address} refused with status {status}. The address may have changed: look for a newer version of Plein."
    )
    code = "address-refused"


class AnswerTooLarge(Refused):
    """The answer goes on and on."""

    message = gettext_noop("{address} sent more than {limit} MB, so it was not kept. Check the address.")
    code = "answer-too-large"


class _TryAgain(Exception):
    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


@dataclass
class Fetcher:
    """Fetches addresses into a folder.

    mirrors: starts of addresses that another place answers for, e.g. {"https://opendata.cbs.nl": "http://mirror.local"}.
    sleep and clock: given by tests, so that waiting takes no time.
    """

    folder: Path
    mirrors: Mapping[str, str] = field(default_factory=dict)
    tries: int = TRIES
    sleep: Callable[[float], None] = time.sleep
    fetched: int = 0
    unchanged: int = 0
    silent: dict[str, str] = field(default_factory=dict)  # hosts that did not answer at all, and why: not asked again
    asked: dict[str, int] = field(default_factory=dict)  # requests per host

    def get(
        self,
        address: str,
        name: str,
        *,
        params: Mapping[str, str] | None = None,
        now: datetime,
        good_for: timedelta = timedelta(0),
    ) -> Path:
        """Fetch an address into the folder under a name, unless what is there is still the same; give its path.

        good_for: an answer that is younger than this is not asked for again.
        Raises AddressUnreachable, AddressRefused, AnswerTooLarge; what was there before then stays.
        """
        import httpx

        host = httpx.URL(address).host
        url = httpx.URL(self._mirrored(address))
        url = url.copy_merge_params(dict(params)) if params else url
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if _age(_memory(path, str(url)), now) < good_for:
            return path
        timeout = httpx.Timeout(READ_S, connect=CONNECT_S)
        wait, reason = FIRST_WAIT_S, self.silent.get(url.netloc.decode(), "")
        with httpx.Client(timeout=timeout, follow_redirects=True, max_redirects=5, headers=trace.outgoing()) as client:
            for attempt in range(0 if reason else self.tries):
                if attempt:
                    self.sleep(wait)
                self._pace(host)
                try:
                    return self._ask(client, str(url), path, now=now)
                except _TryAgain as fault:
                    if (
                        isinstance(fault.__cause__, httpx.ConnectError | httpx.ConnectTimeout)
                        and attempt + 1 == self.tries
                    ):
                        self.silent[url.netloc.decode()] = str(fault)
                    wait = min(LONGEST_WAIT_S, fault.wait_s if fault.wait_s is not None else wait * 2)
                    reason = str(fault)
        raise AddressUnreachable(address=str(url), reason=reason)

    def _pace(self, host: str) -> None:
        """Pause when a place was asked as often as it finds fair."""
        most, pause_s = FAIR_USE.get(host, (0, 0.0))
        if most and self.asked.get(host, 0) and self.asked[host] % most == 0:
            self.sleep(pause_s)
        self.asked[host] = self.asked.get(host, 0) + 1

    def _mirrored(self, address: str) -> str:
        for start, other in self.mirrors.items():
            if address.startswith(start):
                return other + address.removeprefix(start)
        return address

    def _ask(self, client: Any, url: str, path: Path, *, now: datetime) -> Path:
        """Ask once.

        Raises _TryAgain for what may pass.
        """
        import httpx

        known = _memory(path, url)
        accepted = {"Accept": "application/json, */*;q=0.5", "Accept-Encoding": "gzip"}  # CBS speaks Atom unless asked
        headers = {"User-Agent": AGENT, **accepted, **_conditions(known)}
        try:
            with client.stream("GET", url, headers=headers) as answer:
                if answer.status_code == httpx.codes.NOT_MODIFIED and known:
                    self.unchanged += 1
                    return path
                _judge(answer, url, now)
                _keep(answer, path, url, now=now)
        except httpx.HTTPError as error:
            raise _TryAgain(f"{type(error).__name__}: {error}") from error
        self.fetched += 1
        return path


def _judge(answer: Any, url: str, now: datetime) -> None:
    if answer.status_code in _AGAIN:
        raise _TryAgain(f"status {answer.status_code}", _asked_wait(answer.headers.get("Retry-After"), now))
    if not answer.is_success:
        raise AddressRefused(address=url, status=answer.status_code)


def _asked_wait(text: str | None, now: datetime) -> float | None:
    """Read how long the other side asks to wait, in seconds or as a date."""
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (TypeError, ValueError):
        return None


def _memo(path: Path) -> Path:
    return path.with_name(f".{path.name}.fetched.json")


def _memory(path: Path, url: str) -> dict[str, str]:
    """Recall what was told with the answer that is kept, when it is of this very address."""
    try:
        known: dict[str, str] = json.loads(_memo(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if path.exists() and known.get("url") == url else {}


def _age(known: Mapping[str, str], now: datetime) -> timedelta:
    """Tell how long ago an answer was fetched; for ever when there is none."""
    try:
        return now - datetime.fromisoformat(known["fetched_at"])
    except (KeyError, ValueError, TypeError):
        return timedelta.max


def _conditions(known: Mapping[str, str]) -> dict[str, str]:
    pairs = (("If-None-Match", known.get("etag")), ("If-Modified-Since", known.get("modified")))
    return {name: value for name, value in pairs if value}


def _keep(answer: Any, path: Path, url: str, *, now: datetime) -> None:
    """Write an answer whole, beside what was there, and put it in its place at once."""
    part = path.with_name(f".{path.name}.part")
    count = 0
    try:
        with part.open("wb") as out:
            for chunk in answer.iter_bytes():
                count += len(chunk)
                if count > MOST_BYTES:
                    raise AnswerTooLarge(address=url, limit=MOST_BYTES // 1_000_000)
                out.write(chunk)
        _memo(path).unlink(missing_ok=True)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    memory = {
        "url": url,
        "etag": answer.headers.get("ETag", ""),
        "modified": answer.headers.get("Last-Modified", ""),
        "fetched_at": now.astimezone(UTC).isoformat(),
    }
    _memo(path).write_text(json.dumps(memory), encoding="utf-8")
