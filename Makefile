# Commands of the project. Each works on a fresh clone and installs what it needs below .venvs/.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
export UV_PYTHON_DOWNLOADS := never
export SAM_CLI_TELEMETRY := 0
export CKV_SKIP_PACKAGE_UPDATE_CHECK := true

# What is downloaded or kept lands below this folder, also for a user without a home.
export UV_CACHE_DIR := $(CURDIR)/.cache/uv
export PIP_CACHE_DIR := $(CURDIR)/.cache/pip
export npm_config_cache := $(CURDIR)/.cache/npm
export MYPY_CACHE_DIR := $(CURDIR)/.cache/mypy
export RUFF_CACHE_DIR := $(CURDIR)/.cache/ruff
export HYPOTHESIS_STORAGE_DIRECTORY := $(CURDIR)/.cache/hypothesis
export MPLCONFIGDIR := $(CURDIR)/.cache/matplotlib
export __SAM_CLI_APP_DIR := $(CURDIR)/.cache/sam-home

# Settings of the user that would make Python find other modules, read and print other letters, or compile each module
# anew whenever a process starts.
unexport PYTHONHOME PYTHONPATH PYTHONSAFEPATH PYTHONIOENCODING PYTHONDONTWRITEBYTECODE PIP_PYTHON
export PYTHONUTF8 := 1
# Only a deployed stack is asked with the AWS configuration of this machine.
ifeq (,$(filter smoke budget,$(MAKECMDGOALS)))
unexport AWS_PROFILE AWS_DEFAULT_PROFILE
export AWS_CONFIG_FILE := /dev/null
export AWS_SHARED_CREDENTIALS_FILE := /dev/null
endif

PYTHON ?= python3
PORT ?= 8100
KEY ?= local
CONFIG ?= default
BASE ?=
UV := .venvs/uv/bin/uv
LOCAL := .venvs/local/bin/python
DEV := .venvs/dev/bin/python
CLIENT := clients/python/src
# pip installs there whatever its settings say; where it takes packages from stays theirs to say.
INTO_UV := --no-user --target= --prefix="$(CURDIR)/.venvs/uv" --root=/
# Without it the stack comes without its page.
HAS_NPM := $(shell command -v npm)
# Environments that the stack on this machine needs.
STACK_ENVS := .venvs/emulator/.ready .venvs/runtime/.ready
LOCKS := requirements/bench requirements/emulator requirements/faults requirements/runtime requirements/local requirements/dev requirements/sam requirements/checkov \
  requirements/audit requirements/generators requirements/mutants layers/runtime/requirements

.PHONY: help demo demo-inbox quick test test-all test-loaded mutants soak bench deploy smoke budget provider up down check package audit cost scale permissions asyncapi openapi clients lock

help: ## Show the commands.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

demo: .venvs/local/.ready $(STACK_ENVS) ## One real swap through the public API, twice; leaves out/demo/.
	@PYTHONPATH=$(CLIENT) $(LOCAL) -m local.command demo

demo-inbox: .venvs/local/.ready $(STACK_ENVS) ## A swap by files in the bucket, its event and its callback; leaves out/demo-inbox/.
	@PYTHONPATH=$(CLIENT) $(LOCAL) -m local.command demo_inbox

quick: .venvs/dev/.ready ## What needs no stack, in a minute; ARGS="-k …" picks tests.
	@$(DEV) -m pytest --quiet --numprocesses 2 -m "not stack" tests/unit tests/model tests/contracts tests/template $(ARGS)

test: .venvs/dev/.ready .venvs/faults/.ready .venvs/generators/.ready node_modules/.ready $(STACK_ENVS) .cache/chromium.ready web/dist/index.html ## Every kind of test, of the longest a sample; what CI runs.
	@$(DEV) -m tests

test-all: .venvs/dev/.ready .venvs/faults/.ready .venvs/generators/.ready node_modules/.ready $(STACK_ENVS) .cache/chromium.ready web/dist/index.html ## Every test, each point of a crash, the mutants, and the soak of 500 jobs.
	@$(DEV) -m tests --whole
	@$(MAKE) --no-print-directory mutants
	@$(MAKE) --no-print-directory soak

