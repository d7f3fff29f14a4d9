#!/usr/bin/env bash
# LibreOffice (for .doc, .wps) and libarchive (for .rar) from Debian; only when wanted: `make office`.
set -uo pipefail
# Writer is a package of its own: LibreOffice may be here with Calc alone.
has_writer() {
    local program
    program=$(command -v soffice) && [ -e "$(dirname "$(readlink -f "$program")")/libswlo.so" ]
}
if has_writer && ldconfig -p | grep -q libarchive.so.13; then
    echo "LibreOffice 和 libarchive 已在 · LibreOffice and libarchive are here"
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "没有 apt：请自行安装 LibreOffice 和 libarchive · no apt here: install LibreOffice and libarchive yourself" >&2
    exit 1
fi
sudo=
[ "$(id -u)" = 0 ] || sudo="sudo -n"
echo "安装 LibreOffice（约 250 MB）和 libarchive · installing LibreOffice (about 250 MB) and libarchive"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq >/dev/null
$sudo apt-get install -y -qq --no-install-recommends libreoffice-writer-nogui libarchive13 >/dev/null ||
    { echo "安装失败 · it could not be installed" >&2; exit 1; }
