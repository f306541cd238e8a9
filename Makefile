# The course's commands. `make help` lists them; each sets up what it needs first.
# For one assignment instead of all: make release ASSIGNMENT=titanic

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
PATTERN ?=
FORCE ?=
SCHEDULER ?=
TESTS ?=
ONLY ?=
GPU ?=
ANSWERS ?=
FORMAT ?= csv
OUTPUT ?= exports/$(ASSIGNMENT)-$(FORMAT).$(if $(filter xlsx,$(FORMAT)),xlsx,csv)
PREVIEW ?=
COLUMN ?=
MISSING_AS_ZERO ?=
TEMPLATE ?=
INSTRUCTOR ?=
REVOKE ?=
HOST ?=
PORT ?=
MINUTES ?=
CASE ?=
REASON ?=
UNTIL ?=
TASK ?=
NOTE ?=
PYTHON ?=
YEAR ?=
GRADERS ?=

VENV := .venv
python := $(VENV)/bin/python
READY := $(VENV)/.ready

GRADE_OPTIONS = $(ASSIGNMENT) $(addprefix --student ,$(STUDENT)) $(addprefix --jobs ,$(JOBS)) \
    $(addprefix --scheduler ,$(SCHEDULER))

WHO = $(or $(STUDENT),$(error say who: make $@ STUDENT=ada)) $(addprefix --assignment ,$(ASSIGNMENT)) $(if $(NOTE),--note "$$NOTE")
THIS = $(or $(ASSIGNMENT),$(error name the assignment: make $@ STUDENT=ada ASSIGNMENT=name))
WHICH = --task $(or $(TASK),$(error say which task: make $@ STUDENT=ada ASSIGNMENT=name TASK=fit NOTE="why"))

# Two judges on two cores are faster than one that uses both.
export OMP_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

# Data next to the checkout, if there is any; otherwise it is downloaded once.
ifneq ($(wildcard ../shared/data),)
export COURSE_DATA ?= $(abspath ../shared/data)
endif

.PHONY: help setup release solutions new import watch test check format grade grade-gpu worker serve invite attempts \
        demo report score students collect export return \
        extend excuse withdraw group regrade regraded graders archive gradescope \
        validity upgrade-check prove explain keep mistakes bench alternatives sandbox-check clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nASSIGNMENT=name selects one assignment.\n'

setup: $(READY) ## create .venv with everything in requirements.lock; the other commands do it when needed (SMALL=1: 2 GB instead of 6)

$(READY): requirements.lock scripts/setup.sh
	@PYTHON='$(PYTHON)' scripts/setup.sh $(VENV)
	@touch $@

release: $(READY) ## build and prove release/, which students get (ANSWERS=1: with answers, after the deadline)
	@$(python) -m autograder release $(ASSIGNMENT) $(if $(ANSWERS),--answers)

solutions: $(READY) ## execute the solved notebooks into solutions/
	@$(python) -m autograder solutions $(ASSIGNMENT)

new: $(READY) ## create a small working assignment to turn into your own (ASSIGNMENT=name)
	@$(python) -m autograder new $(or $(ASSIGNMENT),$(error say which: make new ASSIGNMENT=k-means))

import: $(READY) ## make an assignment from an nbgrader or otter notebook (NOTEBOOK=ps2.ipynb, ASSIGNMENT=name)
	@$(python) -m autograder import "$(or $(NOTEBOOK),$(error name the notebook: make import NOTEBOOK=ps2.ipynb))" \
	    $(addprefix --name ,$(ASSIGNMENT))

watch: $(READY) ## rerun an assignment's hidden tests whenever you save one of its files (ASSIGNMENT=name)
	@$(python) -m autograder watch $(or $(ASSIGNMENT),$(error say which: make watch ASSIGNMENT=titanic))

test: check ## lint, then run all tests (TESTS=tests/build for some of them)
	@$(python) -m pytest -n 2 --dist worksteal $(TESTS)

check: $(READY) ## check lint, formatting and the layers of autograder/
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/lint-imports --no-logo --no-cache

format: $(READY) ## fix formatting, and what the linter can fix
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

grade: $(READY) ## grade submitted/ into the gradebook (ASSIGNMENT=name, STUDENT=name, JOBS=n, SCHEDULER=tcp://host:port)
	@$(python) -m autograder grade $(GRADE_OPTIONS)

grade-gpu: $(READY) ## grade only the tests that wait for a GPU (same options as grade)
	@$(python) -m autograder grade --gpu $(GRADE_OPTIONS)

