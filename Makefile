# run: the main job · test: everything · check: the quick part of it · bench: ratios · lock: new pins
# audit: known weaknesses and licences of what is pinned (needs the network)
# moved: the quick part on another day, DATE="2028-02-29 23:50" TZ=America/Los_Angeles
# screenshots: the pictures in docs/, of the sandbox, by Chromium
# bundle: what is deployed, into build/ · image: what Docker runs at home · deploy, destroy, rollback: PROJECT=… ARGS=NAME=VALUE (see docs/deploy.md)
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
AUDIT = $(BIN)/uv tool run --quiet --from pip-audit==2.10.1 pip-audit --strict --progress-spinner off \
	--disable-pip --require-hashes
# From 3.12 on Python itself tells which lines ran, which costs a tenth; before, a tracer doubles the time.
CORE = $(shell $(BIN)/python -c "import sys; print('sysmon' if hasattr(sys, 'monitoring') else 'ctrace')")

.PHONY: run test check quick moved bench chaos fuzz years lock audit lint screenshots bundle image deploy destroy rollback clean again
.DEFAULT_GOAL := run

run: $(VENV)/run
	@$(BIN)/healthrelay run $(ARGS)

test: $(VENV)/dev lint
	@COVERAGE_CORE=$(CORE) $(BIN)/python -m pytest -n 4 --dist loadgroup --cov --cov-report=term:skip-covered $(ARGS)

check: lint quick

quick: $(VENV)/dev
	@$(BIN)/python -m pytest -n 4 --dist loadgroup -m "not peer" $(ARGS)

moved: $(VENV)/dev
	@$(BIN)/python -m tests.peers.moved_clock -m pytest -n 4 --dist loadgroup \
		-W ignore::pytest.PytestAssertRewriteWarning -m "not peer" $(ARGS)

lint: $(VENV)/dev
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache > $(VENV)/lint-imports.txt || { cat $(VENV)/lint-imports.txt; exit 1; }

chaos: $(VENV)/dev
	@$(BIN)/python -m tests.chaos.run $(ARGS)

fuzz: $(VENV)/dev
	@$(BIN)/python -m tests.fuzz.run $(ARGS)

years: $(VENV)/dev
	@$(BIN)/python -m tests.years.run $(ARGS)

bench: $(VENV)/dev
	@$(BIN)/python -m benchmarks $(ARGS)

lock: $(VENV)/dev
	@tools/lock
	@$(PYTHON) tools/set_up.py $(VENV) requirements/dev.txt
	@$(BIN)/python tools/licences.py

# Asks PyPI which of the pins have known weaknesses; --strict, so that who was not asked is no good news.
audit: $(VENV)/dev
	@$(BIN)/python tools/licences.py --check
	@for pins in requirements/*.txt; do echo "$$pins" >&2; $(AUDIT) -r $$pins || exit 1; done

screenshots: $(VENV)/dev
	@$(BIN)/python tools/screenshots.py

bundle:
	@$(PYTHON) tools/python_version.py
	@$(PYTHON) tools/bundle.py

# By Docker: the images of compose.yaml, and a sandbox run in the first of them.
image:
	@docker compose --profile igor build --quiet
	@docker compose run --rm healthrelay run --once --json

# The owner's machine speaks to the deployed store too, so it needs what fetch needs.
deploy destroy rollback: $(VENV)/run
	@test -n "$(PROJECT)" || { echo "Name a project: make $@ PROJECT=…" >&2; exit 2; }
	@$(PYTHON) tools/set_up.py $(VENV) requirements/fetch.txt
	@$(BIN)/python tools/deploy.py $@ $(PROJECT) $(ARGS)

clean:
	rm -rf .venv* .cache build

# What the pins say is what is installed: a change of pins installs again, and so does another place.
$(VENV)/run: requirements/run.txt pyproject.toml $(if $(shell grep -sF "$(abspath $(VENV))" $(BIN)/activate),,again)
	@$(PYTHON) tools/python_version.py
	@$(PYTHON) tools/set_up.py $(VENV) requirements/run.txt --editable
	@touch $@

$(VENV)/dev: $(VENV)/run requirements/dev.txt
	@echo "Installing what the tests need …" >&2
	@$(PYTHON) tools/set_up.py $(VENV) requirements/dev.txt
	@touch $@
