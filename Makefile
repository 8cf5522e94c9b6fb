# Two commands set up everything on a bare Debian with Python 3.11: `make demo` and `make test`.
.PHONY: demo test check docs clean

demo:  ## the main job on real data: a checked, printed assessment in out/
	@scripts/setup.sh demo
	.venv/bin/ostra assess semiconductors --home EU27 --year 2023 -o out/

test: check  ## format, lint, types, all tests, docs
	.venv/bin/pytest -n auto --dist loadfile
	.venv/bin/mkdocs build --strict --quiet --site-dir build/docs

check:
	@scripts/setup.sh test
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy

docs:
	@scripts/setup.sh test
	.venv/bin/mkdocs serve

clean:
	rm -rf .venv .peers .peers-* .cache build out
