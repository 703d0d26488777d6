# The workshop of vcpp.vcloud: every way to make, try and test the collection. `make help` lists them.
#
# Everything that is made lies in .venv, .venv-oldest, .venv-conformance and build/, which git ignores; nothing elsewhere.
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
# Tools start other tools by name: each recipe sees the programs of one environment first.
NEWEST := PATH="$(CURDIR)/$(BIN):$$PATH"
OLDEST := PATH="$(CURDIR)/$(OLDEST_BIN):$$PATH"
COLLECTION_LINK := ansible_collections/vcpp/vcloud
KUBERNETES_CORE := collections/ansible_collections/kubernetes/core/MANIFEST.json

# What may be set from outside: make unit WORKERS=4 PYTEST_ARGS="-k plan", make sanity ARGS="--test pylint"
WORKERS ?= auto
PYTEST_ARGS ?=
ARGS ?=
UNIT_TESTS ?= tests/unit
OLDEST_TESTS ?= tests/unit/plugins
ESTATE ?= $(firstword $(wildcard inventories/reference/reference-estate.yml tests/simulator/reference-estate.yml))
STATE ?= build/simulator.json
# A unit test that gathers without end fails by itself at 4 GB, before the machine runs out of memory.
BOUNDED := ulimit -v 4194304 2>/dev/null || true;
# Cheap and telling first; then the longest, beside which the others run.
SUITES ?= lint e2e-clusters typing unit unit-oldest docs e2e-playbooks integration e2e-modules conformance sanity \
  sanity-oldest integration-some-oldest molecule
# The whole-system tests that are about modules; the others are about playbooks, pages and the demo.
MODULE_PLAYS := $(patsubst %,tests/e2e/test_%.py,\
  bad_days_estate bad_days_http examples logins troubleshooting vcd_logins vro_runs vsphere_examples ways_of_running)
# Those with a real Ceph cluster and a real Kubernetes API, whose programs are built first: minutes, beside other suites.
CLUSTER_PLAYS := $(wildcard tests/e2e/test_ceph_*.py tests/e2e/test_kubernetes_*.py tests/e2e/test_k8s_*.py)
# How many suites run side by side; LANES=1 shows their output as it comes.
LANES ?=

CONTENT := $(wildcard roles playbooks)

export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.venv/collections
export ANSIBLE_HOME := $(CURDIR)/build/ansible
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHON PYTHON_OLDEST PYTHON_CLIENTS PYTHON_CSE

##@ Start here

.PHONY: help
help: ## list the targets
	@awk 'BEGIN { FS = ":.*## "; print "make <target>" } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-zA-Z0-9_-]+:.*## / { printf "  %-20s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

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
	@$(PY) -c "import sys; from importlib.metadata import version as v; \
	  print(f'.venv has ansible-core {v(\"ansible-core\")}, the newest for Python {sys.version_info[0]}.{sys.version_info[1]}.')"
	@touch $@

# The collection that role k8s_ceph_storage is made of: the newest one here, and beside the oldest core the one of its time,
# which is the oldest that galaxy.yml lets in.
.venv/$(KUBERNETES_CORE): tests/tools/kubernetes_core.py | .venv/.demo
	@echo "Taking kubernetes.core out of the newest bundle of collections ..."
	@$(PY) -m tests.tools.kubernetes_core .venv/collections ansible

.venv-oldest/$(KUBERNETES_CORE): tests/tools/kubernetes_core.py | .venv-oldest/bin/python
	@echo "Taking kubernetes.core out of the bundle of the oldest promised ansible-core ..."
	@$(OLDEST_BIN)/python -m tests.tools.kubernetes_core .venv-oldest/collections "ansible == 10.*"

.venv/.development: requirements/development.txt .venv/.demo | .venv/$(KUBERNETES_CORE)
	@echo "Installing the test tools ..."
	@$(PY) -m pip install --quiet --upgrade -r requirements/development.txt
	@touch $@

