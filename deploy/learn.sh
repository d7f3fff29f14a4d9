#!/usr/bin/env bash
# Create .venv-learn with scikit-learn, which fits what figures are told by (tests/golden/learn.py); does nothing when it
# is there. It stays out of the lock: whoever only reads reports needs the weights, and nothing that fits them.
# Usage: learn.sh [PYTHON]
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3.11} venv=.venv-learn
[ ! -f "$venv/.complete" ] || exit 0
command -v "$python" >/dev/null || python=python3
echo "准备学习工具 · setting up what learns from gold"
"$python" -m venv --clear "$venv"
echo '*' >"$venv/.gitignore"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check 'scikit-learn==1.9.1' 2> >(grep -v '^WARNING: Location' >&2)
touch "$venv/.complete"
