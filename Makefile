# Each target is one script; run a script with --help for what it takes.
.PHONY: build wheel demo test test-all bench format lint sanitize fuzz docs clean

build:
	@scripts/setup && scripts/build build

wheel:
	@scripts/wheel $(PYTHONS)

demo:
	@scripts/demo $(MODEL)

test:
	@scripts/test

test-all:
	@scripts/test --all

bench:
	@scripts/bench

format:
	@scripts/format

lint:
	@scripts/lint

sanitize:
	@scripts/sanitize

fuzz:
	@scripts/fuzz

docs:
	@scripts/docs

clean:
	@rm -rf build build-sanitize build-fuzz
