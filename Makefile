# make demo: everything, with a simulated market, on http://localhost:8000
# make test: the whole suite, on every service that answers
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PORT ?= 8000
# The web server listens here, and mails link to it.
export BIND ?= 127.0.0.1:$(PORT)
export PATH := $(abspath $(BIN)):$(PATH)

.PHONY: demo run test lint messages clean

$(VENV)/.installed: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

messages: $(VENV)/.installed
	python -m babel.messages.frontend --quiet compile --domain django --directory locale

.PHONY: prepare
prepare: messages
	python manage.py migrate --verbosity 0
	python manage.py collectstatic --noinput --verbosity 0

demo: prepare
	python manage.py demo_market
	python manage.py match --inline
	python manage.py demo_market
	@echo "Open http://localhost:$(PORT)  (stop with Ctrl-C)"
	honcho start

run: prepare
	honcho start

lint: $(VENV)/.installed-dev messages
	ruff check .
	ruff format --check .
	lint-imports
	python manage.py makemigrations --check --dry-run
	ALLOWED_HOSTS=example.org SECRET_KEY=$$(python -c "import secrets; print(secrets.token_urlsafe(50))") \
		python manage.py check --deploy --fail-level WARNING

test: $(VENV)/.installed-dev messages
	python -m tests.run

clean:
	rm -rf $(VENV) staticfiles
