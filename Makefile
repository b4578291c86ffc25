# Kapula. `make` or `make help` lists what there is; `make run` is where to begin.
# A fresh machine needs Python 3.11 or newer with venv, and make; nothing else by hand.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

LOCKS := infra/locks
PY := .venv/bin/python
UV := UV_PYTHON_DOWNLOADS=never .venv/bin/uv
# A worker that dies ends the run: a run that goes on without it was seen to wait for ever.
WORKERS := -n 2 --dist loadscope --no-loadscope-reorder --max-worker-restart 0
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-26s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "Settings: PORT (8000) and STATE_DIR (.local) for run; CHROMIUM for test and screenshots."

.PHONY: run
run: .venv/run.stamp .venv-aws/stamp ## Run Kapula on this machine, until Ctrl-C
	@exec $(PY) -m infra.local

.PHONY: test
test: .venv/dev.stamp .venv-aws/stamp node_modules/.stamp ## Run every test (T=path narrows it down, START=2027-12-06T00:30+02:00 moves its clock)
	@CHROMIUM="$$(sh infra/local/chromium.sh)" && export CHROMIUM && \
	$(if $(START),KAPULA_TEST_START=$(START) )exec $(PY) -m pytest $(WORKERS) $(T)

.PHONY: test-fast
test-fast: .venv/dev.stamp ## Run the quickest unit tests and guards, as many as take less than a minute
	@exec $(PY) -m pytest -q $(WORKERS) --within 45 tests/unit tests/guards

.PHONY: pr
pr: lint test ## What must pass before merging; CI runs this

.PHONY: lint
lint: .venv/dev.stamp ## Check style, types and the direction of imports
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

.PHONY: bench
bench: .venv/dev.stamp .venv-aws/stamp ## Measure speed and compare it with the limits
	$(PY) -m tests.bench

.PHONY: screenshots
screenshots: .venv/dev.stamp .venv-aws/stamp ## Take pictures of the pages, for people to look at
	@CHROMIUM="$$(sh infra/local/chromium.sh)" && export CHROMIUM && exec $(PY) -m tests.screenshots

.PHONY: process
process: .venv/run.stamp ## Begin a process, with texts, page and test: NAME=coaching
	@exec $(PY) -m infra.new_process "$$NAME"

.PHONY: import-directory
import-directory: .venv/run.stamp .venv-aws/stamp ## Load people and units: FILE=people.yaml [STAGE=test]
	@test -n "$(FILE)" || { echo "Say which file: make import-directory FILE=people.yaml" >&2; exit 2; }
ifdef STAGE
	@exec $(PY) -m infra.deploy import-directory $(STAGE) "$(FILE)"
else ifdef KAPULA_TABLE_PREFIX
	@exec $(PY) -m infra.import_directory "$(FILE)"
else
	@exec $(PY) -m infra.local.import_directory "$(FILE)"
endif

.PHONY: lock
lock: .venv/bootstrap.stamp ## Write the lock files anew (UPGRADE=1 takes newer versions)
	@set -e; new=$$(mktemp); compile() { \
		cat $(LOCKS)/$$1.txt > $$new 2>/dev/null || : > $$new; \
		$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header --no-annotate $(if $(UPGRADE),--upgrade) \
			$(LOCKS)/$$1.in --output-file $$new $$2; \
		cmp -s $$new $(LOCKS)/$$1.txt || cat $$new > $(LOCKS)/$$1.txt; }; \
	compile bootstrap; compile run; compile aws; \
	compile dev --constraint=$(LOCKS)/run.txt; rm -f $$new

.PHONY: replay
replay: .venv/dev.stamp .venv-aws/stamp ## Try again what was given up on: [STAGE=test] [CASE=K-7FQ2MX]
	@exec $(PY) -m $(if $(STAGE),infra.deploy replay "$(STAGE)",infra.local.replay) $(if $(CASE),"$(CASE)")

.PHONY: holidays
holidays: .venv/dev.stamp ## Write the days on which offices are closed anew
	@exec $(PY) -m infra.holidays

.PHONY: release
release: .venv/dev.stamp ## Make a release of this tree: VERSION=1.0.0
	@VERSION="$(VERSION)" exec $(PY) -m infra.release

.PHONY: clean
clean: ## Remove everything made here but the data of `make run`
	rm -rf .venv .venv-aws node_modules .serverless build .build .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache test-results
	find functions infra tests -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: cost
cost: .venv/dev.stamp ## Compute what a month costs in AWS
	@exec $(PY) -m infra.cost

include infra/deploy/deploy.mk

# Environments. Stamps are newer than the lock they were made from, so that a second `make run`
# installs nothing. Everything is checked against the hashes in the lock. uv is many times
# faster than pip, but knows nothing of a pip that was set up for a mirror or a proxy: so pip
# takes over when uv cannot.
install = UV_COMPILE_BYTECODE=1 UV_HTTP_TIMEOUT=15 UV_HTTP_RETRIES=1 \
	$(UV) pip install --quiet --python $(1) --require-hashes -r $(2) 2>/dev/null || \
	$(PY) -m pip --python $(1) install --quiet --disable-pip-version-check \
		--no-warn-conflicts --require-hashes -r $(2)

# What is made anew is emptied first: never what a link leads to.
no-link = test ! -L $(1) || { \
	echo "$(1) is a link here, and making it anew would empty what it leads to. Remove the link first: rm $(1)" >&2; exit 1; }

.venv/bootstrap.stamp: $(LOCKS)/bootstrap.txt
	@test -n "$(PYTHON)" || { echo "Kapula needs Python 3.11 or newer; none was found as python3." >&2; exit 1; }
	@$(call no-link,.venv)
	@echo "Making the Python environment ..."
	@$(PYTHON) -m venv --clear .venv || { \
		echo "Python cannot make environments: install its venv module (Debian: python3-venv)." >&2; \
		rm -rf .venv; exit 1; }
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/run.stamp: $(LOCKS)/run.txt .venv/bootstrap.stamp
	@echo "Installing what Kapula needs to run ..."
	@$(call install,$(PY),$<)
	@touch $@

.venv/dev.stamp: $(LOCKS)/dev.txt .venv/bootstrap.stamp
	@echo "Installing what the tests and checks need ..."
	@$(call install,$(PY),$<)
	@touch $@ .venv/run.stamp

.venv-aws/stamp: $(LOCKS)/aws.txt .venv/bootstrap.stamp
	@echo "Installing the local AWS ..."
	@$(call no-link,.venv-aws)
	@$(UV) venv --quiet --clear --python $(PY) .venv-aws
	@$(call install,.venv-aws/bin/python,$<)
	@touch $@
