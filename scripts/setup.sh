#!/usr/bin/env bash
# Creates a virtual environment with what requirements.lock pins, and installs the programs that the sandbox, JupyterHub
# and the tests use. make calls it when requirements.lock has changed; it is safe to run again.
set -euo pipefail

venv=${1:-.venv}
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "setup: no Python 3.11 or later with its venv module: install one, or name it: make setup PYTHON=/path/to/python" >&2
    return 1
}

# Optional programs. A failure here stops nothing: the sandbox has other rungs, and the tests say what is missing.
install_programs() {
    local missing=() package
    command -v bwrap >/dev/null || missing+=(bubblewrap)
    command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
    command -v postgres >/dev/null || [ -d /usr/lib/postgresql ] || missing+=(postgresql)
    command -v npm >/dev/null || missing+=(npm)
    if [ ${#missing[@]} -eq 0 ]; then
        return
    fi
    if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
        echo "setup: not installed: ${missing[*]}. Grading is safest with bubblewrap: sudo apt-get install ${missing[*]}" >&2
        return
    fi
    echo "setup: installing ${missing[*]}"
    for package in "${missing[@]}"; do
        apt_install "$package" || echo "setup: could not install $package; try: apt-get install $package" >&2
    done
}

# JupyterHub's proxy, next to JupyterHub itself. This version runs with every Node.js that Debian and Ubuntu have.
install_proxy() {
    local package=configurable-http-proxy@4.6.3
    if [ -x "$venv/bin/configurable-http-proxy" ]; then
        return
    fi
    { command -v npm >/dev/null && npm install --global --prefix "$venv" --no-fund --no-audit "$package" >/dev/null 2>&1; } ||
        echo "setup: JupyterHub's proxy is not installed; try: npm install --global --prefix $venv $package" >&2
}

apt_install() {
    local options=(-qq -y --no-install-recommends -o Dpkg::Use-Pty=0)
    DEBIAN_FRONTEND=noninteractive apt-get install "${options[@]}" "$1" >/dev/null 2>&1 ||
        { apt-get update -qq >/dev/null 2>&1 &&
            DEBIAN_FRONTEND=noninteractive apt-get install "${options[@]}" "$1" >/dev/null 2>&1; }
}

python=$(find_python)
if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    echo "setup: creating $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv"
fi
echo "setup: installing requirements.lock (about 6 GB with PyTorch; the first time takes some minutes)"
"$venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --requirement requirements.lock
# what assignments need besides (assignments/contract.toml)
"$venv/bin/python" -m autograder.grading.uses >"$venv/requirements.txt"
"$venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --requirement "$venv/requirements.txt"
install_programs
install_proxy
echo "setup: ready"
