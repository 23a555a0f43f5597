# Each target sets up what it needs: a virtual environment in .venv with the pinned, hashed dependencies.
VENV   := .venv
PYTHON := $(VENV)/bin/python
LOCKED := $(VENV)/.locked

.PHONY: demo dashboard test docs bench format lock clean

demo: $(LOCKED)
	$(VENV)/bin/advisor compare examples/churn.yaml

dashboard: $(LOCKED)-dashboard
	$(VENV)/bin/advisor dashboard

test: system $(LOCKED)-test
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(VENV)/bin/lint-imports
	$(PYTHON) -m pytest

docs: $(LOCKED)-test
	$(PYTHON) -m docs

bench: $(LOCKED)-test
	$(PYTHON) benchmarks/compare.py
	$(PYTHON) benchmarks/manifests.py
	$(PYTHON) benchmarks/reports.py
	$(PYTHON) benchmarks/dashboard.py
	$(PYTHON) benchmarks/batch.py

format: $(LOCKED)-test
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

# What Debian must lend: the text shaping that a PDF needs, and the browser that tries the dashboard. Elsewhere
# `advisor report` names the packages, and the tests of the browser say that they are left out.
.PHONY: system
system:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	  ! { ldconfig -p | grep -q libpangoft2 && command -v chromium >/dev/null; }; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	  libpango-1.0-0 libpangoft2-1.0-0 chromium; fi

$(PYTHON):
	python3 -m venv $(VENV)

# What the command line needs, nothing more: the first run of a newcomer is short.
$(LOCKED): $(PYTHON) constraints.txt pyproject.toml
	$(PYTHON) -m pip install --quiet --require-hashes -r constraints.txt
	$(PYTHON) -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(LOCKED)-dashboard: $(LOCKED) constraints-dashboard.txt
	$(PYTHON) -m pip install --quiet --require-hashes -r constraints-dashboard.txt
	touch $@

$(LOCKED)-test: $(LOCKED) constraints-test.txt
	$(PYTHON) -m pip install --quiet --require-hashes -r constraints-test.txt
	touch $@

# Needs uv. The lock files hold versions and hashes, and no address.
lock:
	uv pip compile pyproject.toml --extra build --universal --generate-hashes --no-emit-index-url --no-header --quiet -o constraints.txt
	uv pip compile pyproject.toml --extra dashboard --universal --generate-hashes --no-emit-index-url --no-header --quiet -o constraints-dashboard.txt
	uv pip compile pyproject.toml --all-extras --universal --generate-hashes --no-emit-index-url --no-header --quiet -o constraints-test.txt

clean:
	rm -rf $(VENV)
