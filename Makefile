# The workshop of vcpp.vcloud: every way to make, try and test the collection. `make help` lists them.
#
# Everything that is made lies in .venv, .venv-oldest and build/, which git ignores; nothing is written elsewhere.
# .venv is filled in two steps, so that a look at the demo does not wait for the test tools.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# Relative: the recipes run at the top of the repository, whose path may hold anything.
BIN := .venv/bin
PY := $(BIN)/python
OLDEST_BIN := .venv-oldest/bin
COLLECTION_LINK := ansible_collections/vcpp/vcloud

export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.venv/collections
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHON PYTHON_OLDEST

##@ Start here

.PHONY: help
help: ## list the targets
	@awk 'BEGIN { FS = ":.*## "; print "make <target>" } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-zA-Z0-9_-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: env
env: .venv/.development ## make .venv: newest ansible-core, the simulator's packages, all test tools

.PHONY: env-demo
env-demo: .venv/.demo ## make .venv with what the demo and the simulator need, nothing more

.PHONY: env-oldest
env-oldest: .venv-oldest/.oldest ## make .venv-oldest: the oldest promised ansible-core, for tests

# The interpreter is an order-only need: its date says nothing. If it has gone, the environment is made anew.
.venv/bin/python:
	@python="$$(tests/tools/find_python.sh newest)"; \
	  echo "Environment: .venv with $$("$$python" --version)"; \
	  rm -rf .venv; "$$python" -m venv .venv

.venv-oldest/bin/python:
	@python="$$(tests/tools/find_python.sh oldest)"; \
	  echo "Environment: .venv-oldest with $$("$$python" --version)"; \
	  rm -rf .venv-oldest; "$$python" -m venv .venv-oldest

.venv/.demo: requirements/demo.txt | .venv/bin/python
	@echo "Installing Ansible and the simulator's packages ..."
	@$(PY) -m pip install --quiet --upgrade -r requirements/demo.txt
	@mkdir -p .venv/collections/$(dir $(COLLECTION_LINK))
	@ln -sfn ../../../.. .venv/collections/$(COLLECTION_LINK)
	@$(BIN)/ansible --version | head -n 1
	@touch $@

.venv/.development: requirements/development.txt .venv/.demo
	@echo "Installing the test tools ..."
	@$(PY) -m pip install --quiet --upgrade -r requirements/development.txt
	@touch $@

.venv-oldest/.oldest: requirements/oldest.txt | .venv-oldest/bin/python
	@echo "Installing the oldest promised ansible-core ..."
	@$(OLDEST_BIN)/python -m pip install --quiet --upgrade -r requirements/oldest.txt
	@mkdir -p .venv-oldest/collections/$(dir $(COLLECTION_LINK))
	@ln -sfn ../../../.. .venv-oldest/collections/$(COLLECTION_LINK)
	@$(OLDEST_BIN)/ansible --version | head -n 1
	@touch $@
