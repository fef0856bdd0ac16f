"""Looking for viruses with ClamAV's daemon, when PLEIN_CLAMD says where it is; without that, nothing is scanned.

The protocol is INSTREAM of clamd(8): the file in pieces, each after its length, and an answer in one line.
"""

import socket
import struct
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from django.conf import settings

from plein.foundation.files.errors import ScannerSilent, VirusFound

log = structlog.get_logger(__name__)
PIECE = 1 << 16
TIMEOUT_S = 30.0


def scan(path: Path, *, name: str) -> None:
    """Have a file scanned; does nothing when no scanner is set.

    Raises VirusFound, ScannerSilent.
    """
    address = settings.PLEIN["CLAMD"]
    if not address:
        return
    try:
        answer = ask(address, path)
    except (OSError, ValueError) as error:
        log.error("files.scanner_silent", reason=str(error))
        raise ScannerSilent(file=name) from error
    if answer.endswith("FOUND"):
        log.warning("files.virus_found", answer=answer)
        raise VirusFound(file=name)
    if not answer.endswith("OK"):
        log.error("files.scanner_silent", reason=answer)
        raise ScannerSilent(file=name)


def ask(address: str, path: Path) -> str:
    """Send a file to the daemon and give its answer, e.g. "stream: OK".

    Raises OSError when it does not answer, ValueError for an address that is none.
    """
    with closing(_connect(address)) as line:
        line.sendall(b"zINSTREAM\0")
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                line.sendall(struct.pack("!L", len(piece)) + piece)
        line.sendall(struct.pack("!L", 0))
        told = b""
        while not told.endswith(b"\0") and (more := line.recv(4096)):
            told += more
    return told.rstrip(b"\0\n").decode("utf-8", "replace")


def _connect(address: str) -> socket.socket:
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(TIMEOUT_S)
        line.connect(parts.path)
        return line
    return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 3310), timeout=TIMEOUT_S)
