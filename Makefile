# The commands to know: `make demo`, `make run` and `make test`. They set up .venv by themselves (python3, python3-venv, make).
PYTHON ?= python3
BIN := .venv/bin
PACKAGES := agent collectors checks demo exporters playbooks
# Processes that run the tests: twice the two cores of CI, for two thirds of the tests' time is waiting for peers.
WORKERS ?= 4
# Else each of the hundreds of processes that the tests start would compile the agent anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo run test check fmt bench lock docs clean

run: .venv/.ready
	$(BIN)/shouwang run

# The page of a simulated centre, with the agent watching it; Ctrl-C ends it.
demo: .venv/.ready
	@$(BIN)/shouwang demo

# The tests of a file stay together, in their order: they share its peers. Files go out in the order of collection,
# the long ones first (tests/conftest.py).
test: .venv/.ready
	$(BIN)/pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# What can be said of the code without running it; `make test` is the rest of what CI asks.
check: .venv/.ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m docs.generate --check

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
