#!/bin/sh
# Make a Chromium available for the browser tests: the system's, else Debian's package, else Playwright's own.
set -eu
python="$1"
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian's Chromium for the browser tests"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null && exit 0
fi
echo "Installing Playwright's Chromium for the browser tests"
"$python" -m playwright install chromium
