"""Executes the solved notebook as a student would run it, with outputs that are the same on every run."""

from __future__ import annotations

import base64
import json
import os
import re
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.build.prose import claims
from autograder.build.source import BuildError, Source, SourceCell

CELL_SECONDS = 600
STAND_IN = "NOTE: these are not the real"
"""The beginning of the data loader's message if it had to generate data from a model."""
DATA_FOLDER = "data"
KEPT_PNG_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"pHYs")
PLAIN_ARITHMETIC = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "ATEN_CPU_CAPABILITY": "default",
    "MKL_CBWR": "COMPATIBLE",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "OPENBLAS_CORETYPE": "Prescott",
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4",
}
"""Limits libraries to what every x86-64 processor can do: with newer instructions or a GPU, they round sums
differently."""
PLAIN_ROOT = """
def _():
    try:
        import torch
    except ImportError:
        return
    torch.Tensor.sqrt = lambda self: self.rsqrt().reciprocal()


_()
del _
"""
"""Run before the notebook. PyTorch uses MKL for square roots (in Adam, for example), which starts from the processor's
own estimate, so the last bit depends on the processor's model. No setting of MKL changes that; PyTorch itself computes
`rsqrt`."""
MEASURES = "measures_claims"
"""Marks, in its metadata, a cell that is run but not kept."""
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Executed:
    notebook: dict[str, Any]
    notes: tuple[str, ...]  # for the person who builds


