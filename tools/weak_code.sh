#!/usr/bin/env bash
# Looks for kinds of code that are known to be weak: tools/weak_code.sh BANDIT
set -euo pipefail

# Of a statement written in several pieces it judges each, and warns of an excuse that it needs for one of them alone.
"$1" --quiet --recursive --configfile pyproject.toml src tools 2> >(grep -v "nosec encountered" >&2)