test-loaded: .venvs/dev/.ready .venvs/faults/.ready .venvs/generators/.ready node_modules/.ready $(STACK_ENVS) .cache/chromium.ready web/dist/index.html ## `make test` while something else keeps the machine busy.
	@$(DEV) -m tests.loaded $(MAKE) --no-print-directory test

mutants: .venvs/dev/.ready .venvs/mutants/.ready ## Does a test fail for each small fault? ARGS="rules …" picks parts; leaves out/mutants.json.
	@PYTHONPATH=layers/faceswap/python $(DEV) -m tests.mutants $(ARGS)

soak: .venvs/dev/.ready .venvs/faults/.ready $(STACK_ENVS) ## 500 jobs while everything misbehaves; leaves out/soak.json.
	@PYTHONPATH=layers/faceswap/python $(DEV) -m tests.soak --jobs 500 --at-once 50 --seed 1

bench: .venvs/dev/.ready .venvs/bench/.ready $(STACK_ENVS) ## Measure against references of the same run, the engine against that of BASE=revision; leaves out/bench.json.
	@PYTHONPATH=layers/faceswap/python:$(CLIENT) $(DEV) -m local.bench --base="$(BASE)"

deploy: .venvs/sam/.ready .venvs/dev/.ready ## CONFIG=dev: build and deploy to AWS as samconfig.toml says.
	@PATH="$(CURDIR)/.venvs/uv/bin:$$PATH" PYTHONPATH=layers/faceswap/python $(DEV) -m local.deploy $(CONFIG)

smoke: .venvs/local/.ready ## STACK=name: one job through a deployed stack; prints what differs from the run here.
	@PYTHONPATH=layers/faceswap/python:$(CLIENT) $(LOCAL) -m local.smoke $(STACK)

budget: .venvs/local/.ready ## STACK=name AMOUNT=25.50: what a deployed stack may spend on jobs today; sends what waits for it.
	@PYTHONPATH=layers/faceswap/python $(LOCAL) -m local.budget $(STACK) $(AMOUNT)

up: .venvs/local/.ready $(STACK_ENVS) $(if $(HAS_NPM),web/dist/index.html) ## The local stack in the background, with its page; writes .local/stack.json.
	@$(if $(HAS_NPM),,echo "npm is not there: the stack comes without its page")
	@$(LOCAL) -m local.command stack up

provider: .venvs/local/.ready ## Our own provider by itself, with its engine; PORT=8100 KEY=local.
	@PROVIDER_KEY="$(KEY)" $(LOCAL) -m local.command provider serve --port "$(PORT)" --work .local/provider-alone

down: .venvs/local/.ready ## Stop the local stack.
	@$(LOCAL) -m local.command stack down