def execute(source: Source, folder: Path) -> Executed:
    """Run the solved notebook in `folder`; BuildError names a cell that fails, shows what it must not, or makes a claim
    that is not true.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = source.notebook(solved=True)
    run = _with_measurements(source, notebook["cells"])
    node = nbformat.from_dict(notebook | {"cells": [cell for _, cell in run]})
    client = NotebookClient(
        node,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],  # it warns about its own local sockets
    )
    try:
        with _quiet_surroundings(folder) as shown_as:
            client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        where = _failed_cell(source, [cell for cell, _ in run], node)
        raise BuildError(f"{where}: {_last_line(str(error))}") from None
    _refuse_wrong_claims(source, run, node)
    own = [made for made in node.cells if MEASURES not in made.metadata]
    notes = []
    count = 0
    for cell, made in zip(source.cells, own, strict=True):
        if made.cell_type != "code":
            continue
        count += 1
        _renumber(made, count)
        kept = [
            _same_every_time(output, shown_as) for output in made.outputs if output.get("name") != "stderr"
        ]
        if len(kept) < len(made.outputs):
            notes.append(
                f"{source.label}:{cell.line}: {cell.grade_id or 'this cell'} writes to stderr; not kept"
            )
        made.outputs = kept
        _refuse_secrets_of_the_machine(f"{source.label}:{cell.line}", kept)
    for cell, made in zip(notebook["cells"], own, strict=True):
        if cell["cell_type"] == "code":
            cell["outputs"] = [dict(output) for output in made.outputs]
            cell["execution_count"] = made.execution_count
    return Executed(notebook, tuple(notes))


def _with_measurements(
    source: Source, cells: list[dict[str, Any]]
) -> list[tuple[SourceCell, dict[str, Any]]]:
    """The cells of the notebook with their sources; each text with claims is followed by a cell that computes them."""
    run = []
    for cell, made in zip(source.cells, cells, strict=True):
        run.append((cell, made))
        expressions = [claim.expression for claim in claims(cell.source)] if cell.kind == "markdown" else []
        if expressions:
            values = ", ".join(f"float({expression})" for expression in expressions)
            measuring = {
                "cell_type": "code",
                "id": f"{made['id']}-claims",
                "metadata": {MEASURES: True},
                "source": f"print([{values}])",
                "execution_count": None,
                "outputs": [],
            }
            run.append((cell, measuring))
    return run


def _refuse_wrong_claims(source: Source, run: list[tuple[SourceCell, dict[str, Any]]], node: Any) -> None:
    wrong = []
    for (cell, _), made in zip(run, node.cells, strict=True):
        if MEASURES in made.metadata:
            values = json.loads(re.sub(r"\b(nan|inf)\b", "null", made.outputs[0].text))
            wrong += [
                f"{source.label}:{cell.line}: the text says {claim.shown}; {claim.expression} is {value}"
                for claim, value in zip(claims(cell.source), values, strict=True)
                if value is None or not claim.holds(value)
            ]
    if wrong:
        raise BuildError("\n".join(wrong))


def _renumber(made: Any, count: int) -> None:
    """Numbers the cell as if no cells had been inserted."""
    made.execution_count = count
    for output in made.outputs:
        if "execution_count" in output:
            output["execution_count"] = count


@contextmanager
def _quiet_surroundings(folder: Path) -> Iterator[dict[str, str]]:
    """Keeps this machine and its user out of the outputs; yields how its folders are shown in them."""
    shown_as = {str(folder): ".", str(Path.home()): "~"}
    data = os.environ.get("COURSE_DATA")
    with tempfile.TemporaryDirectory() as empty:
        settings = Path(empty) / "matplotlibrc"
        settings.touch()
        startup = Path(empty) / "profile_default" / "startup" / "plain_root.py"
        startup.parent.mkdir(parents=True)
        startup.write_text(PLAIN_ROOT, encoding="utf-8")
        wanted = {
            **PLAIN_ARITHMETIC,
            "COURSE_STATIC": "1",
            "PYTHONHASHSEED": "0",
            "PYTHONWARNINGS": "",
            "PYTHONDONTWRITEBYTECODE": "1",
            "IPYTHONDIR": empty,
            "MATPLOTLIBRC": str(settings),
            "JUPYTER_PREFER_ENV_PATH": "1",  # the kernel of this environment, not one of the user's
        }
        if data:
            shown_as = {str(Path(data).resolve()): DATA_FOLDER, data: DATA_FOLDER} | shown_as
            wanted["COURSE_DATA"] = str(Path(data).resolve())
        before = {key: os.environ.get(key) for key in wanted}
        os.environ.update(wanted)
        try:
            yield shown_as
        finally:
            for key, value in before.items():
                if value is None:
                    del os.environ[key]
                else:
                    os.environ[key] = value


def _same_every_time(output: dict[str, Any], shown_as: dict[str, str]) -> dict[str, Any]:
    """An output without memory addresses, this machine's folders and a picture's metadata.

    Of a figure, only the PNG is kept, not the same picture as HTML, which GitHub does not show.
    """
    output = dict(output)
    if "text" in output:
        output["text"] = _same_text(output["text"], shown_as)
    if "data" in output:
        output["data"] = {
            kind: _plain_png(value)
            if kind == "image/png"
            else _same_text(value, shown_as)
            if isinstance(value, str)
            else value
            for kind, value in output["data"].items()
            if kind != "text/html" or "image/png" not in output["data"]
        }
        output["metadata"] = dict(output.get("metadata", {}))
    return output


def _same_text(text: str, shown_as: dict[str, str]) -> str:
    for folder, name in shown_as.items():
        text = text.replace(folder, name)
    return re.sub(r"\b0x[0-9a-f]{6,}\b", "0x...", text)


def _plain_png(encoded: str) -> str:
    """Only the picture: matplotlib writes its version into each PNG."""
    content = base64.b64decode(encoded)
    if not content.startswith(_PNG_SIGNATURE):
        return encoded
    kept, place = [_PNG_SIGNATURE], len(_PNG_SIGNATURE)
    while place < len(content):
        (length,) = struct.unpack_from(">I", content, place)
        end = place + 12 + length  # length, kind, content, checksum
        if content[place + 4 : place + 8] in KEPT_PNG_CHUNKS:
            kept.append(content[place:end])
        place = end
    return base64.b64encode(b"".join(kept)).decode()


def _refuse_secrets_of_the_machine(where: str, outputs: list[dict[str, Any]]) -> None:
    texts = [output.get("text", "") for output in outputs]
    texts += [
        value for output in outputs for value in output.get("data", {}).values() if isinstance(value, str)
    ]
    if any(text.startswith(STAND_IN) for text in texts):
        raise BuildError(f"{where}: the real data is not here: set COURSE_DATA to its folder, or go online")
    if any(str(Path.cwd()) in text for text in texts):
        raise BuildError(f"{where}: shows a path of this machine: print a file's name instead")


def _failed_cell(source: Source, cells: list[SourceCell], node: Any) -> str:
    """The place in the source of the cell that raised: the last one that started."""
    begun = [
        place
        for place, cell in enumerate(node.cells)
        if cell.cell_type == "code" and (cell.execution_count is not None or cell.outputs)
    ]
    cell = cells[begun[-1] if begun else 0]
    return (
        f"{source.label}:{cell.line}: cell {cell.grade_id or 'without grade_id'} of the solved notebook fails"
    )


def _last_line(text: str) -> str:
    lines = [line for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines() if line.strip()]
    return lines[-1] if lines else "no message"
