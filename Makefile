# Plein: `make run` and `make test` are all you need. CONTRIBUTING.md tells the rest.
PY := .venv/bin/python
PORT ?= 8000
DATA ?= var

# Trust what the machine trusts, as pip does: a town hall's network often has a certificate authority of its own.
export UV_SYSTEM_CERTS ?= 1
export UV_NATIVE_TLS ?= 1

.PHONY: run test check shots setup wheel lock format clean
run: setup  ## set up everything and run the demo town
	PLEIN_DATA="$${PLEIN_DATA:-$(DATA)}" .venv/bin/plein up --port $(PORT)

test: setup  ## every check and test; on Debian as root it installs what it lacks
	$(PY) tools/verify.py all

check: setup  ## the fast subset, for while you work
	$(PY) tools/verify.py fast

shots: setup  ## a picture of every page of the demo town, into var/shots/
	$(PY) tools/shots.py

wheel: setup  ## a package that carries its own static files and translations
	$(PY) tools/wheel.py

format: setup
	.venv/bin/ruff check --fix -q . ; .venv/bin/ruff format -q .

lock: setup  ## write the locked versions anew
	$(PY) tools/lock.py

clean:
	rm -rf .venv build dist

setup: .venv/ready .venv/frontend .venv/translations

.venv/translations: .venv/ready $(shell find src -name '*.po' 2> /dev/null)
	$(PY) tools/translations.py compile
	touch .venv/translations

.venv/ready: pyproject.toml locked/dev.txt
	test -x $(PY) || python3 -m venv .venv
	$(PY) -m pip install -q --disable-pip-version-check "uv>=0.9"
	$(PY) -m uv pip install -q --require-hashes -r locked/dev.txt
	$(PY) -m uv pip install -q --no-deps --no-build-isolation -e .
	touch .venv/ready

.venv/frontend: .venv/ready $(wildcard frontend/package-lock.json frontend/*.mjs frontend/icons.txt tools/frontend.py)
	test ! -f tools/frontend.py || $(PY) tools/frontend.py build
	touch .venv/frontend
