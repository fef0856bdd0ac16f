"""Fetching from live addresses, against a real server on this machine that misbehaves in known ways."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from plein.foundation.files import fetching
from plein.foundation.files.fetching import AddressRefused, AddressUnreachable, AnswerTooLarge, Fetcher

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Place:
    """A server whose answers a test lines up; it remembers what was asked."""

    address: str = ""
    answers: list[Answer | Callable[[Any], None]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def place() -> Iterator[Place]:
    place = Place()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place.asked.append((self.path, dict(self.headers)))
            answer = place.answers.pop(0)
            if callable(answer):
                return answer(self)
            status, headers, body = answer
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place.address = f"http://127.0.0.1:{server.server_address[1]}"
    yield place
    server.shutdown()
    server.server_close()


@pytest.fixture
def waited() -> list[float]:
    return []


@pytest.fixture
def fetcher(tmp_path: Path, waited: list[float]) -> Fetcher:
    return Fetcher(tmp_path, sleep=waited.append)


def test_what_has_not_changed_is_not_sent_again(place: Place, fetcher: Fetcher) -> None:
    modified = "Mon, 05 Jan 2026 08:00:00 GMT"
    place.answers = [
        (200, {"ETag": '"v1"', "Last-Modified": modified}, b"[1]"),
        (304, {}, b""),
        (200, {"ETag": '"v2"'}, b"[2]"),
    ]

    bodies = [fetcher.get(f"{place.address}/a", "a.json", now=NOW).read_bytes() for _ in range(3)]

    assert bodies == [b"[1]", b"[1]", b"[2]"]
    assert "If-None-Match" not in place.asked[0][1]
    assert place.asked[1][1]["If-None-Match"] == '"v1"'
    assert place.asked[1][1]["If-Modified-Since"] == modified
    assert (fetcher.fetched, fetcher.unchanged) == (2, 1)


def test_another_question_under_the_same_name_is_asked_in_full(place: Place, fetcher: Fetcher) -> None:
    place.answers = [(200, {"ETag": '"v1"'}, b"one"), (200, {"ETag": '"v1"'}, b"two")]

    fetcher.get(place.address, "a", params={"q": "GM0363"}, now=NOW)
    path = fetcher.get(place.address, "a", params={"q": "GM0014"}, now=NOW)

    assert path.read_bytes() == b"two"
    assert "If-None-Match" not in place.asked[1][1]


def test_a_place_that_stumbles_is_tried_again_waiting_longer_each_time(
    place: Place, fetcher: Fetcher, waited: list[float]
) -> None:
    place.answers = [(503, {}, b""), (500, {}, b""), (200, {}, b"fine")]

    assert fetcher.get(place.address, "a", now=NOW).read_bytes() == b"fine"
    assert waited == [2.0, 4.0]


@pytest.mark.parametrize(("word", "seconds"), [("7", 7.0), ("Mon, 05 Jan 2026 09:00:30 GMT", 30.0), ("9999", 60.0)])
def test_a_place_that_asks_to_wait_is_given_that_time_within_reason(
    word: str, seconds: float, place: Place, fetcher: Fetcher, waited: list[float]
) -> None:
    place.answers = [(429, {"Retry-After": word}, b""), (200, {}, b"fine")]

    fetcher.get(place.address, "a", now=NOW)

    assert waited == [seconds]


def test_a_place_that_never_comes_back_is_told_and_what_was_there_stays(place: Place, fetcher: Fetcher) -> None:
    place.answers = [(200, {}, b"old"), *[(503, {}, b"")] * 4]
    path = fetcher.get(place.address, "a", now=NOW)

    with pytest.raises(AddressUnreachable, match="status 503"):
        fetcher.get(place.address, "a", now=NOW)

    assert path.read_bytes() == b"old"


def test_nobody_at_home_is_told_in_words(fetcher: Fetcher) -> None:
    with pytest.raises(AddressUnreachable, match="does not answer"):
        fetcher.get("http://127.0.0.1:9/", "a", now=NOW)


def test_a_host_that_is_not_there_is_not_waited_for_again(fetcher: Fetcher, waited: list[float]) -> None:
    for name in "ab":
        with pytest.raises(AddressUnreachable):
            fetcher.get(f"http://127.0.0.1:9/{name}", name, now=NOW)

    assert len(waited) == 3


def test_a_refusal_is_not_tried_again(place: Place, fetcher: Fetcher, waited: list[float]) -> None:
    place.answers = [(404, {}, b"gone")]

    with pytest.raises(AddressRefused, match="404"):
        fetcher.get(place.address, "a", now=NOW)

    assert waited == []
    assert not (fetcher.folder / "a").exists()


def test_an_answer_that_breaks_off_is_not_kept(place: Place, fetcher: Fetcher) -> None:
    def half(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"only this")

    place.answers = [half, (200, {}, b"whole")]

    path = fetcher.get(place.address, "a", now=NOW)

    assert path.read_bytes() == b"whole"
    assert sorted(found.name for found in fetcher.folder.iterdir()) == [".a.fetched.json", "a"]


def test_an_answer_that_never_comes_is_given_up(
    place: Place, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence = threading.Event()
    monkeypatch.setattr(fetching, "READ_S", 0.2)
    place.answers = [lambda handler: bool(silence.wait(2)) and None, (200, {}, b"fine")]

    assert fetcher.get(place.address, "a", now=NOW).read_bytes() == b"fine"
    silence.set()


def test_an_answer_without_end_is_cut_off(place: Place, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 1_000_000)
    place.answers = [(200, {}, b"x" * 1_100_000)]

    with pytest.raises(AnswerTooLarge):
        fetcher.get(place.address, "a", now=NOW)

    assert list(fetcher.folder.iterdir()) == []


def test_a_move_is_followed(place: Place, fetcher: Fetcher) -> None:
    place.answers = [(302, {"Location": "/new"}, b""), (200, {}, b"there")]

    assert fetcher.get(f"{place.address}/old", "a", now=NOW).read_bytes() == b"there"


def test_what_is_asked_in_the_address_itself_goes_along(place: Place, fetcher: Fetcher) -> None:
    place.answers = [(200, {}, b""), (200, {}, b"")]

    fetcher.get(f"{place.address}/a?page=2", "a", now=NOW)
    fetcher.get(f"{place.address}/a?page=2", "b", params={"size": "9"}, now=NOW)

    assert [path for path, _ in place.asked] == ["/a?page=2", "/a?page=2&size=9"]


def test_a_mirror_is_asked_instead(place: Place, tmp_path: Path) -> None:
    place.answers = [(200, {}, b"mirrored")]
    fetcher = Fetcher(tmp_path, mirrors={"https://opendata.cbs.nl": place.address})

    fetcher.get("https://opendata.cbs.nl/ODataApi/x", "a", now=NOW)

    assert place.asked[0][0] == "/ODataApi/x"
