#!/usr/bin/env bash
# Create .venv-rivals with the readers that tests/benchmarks/bench_rivals.py compares with; does nothing when it is there.
# They stay out of the lock: their dependencies are old and nothing of ours needs them. Usage: rivals.sh [PYTHON]
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3.11} venv=.venv-rivals
[ ! -f "$venv/.complete" ] || exit 0
command -v "$python" >/dev/null || python=python3
echo "准备对照工具 · setting up the other readers"
"$python" -m venv --clear "$venv"
echo '*' >"$venv/.gitignore"
# Recognizers-Text asks for any emoji but imports a name that emoji 2 no longer has.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    'jionlp==1.5.31' 'recognizers-text-suite==1.0.2a2' 'emoji<2' 2> >(grep -v '^WARNING: Location' >&2)
"$venv/bin/python" -c 'import jionlp, recognizers_suite' >/dev/null
touch "$venv/.complete"
