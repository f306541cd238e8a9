#!/usr/bin/env bash
# Gradescope runs this once, as root, to build the autograder's image: Python, the course's packages, bubblewrap.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DEBIAN_FRONTEND=noninteractive

apt-get update -qq
# Package names differ between Ubuntu releases; the loop below finds the Python that was installed. Without bubblewrap
# the sandbox uses the next rung that works.
for package in bubblewrap python3-venv python3.12-venv python3.11-venv; do
    apt-get install -qq -y --no-install-recommends "$package" || true
done

for python in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$python" >/dev/null &&
        "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        "$python" -m venv .venv
        .venv/bin/python -m pip install --quiet --no-cache-dir --requirement requirements.lock
        .venv/bin/python -m autograder.grading.uses >.venv/requirements.txt
        .venv/bin/python -m pip install --quiet --no-cache-dir --requirement .venv/requirements.txt
        exit 0
    fi
done
echo "setup: this image has no Python 3.11 or later: choose a newer base image in Gradescope's autograder settings" >&2
exit 1
