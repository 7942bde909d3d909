#!/usr/bin/env bash
# Makes sure that the tests find xmlsec1, with which their SAML provider signs: one that is installed, else Debian's.
set -euo pipefail

command -v xmlsec1 >/dev/null && exit 0

if ! command -v apt-get >/dev/null; then
    echo "The tests need xmlsec1: put it on the PATH." >&2
    exit 1
elif [ "$(id -u)" = 0 ]; then
    as_root=()
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    echo "The tests need xmlsec1. Run: sudo apt-get install xmlsec1" >&2
    exit 1
fi
echo "Installing xmlsec1 with apt-get …" >&2
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq xmlsec1 >&2
