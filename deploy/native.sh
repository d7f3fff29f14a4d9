#!/usr/bin/env bash
# Compile the hot code (tasks/native.py), unless this was done or tried for these sources. Usage: native.sh VENV [again]
# Where it cannot be done the sources are run: the same figures, but slower. Set-up never fails by this.
set -uo pipefail
venv=$1 again=${2:-}
[ "${XIANBAO_INTERPRETED:-}" != 1 ] || exit 0
log=$venv/native.log
mapfile -t builds < <("$venv/bin/python" -I tasks/native.py)
missing=()
for build in "${builds[@]}"; do
    # A file in place of a build's folder: it was tried in vain, which is not tried again at each `make run`.
    [ -d "$build" ] || { [ -f "$build" ] && [ "$again" != again ]; } || missing+=("$build")
done
[ ${#missing[@]} -gt 0 ] || exit 0
mkdir -p "${missing[0]%/*}"
rm -f "${missing[@]}"

slower() { # WHY-CHINESE WHY-ENGLISH
    echo "$1：读取和抽取照常可用，只是较慢；make native 再试 · $2: reading works, only slower; make native tries again" >&2
    for build in "${missing[@]}"; do [ -e "$build" ] || touch "$build"; done
    exit 0
}
can_compile() {
    command -v gcc >/dev/null || return 1
    local headers
    headers=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
    echo '#include <Python.h>' | gcc -fsyntax-only -I "$headers" -x c - 2>/dev/null
}

if ! can_compile; then
    command -v apt-get >/dev/null || slower "没有 C 编译器" "no C compiler"
    sudo=
    [ "$(id -u)" = 0 ] || sudo="sudo -n"
    echo "安装 gcc 和 Python 头文件 · installing gcc and Python's headers"
    export DEBIAN_FRONTEND=noninteractive
    python=$("$venv/bin/python" -c 'import sys; print("python3.%d" % sys.version_info[1])')
    {
        $sudo apt-get update -qq
        $sudo apt-get install -y -qq --no-install-recommends gcc libc6-dev "$python-dev" ||
            $sudo apt-get install -y -qq --no-install-recommends gcc libc6-dev python3-dev
    } >"$log" 2>&1
    can_compile || slower "没有 C 编译器或 Python.h（见 $log）" "no C compiler or no Python.h (see $log)"
fi
echo "编译读取和抽取的代码（两到四分钟，改动代码后才再做）· compiling the hot code: two to four minutes, once for each state of it"
PYTHONPATH=. "$venv/bin/python" deploy/native.py >"$log" 2>&1 || slower "编译未成（见 $log）" "it did not compile (see $log)"
exit 0
