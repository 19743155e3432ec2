# Two commands: `make demo` replaces a face in the example sequence, `make test` runs the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
ROOMS := core nodes cli gizmos pipeline_hooks

.PHONY: demo test lint clean

demo: $(INSTALLED)
	$(BIN)/doublure demo

test: $(INSTALLED) lint
	$(BIN)/python -m pytest

# The type checker finds `doublure.core` and its neighbours through a folder of links: an editable install shows it nothing.
lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@mkdir -p build/types/doublure && for room in $(ROOMS); do ln -sfn $(CURDIR)/$$room build/types/doublure/$$room; done
	cd build/types && MYPYPATH=. ../../$(BIN)/mypy --config-file ../../pyproject.toml $(ROOMS:%=-p doublure.%)

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else \
	  f"Doublure needs Python 3.11 to 3.13, this is {v[0]}.{v[1]}; name another with make PYTHON=python3.12")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "The Python module venv is missing; on Debian and Ubuntu install the package python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt torch
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	$(BIN)/doublure weights fetch
	@touch $@

clean:
	rm -rf $(VENV) out build *.egg-info
