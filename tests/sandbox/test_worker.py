# ruff: noqa: E501 (lines of notebooks)
"""A notebook in a worker: what the judge can ask of it, and that every answer is a value or a fault with a name."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox.answers import Ran
from autograder.sandbox.budget import Clock
from autograder.sandbox.check import choose
from autograder.sandbox.codec import Ref
from autograder.sandbox.faults import (
    ProtocolError,
    SandboxUnavailable,
    StudentError,
    TimeLimit,
    TooMuchData,
    WorkerDied,
    WorkerFault,
)
from autograder.sandbox.forkserver_client import ForkServer
from autograder.sandbox.worker_client import MAX_TEST, Worker
from tests.sandbox.helpers import call, has_ended, knows, load

MODEL = """
import torch
from torch import nn

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 1)
        self.register_buffer("seen", torch.zeros(1))

    def forward(self, X):
        return self.linear(X)

model = Model()
layers = [1, {"a": 2}]
"""

# ---- operations


def test_calls_cross_in_plain_data(worker: Worker) -> None:
    load(
        worker,
        "import pandas as pd\ndef f(x, *, n=2): return [x * n, (n, {'k': None})]\ndef g(t): return t[['a']].mean()",
    )
    assert call(worker, "f", 1.5) == [3.0, (2, {"k": None})]
    assert torch.equal(call(worker, "f", torch.ones(2))[0], torch.full((2,), 2.0))
    assert worker.request("call", target={"name": "f"}, args=["a"], kwargs={"n": 3})[0] == "aaa"
    assert call(worker, "g", pd.DataFrame({"a": [1.0, 3.0], "b": ["x", None]}))["a"] == 2.0


def test_the_user_has_a_name_though_its_number_has_none(worker: Worker) -> None:
    """Libraries ask for one when they are imported."""
    load(worker, "import getpass\ndef f(): return getpass.getuser()")
    assert call(worker, "f") == "student"


def test_objects_stay_and_are_referred_to(worker: Worker) -> None:
    load(worker, MODEL)
    model = worker.request("get", target={"name": "model"})
    assert isinstance(model, Ref)
    assert model.type_name == "Model"
    assert worker.request("get", target={"name": "model"}).key == model.key
    assert worker.request("call", target={"ref": model}, args=[torch.ones(3, 2)]).shape == (3, 1)
    weight = worker.request("get", target={"ref": model, "path": ["linear", "weight"]})
    assert weight.shape == (1, 2)
    assert not weight.requires_grad
    assert worker.request("get", target={"name": "layers", "path": [["item", 1], ["item", "a"]]}) == 2
    assert worker.request("call", target={"import": "builtins.len"}, args=[[model, model]]) == 2


def test_names_are_known_or_not(worker: Worker) -> None:
    load(worker, "x = 1")
    assert worker.request("get", target={"name": "x"}) == 1
    with pytest.raises(StudentError, match="name 'y' is not defined"):
        worker.request("get", target={"name": "y"})


def test_library_objects_can_be_had_beside_the_student_s(worker: Worker) -> None:
    load(worker, MODEL)
    parameters = worker.request("call", target={"name": "model", "path": ["parameters"]})
    optimizer = worker.request(
        "call", target={"import": "torch.optim.SGD"}, args=[parameters], kwargs={"lr": 0.1}
    )
    assert optimizer.type_name == "SGD"


def test_a_tensor_is_set_in_place_and_by_its_shape(worker: Worker) -> None:
    load(worker, MODEL + "weight = model.linear.weight")
    target = {"name": "model", "path": ["linear", "weight"]}
    worker.request("set", target=target, value=torch.tensor([[3.0, 4.0]]))
    assert worker.request("get", target={"name": "weight"}).tolist() == [[3.0, 4.0]]
    with pytest.raises(StudentError, match=r"`weight` has the shape \(1, 2\), not \(2, 1\)"):
        worker.request("set", target=target, value=torch.ones(2, 1))


def test_other_things_are_set_as_in_python(worker: Worker) -> None:
    load(worker, MODEL)
    worker.request("set", target={"name": "layers", "path": [["item", 0]]}, value="first")
    worker.request("set", target={"name": "model", "path": ["note"]}, value=(1, 2))
    worker.request("set", target={"name": "new"}, value=5)
    assert worker.request("get", target={"name": "layers"})[0] == "first"
    assert worker.request("get", target={"name": "model", "path": ["note"]}) == (1, 2)
    assert worker.request("get", target={"name": "new"}) == 5


def test_parameters_gradients_and_buffers(worker: Worker) -> None:
    load(worker, MODEL)
    target = {"name": "model"}
    assert worker.request("parameters", target=target)["linear.weight"].shape == (1, 2)
    assert worker.request("gradients", target=target) == {"linear.weight": None, "linear.bias": None}
    load(worker, "model(torch.ones(3, 2)).sum().backward()")
    assert worker.request("gradients", target=target)["linear.weight"].tolist() == [[3.0, 3.0]]
    assert list(worker.request("buffers", target=target)) == ["seen"]


def test_a_tensor_that_requires_a_gradient_does_so_in_the_worker(worker: Worker) -> None:
    load(worker, "def f(w):\n    (w ** 2).sum().backward()\n    return w.grad")
    assert call(worker, "f", torch.tensor([3.0], requires_grad=True)).tolist() == [6.0]


def test_helpers_are_defined_apart_from_the_notebook(worker: Worker) -> None:
    load(worker, "x = 1")
    helper = worker.request(
        "define", source="def f(): return notebook.x + len(pd.Series(np.ones(2)))", name="f"
    )
    assert worker.request("call", target={"ref": helper}) == 3
    assert not knows(worker, "f")


def test_reset_gives_the_same_draws_and_undoes_global_settings(worker: Worker) -> None:
    load(worker, "import torch, numpy as np, random\ntorch.set_grad_enabled(False)\ntorch.set_default_dtype(torch.float64)\n"
         "np.seterr(all='raise')\n"
         "def draw(): return torch.rand(1).item(), np.random.rand(), random.random(), torch.is_grad_enabled()")  # fmt: skip
    draws = []
    for _ in range(2):
        worker.request("reset", seed=2**61 + 7)
        draws.append(call(worker, "draw"))
    assert draws[0] == draws[1]
    assert draws[0][3] is True
    assert set(worker.request("call", target={"import": "numpy.geterr"}).values()) == {"warn", "ignore"}
    assert worker.request("call", target={"import": "torch.get_default_dtype"}) == torch.float32


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize(
    "lines",
    [
        "sys.{0} = open(os.devnull, 'w')\nsys.{0}.close()",
        "sys.{0}.close()",
        "class Tee:\n    def __init__(self, *files): self.files = files\n"
        "    def write(self, text):\n        for file in self.files: file.write(text)\n"
        "log = open(os.devnull, 'w')\nsys.{0} = Tee(sys.{0}, log)\nlog.close()",
    ],
)
def test_reset_opens_the_output_again(worker: Worker, lines: str, stream: str) -> None:
    lines = lines.format(stream)
    load(worker, f"import os, sys\n{lines}\ndef f(): return print('heard', file=sys.{stream})")
    worker.request("reset", seed=1)
    assert call(worker, "f") is None


@pytest.mark.parametrize(
    "line",
    [
        "np.random.seed = 42", "random.seed = 42", "torch.set_default_dtype = torch.float32", "plt.close = 'all'",
        "torch.set_default_device = 'cpu'", "warnings.simplefilter = 'ignore'",
    ],
)  # fmt: skip
def test_reset_needs_nothing_that_a_notebook_has_replaced(worker: Worker, line: str) -> None:
    load(worker, "import random, warnings\nimport matplotlib.pyplot as plt, numpy as np, torch\n"
         f"{line}\ndef draw(): return torch.rand(1).item(), np.random.rand(), random.random()")  # fmt: skip
    draws = []
    for _ in range(2):
        worker.request("reset", seed=7)
        draws.append(call(worker, "draw"))
    assert draws[0] == draws[1]


def test_reset_leaves_an_autocast_that_was_entered(worker: Worker) -> None:
    load(worker, "import torch\ntorch.autocast('cpu').__enter__()\n"
         "def f(): return str((torch.ones(1, 1) @ torch.ones(1, 1)).dtype)")  # fmt: skip
    assert call(worker, "f") == "torch.bfloat16"
    worker.request("reset", seed=1)
    assert call(worker, "f") == "torch.float32"


def test_reset_computes_products_in_full_precision_again(worker: Worker) -> None:
    load(worker, "import torch\ntorch.set_float32_matmul_precision('medium')\n"
         "def f(): return torch.get_float32_matmul_precision(), torch.backends.mkldnn.conv.fp32_precision")  # fmt: skip
    worker.request(
        "set", target={"import": "torch.backends.mkldnn", "path": ["fp32_precision"]}, value="bf16"
    )
    assert call(worker, "f") == ("medium", "bf16")
    worker.request("reset", seed=1)
    assert call(worker, "f") == ("highest", "none")


def test_an_alarm_ends_with_the_cell_or_call_that_set_it(worker: Worker) -> None:
    load(worker, "import signal, time\ndef late(*_): raise TimeoutError\n"
         "signal.signal(signal.SIGALRM, late)\n"
         "def start(): return signal.setitimer(signal.ITIMER_REAL, 0.05)\n"
         "def wait(): return start(), time.sleep(1)\n"
         "start()")  # fmt: skip
    time.sleep(0.2)
    assert call(worker, "start") == (0.0, 0.0)
    time.sleep(0.2)
    with pytest.raises(StudentError, match="TimeoutError"):
        call(worker, "wait")


HELPERS = """
class Watched(nn.Module):
    def __init__(self, saw):
        super().__init__()
        self.linear, self.saw = nn.Linear(2, 1), saw
    def forward(self, X):
        self.saw("%s")
        return self.linear(X)
