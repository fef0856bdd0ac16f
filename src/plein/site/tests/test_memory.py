"""The web process loads no more than pages need."""

import gc
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from plein.site import memory

HEAVY = ("duckdb", "pyarrow", "pandas", "polars", "scipy", "altair", "deltalake", "typst", "rdflib", "sqlglot")
UNUSED = (*memory.NEEDLESS, "httpx", "paho", "open_data_contract_standard")


def test_libraries_nobody_needs_are_hidden_only_while_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(sys.modules):
        if name.split(".")[0] == "jinja2":
            monkeypatch.delitem(sys.modules, name)

    with memory.loading(), pytest.raises(ImportError):
        import jinja2  # noqa: F401

    assert importlib.util.find_spec("jinja2") is not None
    assert gc.isenabled()
    gc.unfreeze()


def test_a_web_process_starts_without_heavy_libraries(tmp_path: Path) -> None:
    code = "import json, sys, plein.site.wsgi; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    environment = {**os.environ, "PLEIN_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "plein.site.settings"}

    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert not loaded & {*HEAVY, *UNUSED}
