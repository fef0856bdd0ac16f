# Plein: `make run` and `make test` are all you need. See CONTRIBUTING.md.
PY := .venv/bin/python
.PHONY: setup
setup: .venv/ready

.venv/ready: pyproject.toml locked/dev.txt
	test -x $(PY) || python3 -m venv .venv
	$(PY) -m pip install -q "uv>=0.9"
	$(PY) -m uv pip install -q --require-hashes -r locked/dev.txt
	$(PY) -m uv pip install -q --no-deps --no-build-isolation -e .
	touch .venv/ready