worker: $(READY) ## grade for a Dask scheduler, from this checkout (SCHEDULER=tcp://host:port, JOBS=n, GPU=1)
	@PYTHONPATH=. $(VENV)/bin/dask worker $(or $(SCHEDULER),$(error name the scheduler: make worker SCHEDULER=tcp://host:port)) \
	    --no-dashboard --nthreads 1 --nworkers $(or $(JOBS),$(shell nproc)) $(addprefix --resources GPU=,$(GPU))

serve: $(READY) ## let students try notebooks on the hidden tests, in a browser (HOST, PORT, JOBS=n, SCHEDULER=tcp://host:port)
	@$(python) -m autograder serve $(addprefix --host ,$(HOST)) $(addprefix --port ,$(PORT)) $(addprefix --jobs ,$(JOBS)) \
	    $(addprefix --scheduler ,$(SCHEDULER))

invite: $(READY) ## write personal links for `make serve` to exports/ (STUDENT=name, INSTRUCTOR=name, REVOKE=1, FORCE=1: new ones for all)
	@$(python) -m autograder invite $(addprefix --student ,$(STUDENT)) $(addprefix --instructor ,$(INSTRUCTOR)) \
	    $(if $(REVOKE),--revoke) $(if $(FORCE),--again)

attempts: $(READY) ## write a class's attempts before the deadline to reports/ (ASSIGNMENT=name)
	@$(python) -m autograder attempts $(ASSIGNMENT)

demo: $(READY) ## grade a made-up class of 24 in .cache/demo, and show its report
	@$(python) -m scripts.demo

report: $(READY) ## write a graded class's pages again, without grading (ASSIGNMENT=name; default: all that are graded)
	@$(python) -m autograder report $(ASSIGNMENT)

score: $(READY) ## score one notebook (NOTEBOOK=file ASSIGNMENT=name)
	@$(python) -m autograder score $(or $(NOTEBOOK),$(error name the notebook and the assignment: make score NOTEBOOK=file ASSIGNMENT=name)) \
	    --assignment $(or $(ASSIGNMENT),$(error name the notebook and the assignment: make score NOTEBOOK=file ASSIGNMENT=name))

students: $(READY) ## enter a list of students into the gradebook (FILE=students.csv, or .xlsx)
	@$(python) -m autograder students "$(or $(FILE),$(error name the file: make students FILE=students.csv))"

collect: $(READY) ## put a download from an LMS into submitted/ (SOURCE=folder or zip, ASSIGNMENT=name, PATTERN=names, FORCE=1)
	@$(python) -m autograder collect "$(or $(SOURCE),$(error name the download and the assignment: make collect SOURCE=download.zip ASSIGNMENT=name))" \
	    --assignment $(or $(ASSIGNMENT),$(error name the download and the assignment: make collect SOURCE=download.zip ASSIGNMENT=name)) \
	    $(if $(PATTERN),--pattern "$(PATTERN)") $(if $(FORCE),--force)

export: $(READY) ## write marks to exports/ (ASSIGNMENT=name, FORMAT=csv|xlsx|canvas|moodle|blackboard|brightspace|gradescope, TEMPLATE=file from the LMS, COLUMN=title, MISSING_AS_ZERO=1, PREVIEW=1)
	@$(python) -m autograder export $(or $(ASSIGNMENT),$(error name the assignment: make export ASSIGNMENT=name FORMAT=canvas)) \
	    --format $(FORMAT) --output "$(OUTPUT)" $(if $(TEMPLATE),--template "$(TEMPLATE)") \
	    $(if $(COLUMN),--column "$(COLUMN)") $(if $(MISSING_AS_ZERO),--missing-as-zero) $(if $(PREVIEW),--preview)

return: $(READY) ## pack pages and feedback into exports/<name>-return/ for Canvas, Moodle and mail (ASSIGNMENT=name)
	@$(python) -m autograder return $(or $(ASSIGNMENT),$(error name the assignment: make return ASSIGNMENT=name))

extend: $(READY) ## let a student submit later (STUDENT=ada ASSIGNMENT=name UNTIL="2 days" or a date, NOTE=text)
	@$(python) -m autograder extend $(WHO) $(if $(THIS),) --until "$(or $(UNTIL),$(error say until when: make extend STUDENT=ada ASSIGNMENT=name UNTIL="2 days"))"

excuse: $(READY) ## do not count an assignment for a student (STUDENT=ada ASSIGNMENT=name, NOTE=text)
	@$(python) -m autograder excuse $(WHO)

withdraw: $(READY) ## exclude from averages and exports a student who left the course (STUDENT=ada, NOTE=text)
	@$(python) -m autograder withdraw $(WHO)

group: $(READY) ## let students submit one notebook together (STUDENT="ada bob" or FILE=groups.csv, ASSIGNMENT=name)
	@$(python) -m autograder group $(if $(FILE),--file "$(FILE)" $(addprefix --assignment ,$(ASSIGNMENT)),$(WHO))

regrade: $(READY) ## record a student's regrade request (STUDENT=ada ASSIGNMENT=name TASK=name NOTE="the reason")
	@$(python) -m autograder regrade $(WHO) $(if $(THIS),$(WHICH))

regraded: $(READY) ## answer a regrade request (STUDENT=ada ASSIGNMENT=name TASK=name NOTE="the answer")
	@$(python) -m autograder regraded $(WHO) $(if $(THIS),$(WHICH))

graders: $(READY) ## divide the written answers among graders (ASSIGNMENT=name GRADERS="kim lee")
	@$(python) -m autograder graders $(or $(ASSIGNMENT),$(error name the assignment: make graders ASSIGNMENT=name GRADERS="kim lee")) $(GRADERS)

archive: $(READY) ## move a finished year's class to archive/, and start afresh (YEAR=2026)
	@$(python) -m autograder archive $(or $(YEAR),$(error name the year: make archive YEAR=2026))

gradescope: $(READY) ## build exports/<name>-gradescope.zip, an autograder for Gradescope (ASSIGNMENT=name)
	@$(python) -m autograder gradescope $(or $(ASSIGNMENT),$(error name the assignment: make gradescope ASSIGNMENT=name))

validity: $(READY) ## measure how often a verdict is wrong, and write docs/validity.md (QUICK=1 for a sample)
	@$(python) -m validity.run $(if $(QUICK),--quick) $(addprefix --minutes ,$(MINUTES)) $(addprefix --jobs ,$(JOBS)) $(ASSIGNMENT)

upgrade-check: $(READY) ## grade with the newest libraries and the oldest allowed, and list verdicts that differ (QUICK=1, ONLY=newest, JOBS=n)
	@$(python) -m validity.upgrade $(if $(QUICK),--quick) $(addprefix --only ,$(ONLY)) $(addprefix --jobs ,$(JOBS)) $(ASSIGNMENT)

mistakes: $(READY) ## write what students read after each mistake to docs/mistakes.md
	@$(python) -m corpora.mistakes

prove: $(READY) ## show which mutants of the solution get full marks, and which correct answers lose points (ASSIGNMENT=name, MINUTES=n)
	@$(python) -m validity.prove $(or $(ASSIGNMENT),$(error say which: make prove ASSIGNMENT=k-means)) \
	    $(addprefix --minutes ,$(MINUTES)) $(addprefix --jobs ,$(JOBS))

explain: $(READY) ## record why a mutant that make prove found may get full marks (ASSIGNMENT=name, CASE=id, REASON="why")
	@$(python) -m validity.prove $(or $(ASSIGNMENT),$(error say which: make explain ASSIGNMENT=k-means CASE=id REASON="why")) \
	    --explain "$$CASE" "$$REASON"

keep: $(READY) ## add what make prove found to the corpus as a submission (ASSIGNMENT=name, CASE=id)
	@$(python) -m validity.prove $(or $(ASSIGNMENT),$(error say which: make keep ASSIGNMENT=k-means CASE=id)) --keep "$$CASE"

bench: $(READY) ## time a class of 40 against plain nbgrader and otter; 30 to 1,000 here, 300 with Dask and with the service; notebooks alone (ONLY=class40)
	@$(python) -m benchmarks $(addprefix --only ,$(ONLY))

sandbox-check: $(READY) ## try to escape from the sandbox, and print the results (as root: also as a user)
	@$(python) -m autograder sandbox-check
	@if [ "$$(id -u)" = 0 ]; then $(python) tests/sandbox/as_user.py 54321 $(python) -m autograder sandbox-check; fi

alternatives: $(READY) ## try the hostile submissions on plain nbgrader and otter too, and write docs/alternatives.md
	@$(python) -m benchmarks.alternatives --write

clean: ## remove caches and unfinished builds; keep .venv, release/, solutions/ and submissions
	@rm -rf .ruff_cache .pytest_cache .hypothesis
	@rm -rf release/.new-* solutions/.new-*
	@find . -path ./$(VENV) -prune -o -name __pycache__ -prune -exec rm -rf {} +
