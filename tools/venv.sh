#!/usr/bin/env bash
# Makes a virtual environment: tools/venv.sh PYTHON FOLDER. Says what to do where Python cannot.
set -euo pipefail
python=$1
folder=$2

if ! command -v "$python" >/dev/null; then
    echo "Python is missing: no '$python' on the PATH. Install it (apt-get install python3 python3-venv)" \
        "or name another: make PYTHON=/path/to/python3" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Virtaama needs Python 3.11 or newer; '$python' is $("$python" -V 2>&1)." \
        "Name another: make PYTHON=/path/to/python3.11" >&2
    exit 1
fi

# Debian ships Python without ensurepip; its package python3-venv brings it.
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ]; then
        as_root=()
    elif sudo -n true 2>/dev/null; then
        as_root=(sudo -n)
    else
        echo "This Python cannot make virtual environments. Run: sudo apt-get install python3-venv" >&2
        exit 1
    fi
    echo "Installing python3-venv with apt-get …" >&2
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "python$version-venv" >&2 \
        || "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >&2
fi

echo "Making the virtual environment in $folder and installing locked packages; this takes a minute or two …" >&2
"$python" -m venv "$folder"
