#!/usr/bin/env bash
# PostgreSQL for the tests of a server on it, by apt where it is absent. Where it cannot be had those tests are skipped
# and say so.
set -uo pipefail
[ -z "$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || exit 0
command -v apt-get >/dev/null || { echo "没有 apt，未安装 PostgreSQL · no apt: PostgreSQL not installed" >&2; exit 0; }
sudo=
[ "$(id -u)" = 0 ] || sudo="sudo -n"
echo "安装 PostgreSQL（测试用）· installing PostgreSQL for the tests"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq && $sudo apt-get install -y -qq --no-install-recommends postgresql >/dev/null ||
    echo "PostgreSQL 未能安装，相应测试将跳过 · PostgreSQL could not be installed; its tests will be skipped" >&2
exit 0