"""
SAVE_AND_LOAD = """
import torch, pickle
def f(model):
    torch.save(model, "model.pt")
    with open("model.pickle", "wb") as file:
        pickle.dump(model, file)
    with open("model.pickle", "rb") as file:
        loaded = [torch.load("model.pt", weights_only=False), pickle.load(file)]
    X = torch.ones(1, 2)
    return [torch.equal(other(X), model(X)) for other in loaded]
"""


def test_the_judge_s_models_can_be_saved_as_a_whole(worker: Worker) -> None:
    """Each definition's own, also of the same name."""
    load(worker, SAVE_AND_LOAD)
    saw = []
    for which in ("one", "other"):
        watched = worker.request("define", source=HELPERS % which, name="Watched")
        model = worker.request("call", target={"ref": watched}, args=[saw.append])
        assert call(worker, "f", model) == [True, True]
    assert saw == ["one"] * 4 + ["other"] * 4


# ---- callbacks


def test_a_function_of_the_judge_s_is_called_from_the_worker(worker: Worker) -> None:
    load(worker, "def f(g): return [g(i, twice=2 * i) for i in range(3)]")
    asked = []

    def answer(i: int, twice: int) -> int:
        asked.append((i, twice))
        return i + 10

    assert call(worker, "f", answer) == [10, 11, 12]
    assert asked == [(0, 0), (1, 2), (2, 4)]


