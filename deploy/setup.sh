#!/usr/bin/env bash
# Create the virtual environment from the lock. Usage: setup.sh PYTHON VENV
set -euo pipefail
python=$1 venv=$2
command -v "$python" >/dev/null || python=python3
"$python" - <<'PY' || { echo "县报需要 Python 3.11 或 3.12 · Xianbao needs Python 3.11 or 3.12" >&2; exit 1; }
import sys
sys.exit(not ((3, 11) <= sys.version_info[:2] < (3, 13)))
PY
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "安装 python3-venv · installing python3-venv"
    if [ "$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi
    $sudo apt-get update -qq && $sudo apt-get install -y -qq python3-venv >/dev/null
fi
echo "准备环境（首次约一两分钟）· setting up, a minute or two the first time"
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
# The lock is complete. --no-deps: pip would else ask an extra (prefect wants sqlalchemy[asyncio]) for its newest version,
# which the lock need not have, and refuse.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock 2> >(grep -v '^WARNING: Location' >&2)
# The build back end is in the lock, so nothing unpinned is fetched for the project itself.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . 2> >(grep -v '^WARNING: Location' >&2)
