#!/usr/bin/env bash
# Create .venv-spark with Spark's own client and Sail, an engine that speaks Spark Connect and reads Delta by itself (no
# Java), for the test that Spark programs read the warehouse; does nothing when it is there. 600 MB, so it stays out of
# the lock and of `make test`. Usage: spark.sh [PYTHON]
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:-python3.11} venv=.venv-spark
[ ! -f "$venv/.complete" ] || exit 0
command -v "$python" >/dev/null || python=python3
echo "准备 Spark 客户端 · setting up Spark's client"
"$python" -m venv --clear "$venv"
echo '*' >"$venv/.gitignore"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    'pysail==0.7.2' 'pyspark-client==4.2.0' 2> >(grep -v '^WARNING: Location' >&2)
"$venv/bin/python" -c 'import pysail.spark, pyspark.sql' >/dev/null
touch "$venv/.complete"
