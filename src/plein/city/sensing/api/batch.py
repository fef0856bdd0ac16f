"""$batch: several requests in one, as multipart/mixed (OGC 18-088, 11) or as JSON.

What stands in one changeset, or one atomicityGroup, is done whole or not at all. A later part may name what an earlier
one made as $ and its Content-ID.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec
from django.db import transaction

from plein.city.sensing.api.dispatch import Answer, Request, answer
from plein.city.sensing.api.errors import BadRequest
from plein.foundation.errors import Refused

MOST = 1_000
Refusal = Callable[[Refused], Answer]


@dataclass(slots=True)
class Part:
    """One request of a batch; group: what is done together with it, "" is nothing."""

    name: str
    method: str
    url: str
    body: bytes
    form: str = "application/json"
    group: str = ""


class _Undone(Exception):
    """A part of a group was refused."""


def run(request: Request, refusal: Refusal) -> tuple[bytes, str]:
    """Answer a batch; gives the body and its content type. refusal: writes a refusal as an answer.

    Raises BadRequest.
    """
    as_json = request.form.startswith("application/json")
    parts = _json_parts(request.json()) if as_json else _multipart(request)
    if len(parts) > MOST:
        raise BadRequest(reason=f"a batch holds at most {MOST} requests")
    done = _all(request, parts, refusal)
    if as_json:
        return _as_json(parts, done), "application/json"
    return _as_multipart(parts, done), "multipart/mixed; boundary=plein_batch"


def _all(request: Request, parts: Sequence[Part], refusal: Refusal) -> list[Answer]:
    """Do all parts, those of a group together."""
    done: list[Answer] = []
    made: dict[str, str] = {}
    place = 0
    while place < len(parts):
        group = parts[place].group
        stop = place + 1
        while group and stop < len(parts) and parts[stop].group == group:
            stop += 1
        done += _together(request, parts[place:stop], made, refusal)
        place = stop
    return done


def _together(request: Request, parts: Sequence[Part], made: dict[str, str], refusal: Refusal) -> list[Answer]:
    """Do the parts of one group in one transaction; one refusal undoes all."""
    done: list[Answer] = []
    try:
        with transaction.atomic():
            for part in parts:
                try:
                    done.append(_one(request, part, made))
                except Refused as refused:
                    done.append(refusal(refused))
                    raise _Undone from refused
    except _Undone:
        failed = done[-1]
        return [failed for _ in parts]
    return done


def _one(request: Request, part: Part, made: dict[str, str]) -> Answer:
    """Do one part."""
    url = re.sub(r"\$(\w+)(?=/|$)", lambda found: made.get(found[1], found[0]), part.url, count=1)
    target = urlsplit(url)
    path = unquote(target.path)
    root = urlsplit(request.base).path
    path = path.removeprefix(root) if path.startswith(root) else path
    body = re.sub(rb'"\$(\w+)"', lambda found: _made_key(found, made), part.body)
    inner = replace(
        request, method=part.method.upper(), path=path, query=dict(parse_qsl(target.query)), body=body, form=part.form
    )
    result = answer(inner)
    if part.name and "Location" in result.headers:
        made[part.name] = result.headers["Location"].removeprefix(request.base).strip("/")
    return result


def _made_key(found: "re.Match[bytes]", made: dict[str, str]) -> bytes:
    """Write the key of what an earlier part made."""
    address = made.get(found[1].decode())
    key = re.search(r"\((.*)\)$", address or "")
    return key[1].replace("'", '"').encode() if key else found[0]


def _json_parts(said: Any) -> list[Part]:
    rows = said.get("requests") if isinstance(said, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadRequest(reason='a batch is {"requests": [{"id", "method", "url", "body"}, ...]}')
    return [
        Part(
            name=str(row.get("id", "")),
            method=str(row.get("method", "get")),
            url=str(row.get("url", "")),
            body=msgspec.json.encode(row["body"]) if "body" in row else b"",
            group=str(row.get("atomicityGroup") or ""),
            form=str((row.get("headers") or {}).get("Content-Type", "application/json"))
            if isinstance(row.get("headers") or {}, dict)
            else "application/json",
        )
        for row in rows
    ]


def _multipart(request: Request) -> list[Part]:
    whole = message_from_bytes(
        b"Content-Type: " + request.form.encode("latin-1", "replace") + b"\r\n\r\n" + request.body
    )
    if not whole.is_multipart():
        raise BadRequest(reason="a batch is multipart/mixed with a boundary, or JSON")
    parts: list[Part] = []
    for number, piece in enumerate(_pieces(whole)):
        if piece.is_multipart():
            parts += [_http_part(inner, group=f"changeset {number}") for inner in _pieces(piece)]
        else:
            parts.append(_http_part(piece))
    return parts


def _pieces(message: "Message[str, str]") -> list[Any]:
    payload = message.get_payload()
    return payload if isinstance(payload, list) else []


def _http_part(piece: Any, group: str = "") -> Part:
    """Read one HTTP request out of a part.

    Raises BadRequest.
    """
    text = piece.get_payload(decode=True) or b""
    head, _, body = text.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")
    line, _, headers = head.partition(b"\n")
    words = line.decode("utf-8", "replace").split()
    if len(words) < 2:
        raise BadRequest(reason="a part of the batch holds no request such as GET Things HTTP/1.1")
    form = message_from_bytes(headers + b"\n\n").get("Content-Type", "application/json")
    return Part(piece.get("Content-ID", "").strip("<>"), words[0], words[1], body.strip(), form, group)


def _as_json(parts: Sequence[Part], done: Sequence[Answer]) -> bytes:
    rows = []
    for part, one in zip(parts, done, strict=True):
        row: dict[str, Any] = {"id": part.name, "status": one.status, "headers": one.headers}
        if one.body is not None or one.text is not None:
            row["body"] = one.text if one.text is not None else one.body
        rows.append(row)
    return msgspec.json.encode({"responses": rows})


def _as_multipart(parts: Sequence[Part], done: Sequence[Answer]) -> bytes:
    pieces: list[bytes] = []
    for place, (part, one) in enumerate(zip(parts, done, strict=True)):
        first = part.group and (place == 0 or parts[place - 1].group != part.group)
        last = part.group and (place + 1 == len(parts) or parts[place + 1].group != part.group)
        if first:
            pieces.append(b"--plein_batch\r\nContent-Type: multipart/mixed; boundary=plein_changeset\r\n\r\n")
        pieces.append(_http_answer(part, one, b"plein_changeset" if part.group else b"plein_batch"))
        if last:
            pieces.append(b"--plein_changeset--\r\n")
    return b"".join(pieces) + b"--plein_batch--\r\n"


def _http_answer(part: Part, one: Answer, boundary: bytes) -> bytes:
    head = [f"HTTP/1.1 {one.status} {_word(one.status)}"]
    body = b"" if one.body is None and one.text is None else (one.text or "").encode()
    if one.body is not None:
        body = msgspec.json.encode(one.body)
        head.append(f"Content-Type: {one.headers.get('Content-Type', 'application/json')}")
    head += [f"{name}: {value}" for name, value in one.headers.items() if name != "Content-Type"]
    start = b"--" + boundary + b"\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
    start += f"Content-ID: {part.name}\r\n".encode() if part.name else b""
    return start + b"\r\n" + "\r\n".join(head).encode() + b"\r\n\r\n" + body + b"\r\n"


def _word(status: int) -> str:
    from http import HTTPStatus

    return HTTPStatus(status).phrase
