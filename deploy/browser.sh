#!/usr/bin/env bash
# Debian packages for the tests: Chromium and Chinese fonts. Where apt cannot be used those tests are skipped and say so.
set -uo pipefail
font=/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc
if { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null && [ -f "$font" ]; then
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "没有 apt：浏览器测试将跳过 · no apt here: the browser tests will be skipped" >&2
    exit 0
fi
sudo=
[ "$(id -u)" = 0 ] || sudo="sudo -n"
echo "安装 Chromium 和中文字体 · installing Chromium and Chinese fonts for the tests"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq >/dev/null 2>&1
$sudo apt-get install -y -qq --no-install-recommends chromium fonts-wqy-zenhei >/dev/null 2>&1 ||
    echo "安装失败：浏览器测试将跳过 · it could not be installed: the browser tests will be skipped" >&2
exit 0
