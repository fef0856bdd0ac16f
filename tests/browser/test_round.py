"""An inspector's round on a phone whose connection is really cut: everything goes through a line that is taken away."""

import socket
import threading
from contextlib import suppress
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FOUND = "Mast 12 staat scheef, gezien zonder verbinding."


class Line:
    """A connection to the town that can be cut."""

    def __init__(self, port: int) -> None:
        self.port, self.is_cut, self.open = port, False, set[socket.socket]()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.door.accept()
                if self.is_cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.port))
                self.open |= {near, far}
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while some := one.recv(65_536):
                other.sendall(some)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        """Take the line away, in the middle of whatever goes on."""
        self.is_cut = True
        for end in list(self.open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Give the line back."""
        self.is_cut = False


def test_what_is_found_without_a_connection_arrives_once_when_it_is_back(chromium: Any, town: Any) -> None:
    line = Line(int(town.url.rpartition(":")[2]))
    client = town.log_in("demo-inspector")
    context = chromium.new_context(viewport={"width": 360, "height": 780})
    context.add_cookies([{"name": c.name, "value": c.value or "", "url": line.url} for c in client.cookies.jar])
    page = context.new_page()
    page.set_default_timeout(90_000)
    page.goto(f"{line.url}/meldingen/werk/ronde")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.reload()
    case = page.locator("[data-report] a").first.get_attribute("href")

    line.cut()
    page.reload()
    first = page.locator("[data-report]").first
    first.locator("summary").click()
    first.locator("textarea").fill(FOUND)
    first.locator("button[value=note]").click()
    page.wait_for_selector("[data-state=waiting]")
    page.reload()
    page.wait_for_selector("[data-state=waiting]")
    assert FOUND not in client.get(case).text

    line.mend()
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector("[data-state=sent]")
    page.evaluate("dispatchEvent(new Event('online'))")
    context.close()

    assert client.get(case).text.count(FOUND) == 1
