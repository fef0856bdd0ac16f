"""What goes over the line goes encrypted: inward when HTTPS is on, outward always."""

import datetime
import json
import os
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import Client

from plein.foundation.identity.openid import provider
from plein.foundation.identity.openid.doors import Door
from plein.foundation.identity.openid.errors import ProviderDown
from plein.site.settings import _mail

WANTED = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS"]
TELL = f"""
import json
from plein.site import settings
print(json.dumps({{name: getattr(settings, name) for name in {WANTED!r}}}))
"""


def told(data: Path, https: str) -> dict[str, object]:
    """Ask for the settings of a Plein that starts with HTTPS on or off."""
    environment = {**os.environ, "PLEIN_HTTPS": https, "PLEIN_DATA": str(data)}
    answer = subprocess.run([sys.executable, "-c", TELL], env=environment, capture_output=True, text=True, check=True)
    return dict(json.loads(answer.stdout))


def test_with_https_nothing_goes_over_plain_http(tmp_path: Path, settings: pytest.FixtureRequest, db: None) -> None:
    safe, plain = told(tmp_path, "yes"), told(tmp_path, "no")
    assert safe == {name: True for name in WANTED} | {"SECURE_HSTS_SECONDS": 31_536_000}
    assert not any(plain.values())
    for name, value in safe.items():
        setattr(settings, name, value)

    assert Client().get("/inloggen").headers["Location"] == "https://testserver/inloggen"
    page = Client().get("/inloggen", secure=True)

    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert page.cookies["csrftoken"]["secure"] is True


@pytest.mark.parametrize(
    ("address", "how"),
    [("smtp://u:p@mail.example:587", (True, False)), ("smtps://mail.example", (False, True))],
)
def test_mail_insists_on_tls(address: str, how: tuple[bool, bool]) -> None:
    found = _mail(address)

    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == how


def _own_certificate(folder: Path) -> Path:
    """Make a certificate that nobody signed but its owner."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    whole = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "own.pem").write_bytes(
        key.private_bytes(pem, form, serialization.NoEncryption()) + whole.public_bytes(pem)
    )
    return folder / "own.pem"


def test_calls_to_others_speak_tls_as_it_should_be(tmp_path: Path) -> None:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_own_certificate(tmp_path))
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    door = Door("inwoner", "resident", "DigiD", f"https://localhost:{server.server_port}", "plein")

    with pytest.raises(ProviderDown):
        provider.metadata(door)

    server.shutdown()
    assert asked == [], "nothing was said to whom the certificate does not fit"
    least = httpx.create_ssl_context().minimum_version  # left to OpenSSL, the system's policy decides: 1.2 since 2018
    assert least is ssl.TLSVersion.MINIMUM_SUPPORTED or least >= ssl.TLSVersion.TLSv1_2
    assert httpx.create_ssl_context().verify_mode is ssl.CERT_REQUIRED
