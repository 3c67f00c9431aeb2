#!/bin/sh
# Make real database servers available for the tests of sources: the system's, else Debian's packages.
# Without them those tests are skipped with a reason.
set -eu
missing=""
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing=" postgresql"
command -v mariadb-install-db >/dev/null 2>&1 && command -v my_print_defaults >/dev/null 2>&1 ||
    missing="$missing mariadb-server-core mariadb-client-core"
if [ -z "$missing" ]; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian's$missing for the tests of sources"
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
        echo "Not installed; the tests that need them are skipped"
else
    echo "Not root: the tests that need$missing are skipped"
fi
