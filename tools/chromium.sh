#!/usr/bin/env bash
# Makes sure that the tests find a browser: one that is installed, else Debian's. Never skips.
set -euo pipefail

for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null && exit 0
done

if ! command -v apt-get >/dev/null; then
    echo "The tests need a browser: put chromium or google-chrome on the PATH." >&2
    exit 1
elif [ "$(id -u)" = 0 ]; then
    as_root=()
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    echo "The tests need a browser. Run: sudo apt-get install chromium" >&2
    exit 1
fi
echo "Installing chromium with apt-get …" >&2
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >&2