def test_the_judge_may_ask_back_within_a_callback(worker: Worker) -> None:
    load(worker, "def f(g): return g(3) + 1\ndef double(x): return 2 * x")
    assert call(worker, "f", lambda x: call(worker, "double", x)) == 7


def test_an_error_in_the_judge_s_function_is_the_judge_s(worker: Worker) -> None:
    load(
        worker,
        "def f(g):\n    try:\n        g()\n    except Exception:\n        return 'swallowed'\ndef h(): return 1",
    )

    def broken() -> None:
        raise ZeroDivisionError("of the grader")

    with pytest.raises(ZeroDivisionError, match="of the grader"):
        call(worker, "f", broken)
    assert call(worker, "h") == 1


def test_an_error_of_the_student_s_within_a_callback_is_the_student_s(worker: Worker) -> None:
    load(worker, "def f(g): return g()\ndef h(): return 1 / 0")
    with pytest.raises(StudentError, match="ZeroDivisionError"):
        call(worker, "f", lambda: call(worker, "h"))


def test_what_cannot_be_sent_is_the_grader_s_mistake(worker: Worker) -> None:
    load(worker, "def f(x): return x")
    for unsendable in (object(), torch.nn.Module, {1, 2}):
        with pytest.raises(TypeError):
            call(worker, "f", [unsendable])
    assert call(worker, "f", 1) == 1


# ---- errors


def test_an_error_shows_the_student_s_lines_alone(worker: Worker) -> None:
    load(worker, "import numpy as np\n\ndef inner(x):\n    return np.reshape(x, (2, 2))", "prepare")
    load(worker, "def outer(x):\n    return inner(x)", "fit")
    with pytest.raises(StudentError) as caught:
        call(worker, "outer", np.ones(3))
    assert caught.value.type_name == "ValueError"
    assert "ValueError" in caught.value.bases
    assert caught.value.frames == [
        ("fit", 2, "return inner(x)"),
        ("prepare", 4, "return np.reshape(x, (2, 2))"),
    ]


def test_a_syntax_error_names_its_line(worker: Worker) -> None:
    with pytest.raises(StudentError) as caught:
        load(worker, "x = 1\ny = (", "broken")
    assert caught.value.type_name == "SyntaxError"
    assert caught.value.frames[-1].line == 2


@pytest.mark.parametrize(
    ("source", "type_name"),
    [
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise SystemExit(3)", "SystemExit"),
        ("input()", "EOFError"),
        ("class Silent(Exception):\n    def __str__(self): raise RuntimeError\nraise Silent", "Silent"),
        ("def f(): return f()\nf()", "RecursionError"),
        ("raise ValueError('x' * 10**7)", "ValueError"),
        ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("bytearray(1 << 40)", "MemoryError"),
    ],
)
def test_a_cell_that_raises_ends_itself_alone(worker: Worker, source: str, type_name: str) -> None:
    with pytest.raises(StudentError) as caught:
        load(worker, source)
    assert caught.value.type_name == type_name
    assert len(caught.value.message) <= 2_000
    load(worker, "x = 1")


def test_a_reference_of_another_worker_is_refused(server: ForkServer, worker: Worker) -> None:
    load(worker, "x = object()")
    foreign = worker.request("get", target={"name": "x"})
    with server.spawn() as other, pytest.raises(StudentError, match="another worker"):
        other.request("get", target={"ref": foreign})


# ---- endings


def test_computing_for_too_long_ends_the_worker(worker: Worker) -> None:
    load(
        worker,
        "def f():\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass",
    )
    with pytest.raises(TimeLimit, match="computing"):
        call(worker, "f", cpu=0.2)
    assert has_ended(worker)
    with pytest.raises(WorkerDied):
        call(worker, "f")


