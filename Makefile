# make            format is by hand; lint, types, tests, docs: all that CI does
# make install    .venv/bin/mailbridge
# make run        a desk on loopback, ready for a first mail
PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin
DESK ?= desk

.PHONY: all install run test lint types unit bench torture docs lock clean

all: test

$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/developing: $(VENV)/installed requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

install: $(VENV)/installed

run: install
	@test -e $(DESK)/mailbridge.toml || $(BIN)/mailbridge init $(DESK)
	@echo
	@echo "Send a first mail from another terminal:"
	@echo "  $(BIN)/python -c \"import smtplib; smtplib.SMTP('127.0.0.1', 2525).sendmail('you@example.com', 'support@example.org', 'From: you@example.com\\\\nTo: support@example.org\\\\nSubject: Hello\\\\n\\\\nCan you help me?')\""
	@echo "Then look at its ticket, and at the mail that went out:"
	@echo "  $(BIN)/mailbridge ticket list --config $(DESK)"
	@echo "  ls $(DESK)/var/outgoing/new"
	@echo
	$(BIN)/mailbridge run --config $(DESK)

test: lint types unit

lint: $(VENV)/developing
	$(BIN)/ruff check .

types: $(VENV)/developing
	$(BIN)/mypy

unit: $(VENV)/developing
	$(BIN)/pytest

bench: $(VENV)/developing
	$(BIN)/python -m tests.bench

torture: $(VENV)/developing
	$(BIN)/python -m tests.torture

docs: $(VENV)/developing
	$(BIN)/python -m mailbridge.config.describe
	$(BIN)/python -m tests.write_cli_reference

lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --extra postgres --extra dkim --extra holidays --extra build \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements.lock
	uv pip compile pyproject.toml --universal --python-version 3.11 --all-extras \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements-dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