.venv-oldest/.oldest: requirements/oldest.txt | .venv-oldest/bin/python .venv-oldest/$(KUBERNETES_CORE)
	@echo "Installing the oldest promised ansible-core ..."
	@$(OLDEST_BIN)/python -m pip install --quiet --upgrade -r requirements/oldest.txt
	@mkdir -p .venv-oldest/collections/$(dir $(COLLECTION_LINK))
	@ln -sfn ../../../.. .venv-oldest/collections/$(COLLECTION_LINK)
	@$(OLDEST_BIN)/python -c "import sys; from importlib.metadata import version as v; \
	  print(f'.venv-oldest has ansible-core {v(\"ansible-core\")} on Python {sys.version_info[0]}.{sys.version_info[1]}.')"
	@touch $@

# The genuine clients of vCloud Director, each in an environment of its own. Where no Python or npm is fit for one, its
# tests say that they were not run; in CI that is a failure.
CLIENTS := .venv-conformance
$(CLIENTS)/python/.ready: tests/conformance/requirements.txt
	@python="$$(tests/tools/find_python.sh clients)"; \
	  echo "Environment: $(CLIENTS)/python with $$("$$python" --version)"; \
	  rm -rf $(CLIENTS)/python; "$$python" -m venv $(CLIENTS)/python
	@$(CLIENTS)/python/bin/python -m pip install --quiet -r $<
	@touch $@

# Its requirements include a source distribution, which the installer builds with setuptools of its own.
$(CLIENTS)/cse/.ready: tests/conformance/requirements-cse.txt
	@python="$$(tests/tools/find_python.sh cse)"; \
	  echo "Environment: $(CLIENTS)/cse with $$("$$python" --version)"; \
	  rm -rf $(CLIENTS)/cse; "$$python" -m venv $(CLIENTS)/cse
	@$(CLIENTS)/cse/bin/python -m pip install --quiet --use-pep517 -r $<
	@touch $@

$(CLIENTS)/node/.ready: tests/conformance/package.json
	@echo "Environment: $(CLIENTS)/node with Node.js $$(node --version)"
	@rm -rf $(CLIENTS)/node; mkdir -p $(CLIENTS)/node; cp $< $(CLIENTS)/node/
	@cd $(CLIENTS)/node && npm install --silent --no-audit --no-fund --no-package-lock --ignore-scripts
	@touch $@

# Where Maven put the client is written down. Its repository does not serve every release at every time: the tests of a
# client that could not be had say that they were not run.
$(CLIENTS)/java/classpath: tests/conformance/java/pom.xml
	@echo "Environment: $(CLIENTS)/java with $$(java -version 2>&1 | head -n 1)"
	@rm -rf $(CLIENTS)/java; mkdir -p $(CLIENTS)/java
	@mvn -q -B -f $< dependency:build-classpath -Dmdep.outputFile="$(CURDIR)/$@" >$(CLIENTS)/java/log 2>&1 \
	  || { rm -f $@; echo "not made: $(CLIENTS)/java, because Maven could not get its packages ($(CLIENTS)/java/log)"; }