def test_sleeping_for_too_long_ends_the_worker(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    load(worker, "import time\ndef f(): time.sleep(1000)")
    monkeypatch.setattr("autograder.sandbox.budget.IDLE_GRACE", 0.1)
    with pytest.raises(TimeLimit, match="waited"):
        call(worker, "f", cpu=0.1)


def test_calling_back_for_ever_is_sleeping_for_too_long(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each callback asks the worker something, which takes its time; only the judge's own time is given back.

    That the worker computes between two of them is no excuse: the waits before are over, and the kernel has counted.
    """
    load(worker, "import time\ndef f(ask):\n    while True: ask()\ndef slow(): time.sleep(0.05)")
    monkeypatch.setattr("autograder.sandbox.budget.IDLE_GRACE", 0.1)
    rounds = itertools.count()

    def ask() -> None:
        next(rounds)
        call(worker, "slow", cpu=0.1)

    with pytest.raises(TimeLimit, match="waited"):
        call(worker, "f", ask, cpu=0.1)
    assert next(rounds) <= 8  # 0.2 seconds of waiting, 0.05 in each


def test_waiting_for_a_core_is_not_sleeping(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the kernel says is made up here, of seconds that the machine did not have: the waits that are over, and
    one that is not."""
    load(worker, "import time\ndef f(): time.sleep(1.5)")
    monkeypatch.setattr("autograder.sandbox.budget.IDLE_GRACE", 0.1)
    counts = itertools.count(0, 1000)
    with monkeypatch.context() as patch:
        patch.setattr(Clock, "without_a_core", lambda _: next(counts))
        assert call(worker, "f", cpu=0.1) is None
    monkeypatch.setattr(Clock, "wants_a_core", lambda _: True)
    assert call(worker, "f", cpu=0.1) is None


# ---- cells, statement by statement


def run_all(worker: Worker, source: str, cpu: float = 10.0, without: tuple[int, ...] = ()) -> list[Ran]:
    """What became of a whole cell, however many of its statements failed."""
    accounts = [worker.run(source, "a", cpu, without=without)]
    while accounts[-1].next is not None:
        accounts.append(worker.run(source, "a", cpu, accounts[-1].next, without))
    return accounts


def test_a_statement_that_fails_loses_itself_alone(worker: Worker) -> None:
    failed, *_, last = run_all(
        worker, "x = 1\nimport a_module_of_colab as colab\nfrom math import pi\ny = x + 1"
    )
    assert failed.error.type_name == "ModuleNotFoundError"
    assert failed.failed == (1, 2, "import a_module_of_colab as colab", ("colab",))
    assert last.next is None and last.error is None
    assert knows(worker, "pi") and knows(worker, "y") and not knows(worker, "colab")


def test_a_cell_that_is_no_python_runs_nothing(worker: Worker) -> None:
    ran = worker.run("x = 1\ny = (", "a", 1.0)
    assert (ran.error.type_name, ran.next, ran.failed) == ("SyntaxError", None, None)
    assert not knows(worker, "x")


def test_an_annotation_from_the_future_holds_for_the_rest_of_the_notebook(worker: Worker) -> None:
    run_all(worker, "from __future__ import annotations\ndef f(x: Unknown): return x")
    assert [ran.error for ran in run_all(worker, "def g(x: Unknown): return x")] == [None]


@pytest.mark.parametrize(
    "loop", ["while True: pass", "for _ in iter(int, 1):\n    try: 1 / 0\n    except Exception: pass"]
)
def test_a_statement_that_takes_too_long_is_interrupted_in_place(worker: Worker, loop: str) -> None:
    stopped, rest = run_all(worker, f"x = 1\n{loop}\ny = x + 1", cpu=0.2)
    assert "computing" in str(stopped.interrupted)
    assert stopped.failed.number == 1
    assert rest.next is None and rest.interrupted is None
    assert worker.request("get", target={"name": "y"}) == 2


def test_a_loop_that_stops_for_ctrl_c_stops_as_in_jupyter(worker: Worker) -> None:
    train = "def train():\n    while True: pass"
    loop = f"{train}\ntry: train()\nexcept KeyboardInterrupt: stopped = True\nafter = 1"
    accounts = run_all(worker, loop, cpu=0.2)
    assert all(ran.error is None for ran in accounts)
    assert knows(worker, "stopped") and knows(worker, "after")


@pytest.mark.parametrize(
    "wait",
    ["time.sleep(1000)", "threading.Event().wait()", "queue.Queue().get()", "os.read(os.pipe()[0], 1)"],
)
def test_a_statement_that_waits_for_ever_is_interrupted_in_place(
    worker: Worker, wait: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.sandbox.budget.IDLE_GRACE", 0.1)
    stopped, rest = run_all(worker, f"import os, queue, threading, time\n{wait}\ny = 1", cpu=0.1)
    assert "waited" in str(stopped.interrupted)
    assert rest.next is None and knows(worker, "y")


@pytest.mark.parametrize(
    ("last", "fault"),
    [
        ("sum(iter(int, 1))", TimeLimit),
        ("signal.signal(2, signal.SIG_IGN)\nwhile True: pass", TimeLimit),
        ("os._exit(0)", WorkerDied),
    ],
)
def test_a_statement_that_cannot_be_interrupted_is_known_by_its_number(
    worker: Worker, last: str, fault: type[WorkerFault], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.sandbox.budget.INTERRUPT_SECONDS", 0.1)
    source = f"import os, signal  # two statements\n{last}\ny = 1"
    with worker.branch() as copy, pytest.raises(fault):
        copy.run(source, "a", 0.1)
    assert copy.statement == 1 + source[: source.rindex("\ny")].count("\n")
    left_out = worker.run(source, "a", 1.0, without=(copy.statement,))
    assert [statement.number for statement in left_out.left_out] == [copy.statement]
    assert knows(worker, "y")


def test_the_names_that_a_cell_changes_are_told(worker: Worker) -> None:
    load(worker, "import torch")
    first = worker.run(
        "k = 2\nw = torch.ones(1)\ndef f(x): return g(x) * k\nclass A:\n    def h(self): return w", "a", 1.0
    )
    assert {"k", "w", "f", "A"} <= set(first.bound)
    assert first.reads["f"] == ("g", "k") and first.reads["A"] == ("w",)
    for change, name in (
        ("k = 3", "k"),
        ("def f(x): return x", "f"),
        ("A.h = None", "A"),
        ("w += 1", "w"),
        ("for k in range(2): pass", "k"),
        ("exec('k = 7')", "k"),
        ("globals()['f'] = 1", "f"),
        ("del k", "k"),
        ("max = 3", "max"),
    ):
        assert worker.run(change, "a", 1.0).changed == (name,), change
    assert worker.run("print(w)\nA()", "a", 1.0).changed == ()


# ---- branches


def test_a_branch_goes_on_by_itself_and_can_be_copied(worker: Worker) -> None:
    load(worker, "x = [1]")
    with worker.branch() as branch:
        load(branch, "x.append(2)")
        with branch.branch() as second, second.fork() as copy:
            load(second, "x.append(3)")
            assert [w.request("get", target={"name": "x"}) for w in (worker, branch, second, copy)] == [
                [1], [1, 2], [1, 2, 3], [1, 2],
            ]  # fmt: skip


def test_what_a_worker_began_in_ends_with_all_its_branches(worker: Worker) -> None:
    branch = worker.branch()
    worker.close()
    with pytest.raises(WorkerDied):
        load(branch, "x = 1")
    branch.close()


def test_no_branch_can_wake_or_end_another(worker: Worker) -> None:
    """The first one is asleep while its branch runs."""
    load(worker, "import os, signal\nfirst = os.getpid()\ndef kick(n): os.kill(first, n)")
    with worker.branch() as branch:
        for number in (9, 15, 18, 19):
            with pytest.raises(StudentError, match="PermissionError"):
                call(branch, "kick", number)
        assert psutil.Process(worker.pid).status() == psutil.STATUS_STOPPED
        load(worker, "x = 1")
        assert psutil.Process(branch.pid).status() == psutil.STATUS_STOPPED


@pytest.mark.parametrize(
    "end",
    ["os._exit(0)", "os.abort()", "ctypes.string_at(0)", "os.close(3)", "signal.raise_signal(9) or os.kill(os.getpid(), 11)"],
)  # fmt: skip
def test_a_process_that_ends_is_reported(worker: Worker, end: str) -> None:
    load(worker, f"import os, ctypes, signal\ndef f():\n    {end}\n    os._exit(1)")
    with pytest.raises(WorkerDied):
        call(worker, "f")


FORGE = """
import json, os, struct, time, threading
def frame(x, body=b""):
    text = x if isinstance(x, bytes) else json.dumps(x).encode()
    return struct.pack("<4sIQ", b"AGS1", len(text), len(body)) + text + body
def raw(data):
    while data:
        data = data[os.write(3, data[:65536]):]
"""


@pytest.mark.parametrize(
    "forgery",
    [
        "raw(b'EVIL' + bytes(100))",
        "raw(struct.pack('<4sIQ', b'AGS1', 0xffffffff, 0))",
        "raw(struct.pack('<4sIQ', b'AGS1', 2, 1 << 62))",
        "raw(frame(b'[' * 500000))",
        "raw(frame({'$a': ['n', 'object', [1]]}, bytes(8)))",
        "raw(frame({'$d': [['id', 'deadbeef'], ['value', 1]]}))",
        "raw(frame({'$d': [['callback', 0], ['args', []], ['kwargs', {'$d': []}]]}))",
        "raw(frame({'$d': [['callback', {'$t': []}], ['args', 1]]}))",
        "raw(frame(1))",
        "raw(bytes(1 << 22))",
    ],
)
def test_a_forged_answer_is_a_protocol_error(worker: Worker, forgery: str) -> None:
    load(worker, FORGE + f"def f():\n    {forgery}\n    time.sleep(60)")
    with pytest.raises(ProtocolError):
        call(worker, "f", cpu=1.0)
    assert has_ended(worker)


@settings(max_examples=settings().max_examples // 4)
@given(
    head=st.sampled_from(["b''", "b'AGS1'", "struct.pack('<4sIQ', b'AGS1', 4, 2)"]),
    rest=st.binary(max_size=40),
)
def test_whatever_bytes_a_worker_writes_are_a_fault_of_the_submission_s(
    server: ForkServer, head: str, rest: bytes
) -> None:
    with server.spawn() as worker:
        load(worker, FORGE + f"def f():\n    raw({head} + {rest!r})\n    os._exit(0)")
        with pytest.raises((ProtocolError, WorkerDied)):
            call(worker, "f", cpu=1.0)
        assert has_ended(worker)


def test_an_answer_before_the_question_is_a_protocol_error(worker: Worker) -> None:
    load(worker, FORGE + "from autograder.sandbox.worker import _Worker\nwrite = _Worker.write\n"
         "def twice(self, frame):\n    write(self, frame)\n    write(self, frame)\n_Worker.write = twice")  # fmt: skip
    with pytest.raises(ProtocolError):
        call(worker, "print")


@pytest.mark.parametrize(
    "lie",
    [
        "torch.allclose = lambda *a, **k: True",
        "torch.Tensor.__eq__ = lambda a, b: True",
        "np.ascontiguousarray = lambda a: np.zeros_like(a)",
        "import json; json.dumps = lambda *a, **k: '[]'",
        "from autograder.sandbox import codec; codec.encode = None",
    ],
)
def test_a_lie_in_one_worker_is_none_in_the_next(server: ForkServer, worker: Worker, lie: str) -> None:
    source = (
        "import torch, numpy as np\ndef f(): return torch.allclose(torch.ones(1), torch.zeros(1)), np.ones(2)"
    )
    try:
        load(worker, source + "\n" + lie)
        call(worker, "f", cpu=1.0)
    except WorkerFault:
        pass
    with server.spawn() as other:
        close, ones = call(load(other, source), "f")
    assert close is False
    assert ones.tolist() == [1.0, 1.0]


# ---- copies


def test_nothing_that_a_copy_does_is_seen_by_another(worker: Worker) -> None:
    load(
        worker, MODEL + "def spoil():\n    global Model\n    del Model\n    model.linear.weight.data.fill_(7)"
    )
    with worker.fork() as copy:
        call(copy, "spoil")
        assert not knows(copy, "Model")
    with worker.fork() as copy:
        assert knows(copy, "Model")
        assert copy.request("get", target={"name": "model", "path": ["linear", "weight"]}).abs().max() < 1


def test_a_copy_knows_the_references_of_its_original(worker: Worker) -> None:
    load(worker, MODEL)
    model = worker.request("get", target={"name": "model"})
    with worker.fork() as copy:
        assert copy.request("call", target={"ref": model}, args=[torch.ones(1, 2)]).shape == (1, 1)


def test_copies_and_their_original_can_be_asked_in_turn(worker: Worker) -> None:
    load(worker, "x = 0\ndef add(n):\n    global x\n    x += n\n    return x")
    with worker.fork() as one, worker.fork() as two:
        assert [call(w, "add", n) for w, n in ((one, 1), (two, 2), (worker, 3), (one, 1))] == [1, 2, 3, 2]


def test_a_hanging_or_dying_copy_leaves_its_original(worker: Worker) -> None:
    load(worker, "import os\ndef hang():\n    while True: pass\ndef die(): os._exit(1)\ndef f(): return 1")
    with worker.fork() as copy, pytest.raises(TimeLimit):
        call(copy, "hang", cpu=0.1)
    with worker.fork() as copy, pytest.raises(WorkerDied):
        call(copy, "die")
    with worker.fork() as copy:
        assert call(copy, "f") == 1
    assert call(worker, "f") == 1


def test_a_copy_can_neither_fork_nor_be_forked(worker: Worker) -> None:
    load(worker, "import os\ndef f(): return os.fork()")
    with worker.fork() as copy:
        with pytest.raises(StudentError, match="PermissionError"):
            call(copy, "f")
        with pytest.raises(ValueError, match="cannot be copied"):
            copy.fork()


def test_a_process_that_only_plays_its_own_copy_is_refused(worker: Worker) -> None:
    load(worker, """
import socket
from autograder.sandbox import codec
from autograder.sandbox.worker import _Worker
def pretend(self, fds, for_test):
    self.pretended = socket.socket(fileno=fds[0])
    for part in codec.encode({"hello": True}).parts():
        self.pretended.sendall(part)
    return True
_Worker.op_fork = pretend
import gc
for x in gc.get_objects():
    if type(x) is _Worker:
        x.operations["fork"] = x.op_fork
""")  # fmt: skip
    with pytest.raises(ProtocolError, match="not confined"):
        worker.fork()


HELPER = """
import os, threading
ask, answer = os.pipe(), os.pipe()
def serve():
    while os.read(ask[0], 1):
        os.write(answer[1], b"!")
def consult():
    os.write(ask[1], b"?")
    return os.read(answer[0], 1).decode()
"""


@pytest.mark.parametrize(
    "start",
    ["threading.Thread(target=serve, daemon=True).start()", "if os.fork() == 0:\n    os.close(3)\n    serve()"],
    ids=["thread", "process"],
)  # fmt: skip
def test_nothing_else_runs_while_a_copy_does(
    worker: Worker, start: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(worker, HELPER + start)
    assert call(worker, "consult") == "!"
    monkeypatch.setattr("autograder.sandbox.budget.IDLE_GRACE", 0.5)
    with worker.fork() as copy, pytest.raises(TimeLimit):
        call(copy, "consult", cpu=0.2)


def test_a_notebook_that_cannot_be_stopped_gets_no_copy(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.sandbox.worker_client.STUCK_SECONDS", 3.0)
    # Its first thread waits for a child that shares its fate (clone's CLONE_VFORK), where SIGSTOP does not reach it.
    load(
        worker,
        HELPER
        + """
import ctypes, time
from autograder.sandbox.worker import _Worker
threading.Thread(target=serve, daemon=True).start()
clone = {"x86_64": 56, "aarch64": 220}[os.uname().machine]
receive, me, copies = _Worker.receive, os.getpid(), []
def held(self):
    if copies and os.getpid() == me and ctypes.CDLL(None).syscall(clone, 0x4000 | 17, 0, 0, 0, 0) == 0:
        time.sleep(1000)
    return receive(self)
_Worker.receive = held
os.register_at_fork(after_in_parent=lambda: copies.append(1))
""",
    )
    # Where it was stopped before it held itself up, its helper is stopped, too, and the copy asks in vain.
    with (
        pytest.raises((ProtocolError, TimeLimit), match="cannot be stopped|waited"),
        worker.fork() as copy,
    ):
        call(copy, "consult", cpu=1.0)


# ---- output and time


def test_a_flood_of_output_ends_the_worker(worker: Worker) -> None:
    with pytest.raises(WorkerDied, match="printed more than"):
        load(worker, "while True: print('x' * 100_000)")


def test_time_is_measured_from_outside(worker: Worker) -> None:
    load(
        worker,
        "import time\ntime.process_time = time.perf_counter = lambda: 0.0\ndef f():\n    for _ in range(3_000_000): pass",
    )
    before = worker.cpu_seconds()
    call(worker, "f")
    after = worker.cpu_seconds()
    assert after > before
    worker.close()
    assert worker.cpu_seconds() >= after  # not before + used: sums of decimals round


# ---- what honest notebooks do


def test_loaders_that_ask_for_processes_get_none(worker: Worker) -> None:
    load(worker, "import torch\nfrom torch.utils.data import DataLoader, TensorDataset\nd = TensorDataset(torch.arange(10.))\n"
         "a = DataLoader(d, batch_size=4, num_workers=2, persistent_workers=True, prefetch_factor=2)\nb = DataLoader(d, 4, False, None, None, 3)\n"
         "def f(): return [len(x[0]) for x in a], [len(x[0]) for x in b]")  # fmt: skip
    assert call(worker, "f") == ([4, 4, 2], [4, 4, 2])


def test_a_notebook_that_wants_more_threads_can_still_be_copied(worker: Worker) -> None:
    load(
        worker,
        "import torch\ntorch.set_num_threads(4)\nx = torch.ones(400, 400)\ny = x @ x\ndef f(): return (x @ x).sum().item()",
    )
    with worker.fork() as copy:
        assert call(copy, "f") == 400.0**3


def test_every_optimizer_runs_torchs_own_code_and_compiling_changes_nothing(worker: Worker) -> None:
    load(
        worker,
        """
import pathlib, torch
model = torch.nn.Linear(3, 1)
def train(kind):
    optimizer = getattr(torch.optim, kind)(model.parameters())
    def closure():
        optimizer.zero_grad()
        loss = (model(torch.ones(5, 3)) - 100).square().mean()
        loss.backward()
        return loss
    before = closure().item()
    optimizer.step(closure)
    optimizer.load_state_dict(optimizer.state_dict())
    code = pathlib.Path(type(optimizer).step.__wrapped__.__code__.co_filename)
    return closure().item() < before, torch.is_grad_enabled(), code.is_relative_to(pathlib.Path(torch.__file__).parent)
def double():
    return torch.compile(lambda x: 2 * x, backend="eager")(torch.ones(2)).tolist()
""",
    )
    for kind in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "LBFGS"):
        assert call(worker, "train", kind) == (True, True, True), kind
    assert call(worker, "double") == [2.0, 2.0]


def test_a_notebook_works_as_it_does_elsewhere(worker: Worker) -> None:
    load(
        worker,
        """
import dataclasses, inspect, io, os, tempfile, pickle
import matplotlib.pyplot as plt, numpy as np, pandas as pd, torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.datasets import make_classification
from torch import nn

@dataclasses.dataclass
class Config:
    rate: float = 0.1

def f():
    plt.plot([1, 2]); plt.savefig(io.BytesIO()); plt.show(); plt.close()
    RandomForestClassifier(3, n_jobs=2).fit(*make_classification(50, random_state=0))
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(2 * 26 * 26, 3))
    optimizer = torch.optim.Adam(model.parameters())
    nn.functional.cross_entropy(model(torch.rand(4, 1, 28, 28)), torch.zeros(4, dtype=torch.long)).backward()
    optimizer.step()
    torch.save(model.state_dict(), "model.pt") if os.access(".", os.W_OK) else None
    return inspect.getsource(f).startswith("def f"), pickle.loads(pickle.dumps(Config())).rate, __name__
""",
    )
    assert call(worker, "f", cpu=60.0) == (True, 0.1, "__main__")


def test_files_of_the_course_and_its_variables_reach_the_worker(tmp_path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "course_of_this_test.py").write_text("import os\nfolder = os.environ['COURSE_DATA']\n")
    (tmp_path / "data.txt").write_text("42")
    with (
        ForkServer.start(
            choose(None),
            readable=[tmp_path],
            env={"COURSE_DATA": str(tmp_path)},
        ) as server,
        server.spawn() as worker,
    ):
        load(worker, f"import sys; sys.path.append({str(tmp_path)!r})")
        load(worker, "import course_of_this_test as c\nx = int(open(c.folder + '/data.txt').read())")
        assert worker.request("get", target={"name": "x"}) == 42


@pytest.mark.parametrize("fault", [StudentError("OSError", "no"), TimeLimit("It waited.")])
def test_a_worker_that_cannot_be_sealed_ends_alone(
    server: ForkServer, worker: Worker, monkeypatch: pytest.MonkeyPatch, fault: WorkerFault
) -> None:
    def refuse(self: Worker, *_: object, **__: object) -> None:
        refused.append(self.pid)
        raise fault

    refused: list[int] = []
    monkeypatch.setattr(server, "_confinement", replace(server._confinement, hands_on=True))
    with monkeypatch.context() as patch:
        patch.setattr(Worker, "request", refuse)
        with pytest.raises(SandboxUnavailable, match="a worker could not be started"):
            server.spawn()
    server.check()
    assert not psutil.pid_exists(refused[0])
    load(worker, "x = 1")
    assert knows(worker, "x")


def test_a_server_serves_two_judges_and_ends_the_workers_of_the_one_that_goes(server: ForkServer) -> None:
    other = server.share()
    with server.spawn() as mine:
        theirs = other.spawn()
        for one in (mine, theirs):
            load(one, "x = 1")
        other.close()
        psutil.Process(theirs.pid).wait(timeout=20)
        theirs.close()
        assert mine.request("get", target={"name": "x"}) == 1
    with server.spawn() as another:
        load(another, "x = 2")
        assert another.request("get", target={"name": "x"}) == 2


def test_what_stops_the_judge_while_the_server_starts_ends_the_server() -> None:
    rung, me = choose(None), psutil.Process()
    before = set(me.children(recursive=True))
    started: list[psutil.Process] = []

    def stop() -> None:
        started.extend(set(me.children(recursive=True)) - before)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ForkServer.start(rung, meanwhile=stop)
    assert started
    _, left = psutil.wait_procs(started, timeout=20)
    assert not left


def test_an_answer_that_is_too_large_is_refused_in_the_worker(worker: Worker) -> None:
    load(worker, "import torch\ndef f(): return torch.zeros((33 << 20), dtype=torch.uint8)")
    with pytest.raises(StudentError, match="too large to send"):
        call(worker, "f")


def test_what_a_test_sends_is_limited_and_the_next_test_begins_at_nothing(worker: Worker) -> None:
    load(
        worker,
        "import torch\ndef f(seen):\n for _ in range(5): seen(torch.zeros(30 << 20, dtype=torch.uint8))",
    )
    kept: list[int] = []
    for _ in range(2):
        with worker.fork() as copy:
            copy.begin_test()
            with pytest.raises(TooMuchData, match="One test may send 128 MiB"):
                call(copy, "f", lambda x: kept.append(x.numel()))
    assert len(kept) == 8


@pytest.mark.parametrize("sent", ["(200 << 20)", "(30 << 20)"])
def test_a_callback_cannot_fill_the_judge(worker: Worker, sent: str) -> None:
    """Two gigabytes and more, in pieces that are too large or that each fit, of which the grader keeps all that arrives."""
    load(
        worker,
        f"import torch\ndef f(seen):\n for _ in range(70): seen(torch.zeros({sent}, dtype=torch.uint8))",
    )
    kept: list[torch.Tensor] = []
    before = _peak_of_this_process(anew=True)
    with worker.fork() as copy:
        copy.begin_test()
        with pytest.raises((StudentError, TooMuchData)):
            call(copy, "f", kept.append)
    assert _peak_of_this_process() - before < 3 * MAX_TEST  # what is kept, and what is being read


def _peak_of_this_process(anew: bool = False) -> int:
    """Its largest resident memory in bytes, since it was asked `anew`."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5")
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line]
    return int(line.split()[1]) << 10


def test_what_all_copies_of_a_notebook_send_is_limited(worker: Worker) -> None:
    load(worker, "import torch\ndef f(): return torch.zeros(30 << 20, dtype=torch.uint8)")

    def ask() -> None:
        for _ in range(10):
            with worker.fork() as copy:
                for _ in range(4):
                    call(copy, "f")

    with pytest.raises(TooMuchData, match="A whole notebook may send 1024 MiB"):
        ask()
