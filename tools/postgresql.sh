#!/usr/bin/env bash
# Makes sure that the tests find a PostgreSQL to start: one that is installed, else Debian's. Never skips.
set -euo pipefail

command -v initdb >/dev/null && exit 0
compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null && exit 0

if ! command -v apt-get >/dev/null; then
    echo "The tests start a PostgreSQL: put initdb and postgres on the PATH." >&2
    exit 1
elif [ "$(id -u)" = 0 ]; then
    as_root=()
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    echo "The tests start a PostgreSQL. Run: sudo apt-get install postgresql" >&2
    exit 1
fi
echo "Installing postgresql with apt-get …" >&2
"${as_root[@]}" apt-get update -qq
# No server is started for good: the tests start their own, in a folder of their own.
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql-common >&2
"${as_root[@]}" mkdir -p /etc/postgresql-common
echo "create_main_cluster = false" | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >&2