.PHONY: conformance-clients
conformance-clients: ## make .venv-conformance: pyvcloud, vcd-cli, container-service-extension, @vcd/node-client, mcp-vcf-orchestrator, vmwvro2, artifact-manager
	@wanted=(); \
	  if [[ -n "$(CI)$(PYTHON_CLIENTS)" ]] || tests/tools/find_python.sh clients >/dev/null 2>&1; then \
	    wanted+=($(CLIENTS)/python/.ready); \
	  else echo "not made: $(CLIENTS)/python, because no Python 3.10 to 3.13 was found"; fi; \
	  if [[ -n "$(CI)$(PYTHON_CSE)" ]] || tests/tools/find_python.sh cse >/dev/null 2>&1; then \
	    wanted+=($(CLIENTS)/cse/.ready); \
	  else echo "not made: $(CLIENTS)/cse, because no Python 3.10 was found"; fi; \
	  if [[ -n "$(CI)" ]] || { command -v node && command -v npm; } >/dev/null; then wanted+=($(CLIENTS)/node/.ready); \
	  else echo "not made: $(CLIENTS)/node, because node or npm was not found"; fi; \
	  if command -v java >/dev/null && command -v mvn >/dev/null; then wanted+=($(CLIENTS)/java/classpath); \
	  else echo "not made: $(CLIENTS)/java, because java or mvn was not found"; fi; \
	  if (( $${#wanted[@]} )); then $(MAKE) -s -j3 "$${wanted[@]}"; fi

# The vCenter that deploying is tested against; built once, it needs a Go compiler.
VCSIM := build/bin/vcsim
$(VCSIM): tests/tools/vcsim.sh $(wildcard tests/tools/vcsim/*)
	@tests/tools/vcsim.sh $@

.PHONY: vcsim
vcsim: $(VCSIM) ## build VMware's vCenter simulator in build/bin/ (needs Go 1.23 or newer)
	@echo "The vCenter simulator is $(VCSIM)."

# The Kubernetes of the lab, from its Go modules; the script knows what is there already (it asks by content, not by date).
K8S_BIN := build/labs/kubernetes/bin
.PHONY: k8s-api
k8s-api: ## build kube-apiserver, kube-controller-manager and kubectl of the lab (Go; minutes, once)
	@tests/labs/kubernetes/programs/build.sh $(K8S_BIN) api

# In CI it is built, and what cannot be is a failure; elsewhere its tests say that they were not run.
.PHONY: k8s-api-in-ci
k8s-api-in-ci:
	@if [[ -n "$(CI)" ]]; then $(MAKE) k8s-api; fi

# ceph-csi is built from a checkout, since its module is not served everywhere: make k8s-binaries CEPH_CSI_SOURCE=~/ceph-csi
.PHONY: k8s-binaries
k8s-binaries: k8s-api ## the same, the CSI sidecars and a driver; with CEPH_CSI_SOURCE=<checkout> also ceph-csi
	@tests/labs/kubernetes/programs/build.sh $(K8S_BIN) csi
	@if [[ -n "$(CEPH_CSI_SOURCE)" ]]; then \
	  CEPH_CSI_SOURCE="$(CEPH_CSI_SOURCE)" tests/labs/kubernetes/programs/build.sh $(K8S_BIN) ceph; \
	elif [[ ! -x $(K8S_BIN)/cephcsi ]]; then echo "ceph-csi was not built, since CEPH_CSI_SOURCE names no checkout of it: the lab's own driver stands in"; fi

.PHONY: k8s-lab
k8s-lab: .venv/.demo k8s-binaries ## bring up Kubernetes with ceph-csi's controller and a Ceph cluster (ctrl-c ends it)
	@$(NEWEST) $(PY) -m tests.labs.kubernetes serve --storage

.PHONY: k8s-chain
k8s-chain: .venv/.development k8s-binaries ## prove claims through role, csi-provisioner, driver and Ceph (minutes)
	@$(NEWEST) $(PY) -m pytest --timeout=600 -m chain tests/e2e $(PYTEST_ARGS)

.PHONY: demo
demo: .venv/.demo | $(VCSIM) ## deploy two sites from nothing, run again, see and correct drift, protect a vApp
	@$(NEWEST) $(PY) -m tests.demo

.PHONY: demo-storage
demo-storage: .venv/.development k8s-binaries ## a tenant's Kubernetes cluster and real Ceph below it, to a bound claim (as root)
	@$(NEWEST) $(PY) -m tests.demo.storage

.PHONY: simulator
simulator: .venv/.demo ## start the simulator with the reference estate in the foreground (ctrl-c ends it)
	@mkdir -p build
	@$(NEWEST) $(PY) -m tests.simulator serve --estate $(ESTATE) --state $(STATE)

##@ Test

# Where no Python can run the oldest core, all else is still worth running: the summary says what was not. In CI, and where
# somebody names an interpreter for it, that is a failure.
.PHONY: env-oldest-if-possible
env-oldest-if-possible:
	@if [[ -n "$(CI)$(PYTHON_OLDEST)" ]] || tests/tools/find_python.sh oldest >/dev/null 2>&1; then $(MAKE) env-oldest; fi

# Likewise without a Go compiler: tests that need a vCenter say that they were not run. In CI that is a failure.
.PHONY: vcsim-if-possible
vcsim-if-possible:
	@if [[ -n "$(CI)" ]] || command -v go >/dev/null || [[ -x /usr/local/go/bin/go ]]; then $(MAKE) $(VCSIM); \
	  elif [[ ! -x $(VCSIM) ]]; then echo "not run: tests that need a vCenter, because no Go compiler was found (make vcsim)"; fi

.PHONY: test
# Whatever several suites need is made before they run side by side. In CI Go begins at once with the longest of builds, while
# the others wait for the network; the suite that needs it waits for it, and tells where it failed.
test: ## everything that CI runs; KEEP_GOING=1 does not stop at a failure
	@$(if $(CI),mkdir -p build; $(MAKE) k8s-api >build/k8s-api.log 2>&1 &)
	@$(MAKE) -j4 $(if $(CI),system-packages) env env-oldest-if-possible vcsim-if-possible
	@$(NEWEST) $(PY) -m tests.tools.run_suites $(if $(KEEP_GOING),--keep-going) $(if $(LANES),--lanes $(LANES)) $(SUITES)

.PHONY: unit
unit: .venv/.development ## unit tests on the newest core
	@$(BOUNDED) $(NEWEST) $(PY) -m pytest -n $(WORKERS) $(UNIT_TESTS) $(PYTEST_ARGS)

.PHONY: unit-oldest
unit-oldest: .venv/.development .venv-oldest/.oldest ## unit tests of the plugins on the oldest core
	@$(BOUNDED) $(OLDEST) $(OLDEST_BIN)/python -m pytest -n $(WORKERS) $(OLDEST_TESTS) $(PYTEST_ARGS)

.PHONY: sanity
sanity: .venv/.development ## ansible-test sanity on the newest core, no ignore file
	@$(PY) -m tests.tools.ansible_test sanity $(ARGS)

.PHONY: sanity-oldest
sanity-oldest: .venv-oldest/.oldest ## ansible-test sanity on the oldest core, no ignore file
	@$(OLDEST_BIN)/python -m tests.tools.ansible_test sanity $(ARGS)

.PHONY: integration
integration: .venv/.development vcsim-if-possible ## integration targets against the simulator on the newest core (ARGS=<target>)
	@$(PY) -m tests.tools.ansible_test integration $(ARGS)

.PHONY: integration-oldest
integration-oldest: .venv/.development .venv-oldest/.oldest vcsim-if-possible ## the same on the oldest core
	@$(OLDEST_BIN)/python -m tests.tools.ansible_test integration $(ARGS)

.PHONY: integration-some-oldest
integration-some-oldest: .venv/.development .venv-oldest/.oldest vcsim-if-possible ## of these, one of each product, and all that have tasks of their own
	@$(OLDEST_BIN)/python -m tests.tools.ansible_test integration --some

.PHONY: integration-info
integration-info: .venv/.development vcsim-if-possible ## targets of _info modules that their siblings' cycles read with
	@$(PY) -m tests.tools.ansible_test integration --info

.PHONY: molecule
molecule: .venv/.development ## the roles' Molecule scenario against the simulator on the newest core
	@cd extensions && NO_COLOR=1 MOLECULE_EPHEMERAL_DIRECTORY="$(CURDIR)/build/molecule" $(NEWEST) molecule test $(ARGS)

.PHONY: e2e
e2e: .venv/.development vcsim-if-possible ## whole playbooks against simulator, sshd and browser
	@$(NEWEST) $(PY) -m pytest --timeout=600 -m "not slow and not chain" tests/e2e $(PYTEST_ARGS)

.PHONY: e2e-modules
e2e-modules: .venv/.development vcsim-if-possible ## of these, the ones about modules
	@$(NEWEST) $(PY) -m pytest --timeout=600 -m "not slow and not chain" $(MODULE_PLAYS) $(PYTEST_ARGS)

.PHONY: e2e-playbooks
e2e-playbooks: .venv/.development vcsim-if-possible ## of these, the ones about playbooks, pages and the demo
	@$(NEWEST) $(PY) -m pytest --timeout=600 -m "not slow and not chain" tests/e2e $(addprefix --ignore=,$(MODULE_PLAYS) $(CLUSTER_PLAYS)) $(PYTEST_ARGS)

.PHONY: e2e-clusters
e2e-clusters: .venv/.development k8s-api-in-ci ## of these, the ones with a real Ceph cluster or a real Kubernetes API
	@$(NEWEST) $(PY) -m pytest --timeout=600 -m "not slow and not chain" $(CLUSTER_PLAYS) $(PYTEST_ARGS)

.PHONY: e2e-slow
e2e-slow: .venv/.development vcsim-if-possible ## the rest of them: long plays on a second release
	@$(NEWEST) $(PY) -m pytest --timeout=600 -m slow tests/e2e $(PYTEST_ARGS)

.PHONY: ceph-lab
ceph-lab: .venv/.development ## as root: the Ceph roles over SSH on hosts of systemd-nspawn (CORE=oldest: by the oldest core)
	@$(NEWEST) $(PY) -m pytest -x --timeout=900 --durations=0 tests/labs/ceph/test_hosts.py tests/labs/ceph/test_roles.py $(PYTEST_ARGS)

.PHONY: conformance
conformance: .venv/.development conformance-clients ## genuine clients against the simulated products
	@$(NEWEST) $(PY) -m pytest tests/conformance $(PYTEST_ARGS)

.PHONY: bench
bench: .venv/.development k8s-binaries | $(VCSIM) ## measure the promised ratios, print them and write build/bench.json
	@mkdir -p build
	@$(NEWEST) $(PY) -m tests.benchmarks $(ARGS)

##@ Check

.PHONY: lint
lint: .venv/.development ## ruff, ansible-lint (production), yamllint, shellcheck, changelog fragments
	@failed=0; \
	  echo "ruff"; $(BIN)/ruff check --quiet --output-format concise . || failed=1; \
	  echo "yamllint"; $(BIN)/yamllint --strict . || failed=1; \
	  echo "shellcheck"; git ls-files -co --exclude-standard -z -- '*.sh' .ci/run | xargs -0 $(BIN)/shellcheck || failed=1; \
	  echo "antsibull-changelog"; $(NEWEST) $(BIN)/antsibull-changelog lint || failed=1; \
	  echo "ansible-lint $(CONTENT)"; \
	  if [[ -n "$(CONTENT)" ]]; then $(NEWEST) $(BIN)/ansible-lint -q -s $(CONTENT) || failed=1; fi; \
	  exit $$failed

.PHONY: typing
typing: .venv/.development ## mypy --strict on module_utils, the simulator, the tools and the labs
	@failed=0; \
	  $(BIN)/mypy .venv/collections/$(COLLECTION_LINK)/plugins/module_utils \
	    | sed 's#^\.venv/collections/$(COLLECTION_LINK)/##' || failed=1; \
	  $(BIN)/mypy --python-version 3.11 tests/simulator tests/tools tests/labs || failed=1; \
	  exit $$failed

.PHONY: docs
docs: .venv/.development ## check the documentation of plugins, roles and guides
	@cd "$$($(PY) -m tests.tools.docs_tree)" && $(NEWEST) antsibull-docs lint-collection-docs \
	  --plugin-docs --validate-collection-refs self .
	@echo "documentation: no errors"

.PHONY: docs-site
docs-site: .venv/.development ## build the pages of the collection in build/docs-site/
	@$(PY) -m tests.tools.docs_tree >/dev/null
	@rm -rf build/docs-site && mkdir -p build/docs-site/{source,rst} && chmod go-w build/docs-site/{source,rst}
	@export ANSIBLE_COLLECTIONS_PATH="$(CURDIR)/build/docs"; export $(NEWEST); cd build/docs-site; \
	  antsibull-docs sphinx-init --use-current --squash-hierarchy --fail-on-error --dest-dir source vcpp.vcloud >/dev/null; \
	  antsibull-docs --config-file source/antsibull-docs.cfg collection --cleanup everything --fail-on-error --use-current \
	    --squash-hierarchy --dest-dir rst vcpp.vcloud; \
	  : "labels of Ansible's own pages cannot be looked up without a network"; \
	  sphinx-build -D suppress_warnings=ref.ref --quiet --keep-going -b html -c source rst html
	@echo "Open build/docs-site/html/index.html"

##@ Release

.PHONY: archive
archive: .venv/.demo ## build the archive for Galaxy in build/
	@$(BIN)/ansible-galaxy collection build --force --output-path build

.PHONY: changelog
changelog: .venv/.development ## take new fragments into changelogs/changelog.yaml and CHANGELOG.rst
	@$(NEWEST) $(BIN)/antsibull-changelog release --update-existing --reload-plugins

.PHONY: system-packages
system-packages: ## as root on Debian or Ubuntu: install what whole-system tests use and is missing
	@tests/tools/system_packages.sh

.PHONY: clean
clean: ## remove build/ and caches, keep the environments
	@rm -rf build .pytest_cache .hypothesis .ansible

.PHONY: clean-env
clean-env: ## remove the environments, for example to make them with another Python
	@rm -rf .venv .venv-oldest .venv-conformance
