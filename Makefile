# Each target does all of its set-up; a second run does only what is left to do.

.DEFAULT_GOAL := help
.PHONY: help run demo test bench generate conformance crash powercut sanitize guards format check clean setup setup-contract
MAKEFLAGS += --no-print-directory
export SEED QUICK

help: ## Shows this.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## Builds and serves at this machine, with the Stripe simulator, until Ctrl-C.
	@swift build --product remit
	@exec .build/debug/remit serve --dev

demo: setup ## Tells one payment's story, from order to refund, on a server of its own.
	@swift build --product remit
	@.build/debug/remit demo

test: setup ## Runs every test; SEED=n replays a random run.
	@scripts/test

bench: setup-contract ## Measures Remit, and its peers beside it; QUICK=1 takes some minutes.
	@scripts/bench-all

crash: setup ## Kills a server at each named point, and proves that nothing was lost.
	@swift build --product remit
	@scripts/crash

powercut: setup ## Cuts the power under tenants' files and control.sqlite: nothing answered is lost.
	@swift build --build-tests
	@scripts/powercut

sanitize: setup ## Runs every test under the thread and the address sanitizer.
	@scripts/sanitize

guards: setup-contract ## Counts allocations per call and the codec's instructions, against thresholds.
	@scripts/guards

generate: setup-contract ## Writes the generated sources anew from proto/.
	@scripts/generate

conformance: setup-contract ## Runs the protobuf conformance suite against our codec.
	@scripts/conformance

format: ## Formats the sources written by hand.
	@scripts/sources | xargs -0 swift format --in-place --parallel

check: setup-contract ## Format, warnings, the contract's lint, generated code up to date, guards.
	@scripts/check

clean: ## Removes what was built; the data in .remit/ stays.
	@rm -rf .build .build-*

setup:
	@scripts/setup

setup-contract:
	@scripts/setup contract
