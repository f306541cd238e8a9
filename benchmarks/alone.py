"""Runs each released notebook alone in an empty folder, untouched and solved, with nbclient and in JupyterLab.

Nothing is next to the notebook, there is no download cache, and `COURSE_DATA` is set only if it was set before. The
notebook itself is the one that students get; solved, its cells have the sources of `solutions/`. In an untouched
notebook most cells cannot run: each of them must say so in one sentence, without a traceback, and the rest must run.

python -m benchmarks.alone [NAME…]
"""

from __future__ import annotations

import json
import os
import re
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpora.corpus import REPOSITORY

PATIENCE = 600
"""Seconds after which a notebook counts as failed."""
PICTURES = REPOSITORY / ".cache" / "alone"
"""Gets the first screen of each notebook in JupyterLab."""
_GOES_ON = "raises-exception"  # the tag of a cell after whose error the next cell still runs


@dataclass(frozen=True)
class Run:
    seconds: float
    computing: float  # seconds of CPU time; in JupyterLab, also the server's
    wrong: list[str]


def main(names: list[str]) -> None:
    names = names or sorted(path.parent.name for path in (REPOSITORY / "release").glob("*/*.ipynb"))
    print("Seconds, of them computing:\n")
    print(
        "| notebook | nbclient, untouched | nbclient, solved | JupyterLab, untouched | JupyterLab, solved |"
    )
    print("| --- | ---: | ---: | ---: | ---: |")
    failed = False
    for name in names:
        print(f"| `{name}` |", end="", flush=True)
        for runner in (with_nbclient, in_jupyterlab):
            for solved in (False, True):
                run = alone(name, solved, runner)
                print(f" {run.seconds:.0f} ({run.computing:.0f}) |", end="", flush=True)
                how = f"{name}, {'solved' if solved else 'untouched'}, {runner.__name__.replace('_', ' ')}"
                for sentence in run.wrong:
                    failed = True
                    print(f"{how}: {sentence}", file=sys.stderr, flush=True)
        print()
    if failed:
        raise SystemExit(1)


def alone(name: str, solved: bool, runner: Callable[[Path], None]) -> Run:
    """Run it in its own folder, and look at every output."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.ipynb"
        file.write_text(json.dumps(notebook(name, solved)), encoding="utf-8")
        start, before = time.monotonic(), _computed()
        runner(file)
        seconds, computing = time.monotonic() - start, _computed() - before
        done = json.loads(file.read_text(encoding="utf-8"))
    return Run(seconds, computing, list(complaints(done, solved)))


def notebook(name: str, solved: bool) -> dict[str, Any]:
    """What students get, as they get it or with the solution in its cells."""
    book = json.loads((REPOSITORY / "release" / name / f"{name}.ipynb").read_text(encoding="utf-8"))
    solution = json.loads((REPOSITORY / "solutions" / name / f"{name}.ipynb").read_text(encoding="utf-8"))
    sources = {cell["id"]: cell["source"] for cell in solution["cells"]}
    for cell in book["cells"]:
        if solved:
            cell["source"] = sources.get(cell["id"], cell["source"])
        elif cell["cell_type"] == "code":
            cell["metadata"]["tags"] = [_GOES_ON]
    return book


def complaints(done: dict[str, Any], solved: bool) -> Iterator[str]:
    """A sentence about each cell that did not run, showed a traceback or, in a solved notebook, failed."""
    for place, cell in enumerate(done["cells"], start=1):
        if cell["cell_type"] != "code":
            continue
        if not cell["execution_count"]:
            yield f"cell {place} did not run"
        for output in cell["outputs"]:
            if output["output_type"] == "error" and (solved or len(output["traceback"]) > 1):
                yield f"cell {place}: {output['ename']}: {output['evalue']}"


def with_nbclient(file: Path) -> None:
    import nbformat
    from nbclient import NotebookClient

    node = nbformat.read(file, as_version=4)
    resources = {"metadata": {"path": str(file.parent)}}
    with _surroundings() as environment:
        NotebookClient(node, timeout=PATIENCE, resources=resources, allow_errors=True).execute(
            env=environment
        )
    nbformat.write(node, file)


def in_jupyterlab(file: Path) -> None:
    """Opens a notebook in Chromium, runs it from top to bottom through the menu, and saves it."""
    from playwright.sync_api import sync_playwright

    from tests.tools import require_browser

    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        _surroundings() as environment,
        _server(file.parent, environment) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=require_browser(), chromium_sandbox=False)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(PATIENCE * 1000)
        page.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.abort())
        page.goto(f"{address}/lab/tree/{file.name}")
        page.locator(".jp-Notebook .jp-RenderedMarkdown h1").first.wait_for()
        page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").wait_for()
        page.screenshot(path=PICTURES / f"{file.stem}.png")
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        until = time.monotonic() + PATIENCE
        while not _has_run(file) and time.monotonic() < until:
            page.wait_for_timeout(1000)
            page.keyboard.press("Control+s")
        browser.close()


def _has_run(file: Path) -> bool:
    """Whether the saved notebook has run to its end, or to the error at which it stopped."""
    try:
        book = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:  # it is being written
        return False
    cells = [cell for cell in book["cells"] if "outputs" in cell]
    stopped = any(
        output["output_type"] == "error" and _GOES_ON not in cell["metadata"].get("tags", [])
        for cell in cells
        for output in cell["outputs"]
    )
    return stopped or bool(cells[-1]["execution_count"] and cells[-1]["outputs"])


@contextmanager
def _surroundings() -> Iterator[dict[str, str]]:
    """The environment of somebody with only the installed packages: no settings, no caches."""
    with tempfile.TemporaryDirectory() as home:
        unset = (
            "PYTHONPATH",
            "XDG_CACHE_HOME",
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "COURSE_STATIC",
            "MPLBACKEND",
        )
        environment = {key: value for key, value in os.environ.items() if key not in unset}
        yield environment | {"HOME": home, "JUPYTER_PREFER_ENV_PATH": "1"}


@contextmanager
def _server(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """Runs JupyterLab in `folder`, for this machine only; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    command += [f"--port={port}", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _computed() -> float:
    """CPU seconds of the processes that were started from here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(sys.argv[1:])
