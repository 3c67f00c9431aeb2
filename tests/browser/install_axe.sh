#!/bin/sh
# Fetch axe-core (MPL-2.0, a tool of the tests alone) into a cache; the tests that need it are skipped without it.
set -eu
version=4.14.1
cache="${FRAUDKIT_TEST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/fraudkit}"
target="$cache/axe-core-$version.min.js"
if [ -s "$target" ]; then
    echo "$target"
    exit 0
fi
mkdir -p "$cache"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && npm pack --silent "axe-core@$version" >/dev/null && tar -xzf "axe-core-$version.tgz")
mv "$folder/package/axe.min.js" "$target"
echo "$target"
