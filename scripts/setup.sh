#!/usr/bin/env bash
# Creates a virtual environment with what requirements.lock pins, and installs the programs that the sandbox, JupyterHub
# and the tests use. make calls it when requirements.lock has changed; it is safe to run again. uv installs, in a third
# of pip's time: the one on PATH, or one that pip puts into the environment. With SMALL=1 it leaves out CUDA,
# JupyterHub's proxy and what only the tests use; that environment stays so.
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

create() {
    if command -v uv >/dev/null; then
        uv venv --quiet --seed --clear --python "${PYTHON:->=3.11}" "$venv"
    else
        local python
        python=$(find_python)
        "$python" -m venv --clear "$venv"
    fi
    echo "setup: created $venv with $("$venv/bin/python" --version)"
}

install() {
    local uv
    uv=$(command -v uv || own_uv)
    # uv does not read pip's configuration: an index that is named only there is pip's to ask.
    if [ -n "$uv" ]; then
        "$uv" pip install --quiet --compile-bytecode --python "$venv/bin/python" "$@" && return
        echo "setup: uv could not install that; now pip tries" >&2
    fi
    "$venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check "$@"
}

# The uv of requirements.lock, or nothing where there is none for this platform.
own_uv() {
    local wanted
    wanted=$(grep '^uv==' requirements.lock) &&
        "$venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --only-binary :all: "$wanted" &&
        echo "$venv/bin/uv" || true
}

# PyPI has no builds of PyTorch without CUDA for Linux on x86_64. PyTorch's own index has them; nothing else is taken
# from there.
cpu_index=https://download.pytorch.org/whl/cpu

# The CPU build of the release in requirements.lock or, where no index has that, of the newest one that there is.
cpu_build() {
    local served locked
    served=$("$venv/bin/python" -m pip index versions "$1" --extra-index-url "$cpu_index" 2>/dev/null |
        grep -oE '[0-9][0-9.]*\+cpu' || true)
    locked=$(sed -nE "s/^$1==([0-9.]+).*/\1+cpu/p" requirements.lock)
    grep -Fx "$locked" <<<"$served" || head -n 1 <<<"$served"
}

install_cpu_torch() {
    local torch torchvision=
    torch=$(cpu_build torch)
    if [ -z "$torch" ]; then
        echo "setup: pip finds no CPU build of torch, in $cpu_index or elsewhere: run setup without SMALL=1" >&2
        return 1
    fi
    if grep -qx "torch==${torch%+cpu}" requirements.lock; then
        torchvision=$(cpu_build torchvision)
    else # torchvision fits one release of torch alone, and no task needs it
        echo "setup: torch $torch, because no index has the CPU build of the release in requirements.lock" >&2
    fi
    [ -n "$torchvision" ] || echo "setup: without torchvision" >&2
    "$venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --no-deps \
        --extra-index-url "$cpu_index" "torch==$torch" ${torchvision:+"torchvision==$torchvision"}
}

# Optional programs. A failure here stops nothing: the sandbox has other rungs, and the tests say what is missing.
install_programs() {
    local missing=() package
    command -v bwrap >/dev/null || missing+=(bubblewrap)
    if [ -z "$small" ]; then
        command -v npm >/dev/null || missing+=(npm)
        command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
        command -v postgres >/dev/null || [ -d /usr/lib/postgresql ] || missing+=(postgresql)
    fi
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

"$venv/bin/python" -m pip --version >/dev/null 2>&1 || create
small=${SMALL:-}
if [ -e "$venv/.small" ]; then small=1; fi
# What assignments need besides requirements.lock is in assignments/contract.toml.
uses() { "$venv/bin/python" -m autograder.grading.uses; }
if [ -n "$small" ]; then
    touch "$venv/.small"
    echo "setup: installing requirements.lock without CUDA (about 2 GB)"
    if grep -q '^torch==' requirements.lock; then install_cpu_torch; fi
    grep -vE '^(nvidia-|cuda-|triton=|torch=|torchvision=|playwright=)' requirements.lock >"$venv/requirements.txt"
    uses | grep -vE '^torch(vision)?\b' >>"$venv/requirements.txt" || true
    install --requirement "$venv/requirements.txt"
else
    echo "setup: installing requirements.lock (about 6 GB with PyTorch; the first time takes some minutes)"
    uses >"$venv/requirements.txt"
    install --requirement requirements.lock
    install --requirement "$venv/requirements.txt"
fi
install_programs
[ -n "$small" ] || install_proxy
echo "setup: ready"
