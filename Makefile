# Two commands are all a newcomer needs: `make test` and `make rehearse STACK=prod`. Each installs what it lacks.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STACK ?= prod
INSTALLED := $(VENV)/.installed

.PHONY: help rehearse drill test check unit graphs picture simulate survival envdiff diagram review cost costs schema policies data charts variants dashboards upgrading changes upgrade-plan destroy-plan bench tools lock clean

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

rehearse: $(INSTALLED) tools  ## plan, apply, re-apply and destroy STACK on the real engine, without a cloud
	@$(PY) -m rehearsal $(STACK) $(ARGS)

drill: $(INSTALLED) tools  ## have every creation of STACK fail once (minutes); ARGS="--kills 20", --lost-answers, --lost-cluster
	@$(PY) -m rehearsal.drill $(STACK) $(ARGS)

test: check unit  ## everything but the rehearsals: lint, types, all tests

check: $(INSTALLED)  ## format, lint, types
	@$(VENV)/bin/ruff format --check --quiet . || { echo "run: $(VENV)/bin/ruff format ."; exit 1; }
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/mypy --no-error-summary .

unit: $(INSTALLED) tools  ## all tests, with coverage
	@$(PY) -m pytest -m "not changes" --cov --cov-report=term

graphs: $(INSTALLED)  ## write the reviewed picture of every environment: tests/graphs/<env>.txt
	@$(PY) -m tests.graphs.write

picture: rehearse  ## rehearse prod and put its bring-up picture into the README
	@cp .rehearsal/$(STACK)/bring-up.svg docs/pictures/bring-up-$(STACK).svg

simulate: $(INSTALLED) tools  ## rehearse STACK, and have kube-scheduler place its pods on nodes like its groups (make charts first)
	@$(PY) -m tools.build kube-scheduler
	@$(PY) -m rehearsal $(STACK) --simulate $(ARGS)

review: $(INSTALLED)  ## what a change does to STACK, as one comment, and a guard: make review BASE=../base/.rehearsal
	@test -n "$(BASE)" || { echo "say where the rehearsals before the change are: make review BASE=../base/.rehearsal"; exit 1; }
	@$(PY) -W ignore -m rehearsal.review --base $(BASE) --head .rehearsal --stack $(STACK) --out .rehearsal/review.md $(ARGS)

cost: $(INSTALLED)  ## what STACK costs in a month, from its last rehearsal; ARGS="--against dev" what differs from another
	@$(PY) -m cost $(STACK) $(ARGS)

costs: $(INSTALLED)  ## write what every environment costs: docs/cost.md
	@$(PY) -W ignore -m tests.cost.page

survival: $(INSTALLED)  ## write what prod keeps when something is lost: docs/survival.md
	@$(PY) -W ignore -m tests.rehearsal.survival.page

envdiff: $(INSTALLED)  ## compare two environments as they were last rehearsed: make envdiff A=dev B=prod
	@test -n "$(A)" -a -n "$(B)" || { echo "say which two: make envdiff A=dev B=prod"; exit 1; }
	@$(PY) -m rehearsal.parity $(A) $(B)

diagram: $(INSTALLED)  ## draw the layers of prod: docs/architecture-picture.md and its picture
	@$(PY) -W ignore -m tests.rehearsal.diagram.write

schema: $(INSTALLED)  ## write docs/reference/settings.{schema.json,md} from the settings models
	@$(PY) -m settings.schema

policies: $(INSTALLED)  ## write docs/reference/policies.{md,schema.json} from the rules and their cases
	@$(PY) -W ignore -m tests.policies.reference

data: $(INSTALLED)  ## write the tables of instance types and of Kubernetes' APIs from what AWS and Kubernetes publish
	@$(PY) -m tools.instance_types
	@$(PY) -m tools.api_lifecycles

charts: $(INSTALLED) tools  ## fetch the pinned charts into .charts/, so that rehearsals render them (downloads; only what is missing)
	@$(PY) -m rehearsal.charts.pulling

dashboards: $(INSTALLED)  ## draw docs/dashboards.md and its pictures from the dashboards
	@$(PY) -W ignore -m tests.components.observability.dashboards.preview

upgrading: $(INSTALLED) tools  ## plan every ordinary change anew and write docs/upgrading.md from it
	@$(PY) -m tests.changes.write

changes: $(INSTALLED) tools  ## apply every ordinary change and take it back, against the stand-ins
	@$(PY) -m tests.changes.apply $(ARGS)

variants: $(INSTALLED) tools  ## rehearse what a stack could choose and no environment does (minutes); ARGS="karpenter alb" for some
	@$(PY) -m tests.variants $(ARGS)

upgrade-plan: $(INSTALLED) tools  ## plan STACK's way to the Kubernetes minor TO, from its last rehearsal
	@test -n "$(TO)" || { echo "say to which minor: make upgrade-plan TO=1.37 STACK=$(STACK)"; exit 1; }
	@$(PY) -m operations.upgrade $(STACK) $(TO)

destroy-plan: $(INSTALLED)  ## plan the end of STACK, from its last rehearsal
	@$(PY) -m operations.destroy $(STACK)

bench: $(INSTALLED) tools  ## what the program costs, as ratios to the least that could do the same
	@$(PY) -m bench $(ARGS)

tools: $(INSTALLED)  ## build the command-line tools that are not on PATH into .tools/ (once)
	@$(PY) -m tools.build

lock:  ## compile requirements*.txt from pyproject.toml (needs uv)
	@uv pip compile -q pyproject.toml --extra dev --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header -o requirements-dev.txt
	@uv pip compile -q pyproject.toml --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header -c requirements-dev.txt -o requirements.txt

clean:  ## remove everything that can be made again
	@rm -rf .venv .tools .charts .rehearsal .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.12"; exit 1; }
	@echo "installing the Python packages into $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt || { echo "the Python packages could not be installed: is the package index reachable?"; exit 1; }
	@touch $@
