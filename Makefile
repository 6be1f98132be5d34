# The two commands to know: `make run` and `make test`. Both set up .venv by themselves (python3, python3-venv, make).
PYTHON ?= python3
BIN := .venv/bin
PACKAGES := agent collectors checks demo exporters playbooks

.PHONY: run test check fmt bench lock docs clean

run: .venv/.ready
	$(BIN)/shouwang run

test: .venv/.ready
	$(BIN)/pytest -q

check: .venv/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m docs.generate --check
	$(BIN)/pytest -q

fmt: .venv/.ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: .venv/.ready
	$(BIN)/python -m docs.generate

bench: .venv/.ready
	$(BIN)/python -m benchmarks

# Versions and hashes only: the file names no registry, so it installs from whichever mirror the machine uses.
lock: .venv/.ready
	$(BIN)/uv pip compile --universal --generate-hashes --no-header --extra dev --python-version 3.11 pyproject.toml -o requirements.lock

.venv: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
