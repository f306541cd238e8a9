"""Expected values that are computed once for a class: every submission of a run is judged on the same numbers."""

from __future__ import annotations

import contextlib
import copy
import functools
import hashlib
import sys
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from autograder.sandbox import codec

_Function = TypeVar("_Function", bound=Callable[..., Any])
_KEPT = 256
"""Answers kept for each function: more than one grader needs."""


def remembered(function: _Function) -> _Function:
    """Makes a reference computation keep its answers, by the content of its arguments.

    For functions that depend on nothing else and whose arguments are plain data (what `sandbox.codec` encodes; anything
    else is a TypeError). Each caller gets a copy, and torch's random state is left as it was.
    """
    answers: OrderedDict[bytes, Any] = OrderedDict()

    @functools.wraps(function)
    def answer(*args: Any, **kwargs: Any) -> Any:
        content = codec.encode([list(args), kwargs])
        key = hashlib.sha256(b"".join([content.head, *content.buffers])).digest()
        if key not in answers:
            torch = sys.modules.get("torch")
            # a new layer draws its weights; the next caller must not notice
            with torch.random.fork_rng(devices=()) if torch else contextlib.nullcontext():
                answers[key] = function(*args, **kwargs)
            if len(answers) > _KEPT:
                answers.popitem(last=False)
        return copy.deepcopy(answers[key])

    return answer
