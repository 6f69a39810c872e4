# The newcomer's two commands are `make run` and `make test`; everything else is for engineers.
.PHONY: help run test lint fmt bench pictures

help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

run: ## build Carillon and its console, and start it with sample data in ./data
	scripts/console
	cargo run --locked --package carillon -- serve --data ./data --demo

test: ## install what the tests need, build, and run every test on both engines
	scripts/setup-tests
	scripts/test

lint: ## formatting, clippy, the console, and the licenses and sources of the dependencies
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	scripts/console check
	scripts/check-dependencies

fmt: ## format the Rust sources
	cargo fmt --all

bench: ## print the ratios that docs and reviews quote (release build, takes a while); BENCH="lists --users 100000", or promise
	scripts/setup-tests
ifeq ($(BENCH),promise)
	scripts/test promise::for_long -- --ignored
else
	scripts/console
	cargo build --locked --release --package carillon --package carillon-bench
	POSTGRES_OPTIONS="-c shared_buffers=1GB" scripts/with-postgres target/release/carillon-bench $(BENCH)
endif

pictures: ## make the pictures of docs/guide.md anew, by the console's tests
	scripts/setup-tests
	scripts/pictures
