"""Write locked/*.txt anew from pyproject.toml: versions and hashes, no addresses."""

import subprocess
import sys

COMPILE = [sys.executable, "-m", "uv", "pip", "compile", "-q", "--universal", "--generate-hashes"]
PLAIN = ["--no-emit-index-url", "--no-header", "--no-annotate", "pyproject.toml"]

subprocess.run([*COMPILE, *PLAIN, "--group", "dev", "-o", "locked/dev.txt"], check=True)
subprocess.run([*COMPILE, *PLAIN, "-c", "locked/dev.txt", "-o", "locked/run.txt"], check=True)
