#!/usr/bin/env bash
# Makes sure that Spark finds Java: one that is installed, else Debian's. Never skips.
set -euo pipefail

if command -v java >/dev/null || [ -x "${JAVA_HOME:-}/bin/java" ]; then
    exit 0
fi

if ! command -v apt-get >/dev/null; then
    echo "The tests of Spark need Java 17 or 21: put java on the PATH, or set JAVA_HOME." >&2
    exit 1
elif [ "$(id -u)" = 0 ]; then
    as_root=()
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    echo "The tests of Spark need Java. Run: sudo apt-get install default-jre-headless" >&2
    exit 1
fi
echo "Installing Java with apt-get …" >&2
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq default-jre-headless >&2
