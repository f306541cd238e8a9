# The course's commands. `make help` lists them; each sets up what it needs.
# One assignment instead of all: make release ASSIGNMENT=titanic

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

ASSIGNMENT ?=
STUDENT ?=
NOTEBOOK ?=
JOBS ?=
FILE ?=
SOURCE ?=
SCHEDULER ?=
TESTS ?=
ONLY ?=
GPU ?=
FORMAT ?= csv
OUTPUT ?= exports/$(ASSIGNMENT)-$(FORMAT).csv
TEMPLATE ?=
MINUTES ?=

VENV := .venv
PYTHON := $(VENV)/bin/python
READY := $(VENV)/.ready

GRADE_OPTIONS = $(ASSIGNMENT) $(addprefix --student ,$(STUDENT)) $(addprefix --jobs ,$(JOBS)) \
    $(addprefix --scheduler ,$(SCHEDULER))

# Two judges on two cores are faster than one that uses both.
export OMP_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

# The data that stands beside the checkout, where it does; otherwise it is fetched once.
ifneq ($(wildcard ../shared/data),)
export COURSE_DATA ?= $(abspath ../shared/data)
endif

.PHONY: help setup release solutions test check format grade grade-gpu worker demo report score students collect export gradescope \
        validity bench alternatives sandbox-check clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nASSIGNMENT=name chooses one assignment.\n'

setup: $(READY) ## make .venv with everything in requirements.lock (the others do it when needed)

$(READY): requirements.lock scripts/setup.sh
	@scripts/setup.sh $(VENV)
	@touch $@

release: $(READY) ## build and prove release/, what students get
	@$(PYTHON) -m autograder release $(ASSIGNMENT)

solutions: $(READY) ## execute the solved notebooks into solutions/
	@$(PYTHON) -m autograder solutions $(ASSIGNMENT)

test: check ## lint, then run all tests (TESTS=tests/build for some)
	@$(PYTHON) -m pytest -n 2 --dist worksteal $(TESTS)

check: $(READY) ## lint and formatting
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

format: $(READY) ## mend formatting and what lint can mend
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

grade: $(READY) ## grade submitted/ into the gradebook (ASSIGNMENT=name, STUDENT=name, JOBS=n, SCHEDULER=tcp://host:port)
	@$(PYTHON) -m autograder grade $(GRADE_OPTIONS)

grade-gpu: $(READY) ## grade only what waits for a GPU (the same options)
	@$(PYTHON) -m autograder grade --gpu $(GRADE_OPTIONS)

worker: $(READY) ## judge for a Dask scheduler, from this checkout (SCHEDULER=tcp://host:port, JOBS=n, GPU=1)
	@PYTHONPATH=. $(VENV)/bin/dask worker $(or $(SCHEDULER),$(error say whose: make worker SCHEDULER=tcp://host:port)) \
	    --no-dashboard --nthreads 1 --nworkers $(or $(JOBS),$(shell nproc)) $(addprefix --resources GPU=,$(GPU))

demo: $(READY) ## grade a made-up class of 24, apart from everything else, and show its report
	@$(PYTHON) -m scripts.demo

report: $(READY) ## make the pages of a graded class again (ASSIGNMENT=name; all that is graded by default)
	@$(PYTHON) -m autograder report $(ASSIGNMENT)

score: $(READY) ## score one notebook (NOTEBOOK=file ASSIGNMENT=name)
	@$(PYTHON) -m autograder score $(or $(NOTEBOOK),$(error say which: make score NOTEBOOK=file ASSIGNMENT=name)) \
	    --assignment $(or $(ASSIGNMENT),$(error say which: make score NOTEBOOK=file ASSIGNMENT=name))

students: $(READY) ## enter the students of a CSV file into the gradebook (FILE=students.csv)
	@$(PYTHON) -m autograder students "$(or $(FILE),$(error say which: make students FILE=students.csv))"

collect: $(READY) ## put an LMS's download into submitted/ (SOURCE=folder or zip, ASSIGNMENT=name)
	@$(PYTHON) -m autograder collect "$(or $(SOURCE),$(error say which: make collect SOURCE=download.zip ASSIGNMENT=name))" \
	    --assignment $(or $(ASSIGNMENT),$(error say which: make collect SOURCE=download.zip ASSIGNMENT=name))

export: $(READY) ## write marks to exports/ (ASSIGNMENT=name, FORMAT=csv|canvas|moodle, TEMPLATE=the LMS's file)
	@$(PYTHON) -m autograder export $(or $(ASSIGNMENT),$(error say which: make export ASSIGNMENT=name FORMAT=canvas)) \
	    --format $(FORMAT) --output "$(OUTPUT)" $(if $(TEMPLATE),--template "$(TEMPLATE)")

gradescope: $(READY) ## build exports/<name>-gradescope.zip, an autograder for Gradescope (ASSIGNMENT=name)
	@$(PYTHON) -m autograder gradescope $(or $(ASSIGNMENT),$(error say which: make gradescope ASSIGNMENT=name))

validity: $(READY) ## measure how far verdicts can be trusted, into docs/validity.md (QUICK=1 for a sample)
	@$(PYTHON) -m validity.run $(if $(QUICK),--quick) $(addprefix --minutes ,$(MINUTES)) $(addprefix --jobs ,$(JOBS)) $(ASSIGNMENT)

bench: $(READY) ## a class of 40 against plain nbgrader, and one of 300 here and through Dask (ONLY=class300)
	@$(PYTHON) -m benchmarks $(addprefix --only ,$(ONLY))

sandbox-check: $(READY) ## try to escape from the sandbox, and print what held (as root: also as a user)
	@$(PYTHON) -m autograder sandbox-check
	@if [ "$$(id -u)" = 0 ]; then $(PYTHON) tests/sandbox/as_user.py 54321 $(PYTHON) -m autograder sandbox-check; fi

alternatives: $(READY) ## the hostile submissions before plain nbgrader and otter, beside us; writes docs/alternatives.md
	@$(PYTHON) -m benchmarks.alternatives --write

clean: ## remove caches and unfinished builds; .venv, release/, solutions/ and submissions stay
	@rm -rf .ruff_cache .pytest_cache .hypothesis
	@rm -rf release/.new-* solutions/.new-*
	@find . -path ./$(VENV) -prune -o -name __pycache__ -prune -exec rm -rf {} +
