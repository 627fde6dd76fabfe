# run: the main job · test: everything · check: the quick part of it · bench: ratios · lock: new pins
# audit: known weaknesses and licences of what is pinned (needs the network)
# moved: the quick part on another day, DATE="2028-02-29 23:50" TZ=America/Los_Angeles
# bundle: what is deployed, into build/ · deploy, destroy, rollback: PROJECT=… ARGS=NAME=VALUE (see docs/deploy.md)
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
AUDIT = $(BIN)/uv tool run --quiet --from pip-audit==2.10.1 pip-audit --strict --progress-spinner off \
	--disable-pip --require-hashes
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --use-pep517

.PHONY: run test check quick moved bench chaos fuzz years lock audit lint bundle deploy destroy rollback clean
.DEFAULT_GOAL := run

run: $(VENV)/run
	@$(BIN)/healthrelay run $(ARGS)

test: $(VENV)/dev lint
	@$(BIN)/python -m pytest -n 4 --dist loadgroup --cov --cov-report=term:skip-covered $(ARGS)

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
	@$(PIP) --require-hashes -r requirements/dev.txt
	@$(BIN)/python tools/licences.py

# Asks PyPI which of the pins have known weaknesses; --strict, so that who was not asked is no good news.
audit: $(VENV)/dev
	@$(BIN)/python tools/licences.py --check
	@for pins in requirements/*.txt; do echo "$$pins" >&2; $(AUDIT) -r $$pins || exit 1; done

bundle:
	@$(PYTHON) tools/python_version.py
	@$(PYTHON) tools/bundle.py

# The owner's machine speaks to the deployed store too, so it needs what fetch needs.
deploy destroy rollback: $(VENV)/run
	@test -n "$(PROJECT)" || { echo "Name a project: make $@ PROJECT=…" >&2; exit 2; }
	@$(PIP) --require-hashes -r requirements/fetch.txt
	@$(BIN)/python tools/deploy.py $@ $(PROJECT) $(ARGS)

clean:
	rm -rf .venv* .cache build

# What the pins say is what is installed: a change of pins installs again.
$(VENV)/run: requirements/run.txt pyproject.toml
	@$(PYTHON) tools/python_version.py
	@echo "Setting up $(VENV) …" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements/run.txt
	@$(PIP) --no-deps --editable .
	@touch $@

$(VENV)/dev: $(VENV)/run requirements/dev.txt
	@echo "Installing what the tests need …" >&2
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@
