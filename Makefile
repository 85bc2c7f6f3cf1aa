# « make run » is all a fresh machine needs; « make help » lists the rest.

ifndef PYTHON
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
endif
PY := .venv/bin/python
MANAGE := $(PY) manage.py

.PHONY: help setup setup-dev run stop test quality bench soak screenshots guide-images backup restore requirements clean

help:  ## cette liste
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

setup:  ## environnement Python, paquets, bibliothèques du système
	@$(or $(PYTHON),python3) tools/setup.py

setup-dev:
	@$(or $(PYTHON),python3) tools/setup.py --dev

run: setup  ## l'application sur http://localhost:8000 (PORT=… pour un autre port), Ctrl-C pour arrêter
	@exec $(PY) -m config.servers run

stop:  ## arrête les serveurs embarqués que des commandes manage.py ont laissés
	@$(PY) -m config.servers stop

test: setup-dev  ## tous les tests, sur des serveurs à eux
	$(PY) -m pytest -n auto --dist loadgroup --cov --cov-report=term-missing:skip-covered

# These checks read the settings and reach no server.
quality: export CLAUSEO_DATA := $(CURDIR)/.venv/quality
quality: export CLAUSEO_SECRET_KEY = $(shell $(PYTHON) -c "import secrets; print(secrets.token_urlsafe(64))")
quality: export CLAUSEO_DOCUMENT_KEYS = $(shell $(PYTHON) -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())")
quality: export DATABASE_URL := postgresql://clauseo_app@/clauseo?host=/nonexistent
quality: export DATABASE_OWNER_URL := postgresql://clauseo_owner@/clauseo?host=/nonexistent
quality: export REDIS_URL := redis://nonexistent/0
quality: setup-dev  ## style, types, couches, migrations, réglages de production
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m djlint templates --lint --quiet
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=config.settings.production $(MANAGE) check --deploy --fail-level WARNING

bench: setup-dev  ## vitesse et mémoire : mesure, borne, verdict
	$(PY) -m bench

soak: setup-dev  ## les tests longs : pannes, machines à états, indicateurs, saisie à plusieurs
	$(PY) -m bench.soak

screenshots: setup-dev  ## les pages principales en images : clair, sombre, 360 px
	$(PY) -m tools.screenshots

guide-images: setup-dev  ## les images de la documentation, prises dans la démonstration
	$(PY) -m tools.screenshots --guide

backup: setup  ## FILE=… : base et documents dans un fichier, sans les clés des documents
	@$(MANAGE) backup "$(FILE)"

restore: setup  ## FILE=… [REPLACE=1] : remet une sauvegarde en place
	@$(MANAGE) restore "$(FILE)" $(if $(REPLACE),--replace)

requirements:  ## résout à nouveau requirements/*.in (demande uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate -q \
		--custom-compile-command "make requirements" requirements/base.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate -q \
		--custom-compile-command "make requirements" -c requirements.txt requirements/dev.in -o requirements-dev.txt

clean:  ## retire .venv et les caches ; les données de var/ restent
	@if [ -x $(PY) ]; then $(PY) -m config.servers stop; fi
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
