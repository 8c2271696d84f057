# make            all that CI does: lint, types, tests, documentation
# make install    .venv/bin/mailbridge
# make run        a desk on loopback, ready for a first mail
# make docs       writes the generated pages anew; the tests fail when they are not in step
PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin
DESK ?= desk
PIP = $(BIN)/pip --quiet --disable-pip-version-check

.PHONY: all install run test lint types unit bench torture docs wheel lock clean

all: test

$(VENV)/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/developing: $(VENV)/installed requirements-dev.lock
	$(PIP) install --require-hashes -r requirements-dev.lock
	touch $@

install: $(VENV)/installed

define WELCOME
Send a first mail from another terminal, in this folder:

  $(BIN)/python -c "import smtplib; smtplib.SMTP('127.0.0.1', 2525).sendmail('you@example.com', 'support@example.org', 'From: you@example.com\nSubject: Hello\n\nCan you help me?')"

Then look at its ticket, and at the mails that went out:

  $(BIN)/mailbridge ticket list --config $(DESK)
  ls $(DESK)/var/outgoing/new

endef
export WELCOME

run: install
	@test -e $(DESK)/mailbridge.toml || $(BIN)/mailbridge init $(DESK)
	@printf '\n%s\n\n' "$$WELCOME"
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
	$(BIN)/python -m tests.bench.reading
	$(BIN)/python -m tests.bench.lookup

torture: $(VENV)/developing
	$(BIN)/python -m tests.torture

docs: $(VENV)/developing
	$(BIN)/python -m mailbridge.config.describe
	$(BIN)/python -m tests.write_cli_reference

# The built wheel, with all that it ships, works where there is no checkout.
wheel: $(VENV)/installed
	rm -rf build/wheel
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir build/wheel .
	$(PIP) install --no-deps --target build/wheel/installed build/wheel/*.whl
	cd build/wheel && PYTHONPATH=installed ../../$(BIN)/python -c "from mailbridge.cli import main; main()" init desk >desk.txt 2>&1
	cd build/wheel && PYTHONPATH=installed ../../$(BIN)/python -c "from mailbridge.cli import main; main()" check --config desk

lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --extra postgres --extra dkim --extra holidays --extra build \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements.lock
	uv pip compile pyproject.toml --universal --python-version 3.11 --all-extras \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -o requirements-dev.lock

clean:
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis
