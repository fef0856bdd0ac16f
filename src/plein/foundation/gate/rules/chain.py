"""How the processing log is chained, kept and made anonymous."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Any

START = "0" * 64


def canonical(content: Mapping[str, Any]) -> bytes:
    """Write values in the one way that hashes count on: sorted names, no spaces, UTF-8."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def line_hash(previous: str, content: Mapping[str, Any]) -> str:
    """Chain a log line to the one before: SHA-256 over its hash and this content."""
    return hashlib.sha256(previous.encode() + b"\n" + canonical(content)).hexdigest()


def pseudonym(key: bytes, kind: str, subject: str) -> str:
    """Replace who it is about by a code: HMAC-SHA256 under our key, apart per kind of identifier.

    The same person has the same code in every line, so that the log can be searched; without the key nobody can tell
    who it is, nor try all numbers.
    """
    return hmac.new(key, f"{kind}\n{subject}".encode(), hashlib.sha256).hexdigest()


def seal(key: bytes, *parts: str) -> str:
    """Seal what waits to be chained: HMAC-SHA256 under a key derived from ours, so that only we can have written it."""
    own = hmac.digest(key, b"plein log intake", "sha256")
    return hmac.new(own, "\n".join(parts).encode(), hashlib.sha256).hexdigest()


def retention_ms(has_subject: bool) -> int:
    """Give how long a log line is kept, by its profile: five years about persons, else one."""
    return (5 if has_subject else 1) * 366 * 86_400_000


def cut_before(lines: Iterable[tuple[int, int, bool]], now_ms: int) -> int:
    """Find the last line of the whole old part of the log: all up to there are past their retention; 0 is none.

    lines: (number, end in ms, has subject), in order.
    """
    last = 0
    for number, end_ms, has_subject in lines:
        if end_ms + retention_ms(has_subject) > now_ms:
            break
        last = number
    return last