check: .venvs/dev/.ready .venvs/audit/.ready .venvs/checkov/.ready .venvs/sam/.ready node_modules/.ready ## Format, lint, types, documents, template and state machine.
	.venvs/dev/bin/ruff format --check .
	.venvs/dev/bin/ruff check .
	.venvs/dev/bin/mypy layers functions local tests $(CLIENT)
	@PYTHONPATH=layers/faceswap/python:$(CLIENT) .venvs/dev/bin/lint-imports --no-logo --no-cache >.cache/imports.log || { cat .cache/imports.log; exit 1; }
	$(DEV) -m local.documents
	$(DEV) -m tests.support.imports
	.venvs/audit/bin/bandit --quiet --configfile pyproject.toml --recursive layers/faceswap functions local $(CLIENT)
	PYTHONPATH=layers/faceswap/python $(DEV) -m local.configurations template.yaml .cache/transformed
	.venvs/dev/bin/cfn-lint .cache/transformed/*.json
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true node_modules/.bin/redocly lint docs/openapi.json >.cache/redocly.log 2>&1 || { cat .cache/redocly.log; exit 1; }
	node local/asyncapi.mjs docs/asyncapi.yaml
	node_modules/.bin/biome ci --log-level=warn .
	node_modules/.bin/tsc --project clients/typescript
	node_modules/.bin/tsc --project web
	node_modules/.bin/asl-validator --json-path statemachine/job_lifecycle.asl.json
	.venvs/sam/bin/sam validate --lint >.cache/validate.log 2>&1 || { cat .cache/validate.log; exit 1; }
	.venvs/checkov/bin/checkov --file template.yaml --framework cloudformation --quiet --compact --skip-download
	@$(MAKE) --no-print-directory package

package: .venvs/sam/.ready .venvs/dev/.ready ## Build for AWS as `sam build` does, twice, and look into what came out.
	@mkdir -p .cache && rm -rf .cache/elsewhere && mkdir -p .cache/elsewhere/sources
	@cp -R template.yaml samconfig.toml functions layers statemachine .cache/elsewhere/sources
	@for folder in . .cache/elsewhere/sources; do \
	  (cd $$folder && PATH="$(CURDIR)/.venvs/uv/bin:$$PATH" $(CURDIR)/.venvs/sam/bin/sam build --build-dir .cache/build --cache-dir .cache/sam) \
	    >.cache/build.log 2>&1 || { cat .cache/build.log; exit 1; }; done
	@$(DEV) -m local.packaging .cache/build .cache/elsewhere/sources/.cache/build

audit: .venvs/audit/.ready .venvs/dev/.ready node_modules/.ready ## What is known against the packages in use; needs a service that knows.
	@$(DEV) -m local.audit

cost: .venvs/dev/.ready $(STACK_ENVS) ## Count what a job costs on AWS; writes docs/cost.md.
	@PYTHONPATH=layers/faceswap/python $(DEV) -m tests.cost docs/cost.md

scale: .venvs/dev/.ready .venvs/emulator/.ready ## Count what 1,000, 10,000 and 100,000 open jobs cost, and simulate their waiting; writes docs/scale.md.
	@PYTHONPATH=layers/faceswap/python $(DEV) -m local.scale $(ARGS)

permissions: .venvs/dev/.ready $(STACK_ENVS) ## See which permissions are needed by what; writes docs/permissions.md.
	@PYTHONPATH=layers/faceswap/python $(DEV) -m tests.permissions docs/permissions.md

asyncapi: .venvs/dev/.ready ## Write docs/asyncapi.yaml, the contract of events, from the code.
	@PYTHONPATH=layers/faceswap/python:functions/jobs $(DEV) -m local.asyncapi docs/asyncapi.yaml

openapi: .venvs/dev/.ready ## Write docs/openapi.json, the published contract, from the code.
	@PYTHONPATH=layers/faceswap/python:functions/jobs $(DEV) -m local.openapi docs/openapi.json

clients: node_modules/.ready ## Write clients/typescript/src/generated, types and fetch layer, from docs/openapi.json.
	@cd clients/typescript && $(CURDIR)/node_modules/.bin/openapi-ts --silent

lock: $(UV) ## Resolve the requirement files again.
	@for f in $(LOCKS); do $(UV) pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal \
	  --python-version 3.11 $$f.in -o $$f.txt; done

$(UV):
	@echo "installing uv"
	@$(PYTHON) -m venv .venvs/uv && .venvs/uv/bin/python -m pip install --quiet $(INTO_UV) --require-hashes -r requirements/uv.txt

.venvs/%/.ready: requirements/%.txt | $(UV)
	@echo "installing the environment $*"
	@rm -rf .venvs/$* && $(UV) venv --quiet --relocatable --python $(PYTHON) .venvs/$*
	@$(UV) pip install --quiet --require-hashes --compile-bytecode --python .venvs/$*/bin/python -r $<
	@touch $@

node_modules/.ready: package-lock.json
	@npm ci --silent --include=dev --no-audit --no-fund && touch $@

web/dist/index.html: node_modules/.ready web/index.html web/package.json web/vite.config.ts $(wildcard web/src/*.ts web/src/styles/*.css web/public/* clients/typescript/src/*.ts clients/typescript/src/generated/*.ts clients/typescript/src/generated/*/*.ts)
	@npm run --silent build --workspace web -- --logLevel warn

.cache/chromium.ready:
	@mkdir -p .cache
	@$(PYTHON) tests/support/chromium.py >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || \
	  { echo "installing Chromium"; apt-get -qq update && apt-get -qq install --yes chromium >/dev/null; } || true
	@$(PYTHON) tests/support/chromium.py && touch $@
