"""Modules that a notebook imports to inspect its work, or to reach its host machine: none of them works here.

In a worker there is no kernel, no network, no `/proc` and nobody watching. So each of these modules is a stand-in in
which everything can be called and does nothing, and objects to be inspected are returned unchanged.
"""

from __future__ import annotations

import builtins
import codecs
import contextlib
import functools
import importlib
import importlib.abc
import importlib.machinery
import os
import sys
import types
import typing
from collections.abc import Callable, Iterator, Sequence
from typing import Any

WITHOUT_USE = frozenset({
    # experiment trackers, which need a network and threads of their own
    "clearml", "codecarbon", "comet_ml", "dvclive", "mlflow", "neptune", "swanlab", "tensorboard", "tensorboardX",
    "torch.utils.tensorboard", "trackio", "wandb", "weave",
    # modules that read /proc or ask a GPU's driver
    "GPUtil", "gpustat", "memory_profiler", "nvidia_smi", "psutil", "pynvml",
    # debuggers, which wait for somebody at the keyboard
    "IPython.terminal.embed", "ipdb", "pudb", "remote_pdb", "web_pdb",
})  # fmt: skip
"""Stand-ins even if the real module is installed."""
PARTS = frozenset({
    "fastcore", "fastcore.all", "fastcore.basics", "fastcore.utils", "google", "jdc", "lightning", "lightning.pytorch",
    "pytorch_lightning", "transformers",
})  # fmt: skip
"""Packages too large to be without use, and namespaces: the rest of them is missing, as is said in an error."""
UNLESS_INSTALLED = frozenset({
    # machines that host notebooks
    "google.colab", "kaggle", "kaggle_datasets", "kaggle_secrets", "kagglehub",
    # printing and progress
    "alive_progress", "better_exceptions", "birdseye", "codetiming", "colorama", "colorlog", "dotenv", "emoji",
    "enlighten", "fastprogress", "halo", "humanize", "icecream", "jupyterthemes", "line_profiler", "loguru",
    "nest_asyncio", "prettytable", "progress", "progressbar", "pyinstrument", "pyprind", "pysnooper", "rich", "snoop",
    "streamlit", "structlog", "termcolor", "watermark", "yaspin",
    # counting
    "fvcore", "ptflops", "pympler", "thop",
    # decorators that check or compile a function, which computes the same without them
    "beartype", "jaxtyping", "numba", "tenacity", "typeguard",
    # of which a notebook gets what `_OWN` says, and nothing else
    *PARTS,
    # pictures of data and of models
    "altair", "bokeh", "cufflinks", "graphviz", "hiddenlayer", "livelossplot", "lovely_tensors", "netron", "plotly",
    "torchsummary", "torchview", "torchviz",
})  # fmt: skip
MEASURING = frozenset({
    "GPUtil", "fvcore", "gpustat", "memory_profiler", "nvidia_smi", "psutil", "ptflops", "pympler", "pynvml", "thop",
})  # fmt: skip
"""Of these, the modules whose answers are numbers."""
PROGRESS = frozenset({
    "alive_progress", "enlighten", "fastprogress", "progress", "progressbar", "pyprind", "rich.progress",
})  # fmt: skip
"""Of these, the modules that wrap a loop: without the loop's items, a training would silently do nothing."""
BY_STAR = {
    "colorama": "Back Cursor Fore Style deinit init just_fix_windows_console reinit",
    "fastprogress": "force_console_behavior master_bar progress_bar",
    "icecream": "ic install",
    "progress": "BarColumn Console Progress SpinnerColumn TextColumn TimeElapsedColumn TimeRemainingColumn track",
    "pynvml": "NVMLError NVML_CLOCK_SM NVML_TEMPERATURE_GPU nvmlDeviceGetClockInfo nvmlDeviceGetCount "
    "nvmlDeviceGetHandleByIndex nvmlDeviceGetMemoryInfo nvmlDeviceGetName nvmlDeviceGetPowerUsage "
    "nvmlDeviceGetTemperature nvmlDeviceGetUtilizationRates nvmlInit nvmlShutdown nvmlSystemGetDriverVersion",
    "termcolor": "COLORS HIGHLIGHTS ATTRIBUTES colored cprint",
}
"""What `import *` gives, by the last part of the module's name."""


def install() -> None:
    """Put the stand-ins where imports find them. Done once for all workers: removing modules takes 20 ms in each."""
    for name in WITHOUT_USE.intersection(sys.modules):
        del sys.modules[name]
    sys.meta_path.insert(0, _Finder(WITHOUT_USE))
    sys.meta_path.append(_Finder(UNLESS_INSTALLED))


class _Harmless:
    """Accepts every call, attribute and item, and returns itself."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return args[0] if _is_decorated(args, kwargs) else self

    def __getitem__(self, _: Any) -> Any:
        return self

    def __setitem__(self, *_: Any) -> None:
        pass

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def __instancecheck__(self, _: Any) -> bool:
        return False

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        """What a student's class inherits from instead; if there are other bases, only from those."""
        return () if any(isinstance(base, type) for base in bases) or bases[0] is not self else (_Inherited,)


class _Inherited(_Harmless):
    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(())


class _Itself:
    """A class attribute that returns the instance, until something is assigned to it."""

    def __get__(self, instance: Any, _: type) -> Any:
        return self if instance is None else instance


class Nothing(_Harmless, str):
    """An empty string, so that it can also be used as text."""

    # `fig.layout.title.text`: the `str` methods of these names are not meant
    vars().update({name: _Itself() for name in dir(str) if not name.startswith("_")})

    def encode(self, *args: Any, **kwargs: Any) -> Any:
        """The method of a string, as `os.environ` calls it, or altair's."""
        try:
            codecs.lookup(args[0] if args else kwargs.get("encoding", "utf-8"))
            return str.encode(self, *args, **kwargs)
        except (TypeError, LookupError):
            return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __format__(self, _: str) -> str:
        return ""

    def __or__(self, _: Any) -> Any:  # `go.Figure | None`
        return self

    __ror__ = __or__


class Measured(_Harmless, int):
    """Whatever is measured is 1: it can be divided by, formatted and compared."""

    def __iter__(self) -> Iterator[Any]:
        return iter((self,))

    def __len__(self) -> int:
        return 1


class _Progress(Nothing):
    """Iterates over what it was given, without a progress bar."""

    _items: Any = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        given = [items for items in (*args, *kwargs.values()) if _is_gone_through(items)]
        progress = _Progress()
        progress._items = given[0] if given else self._items
        return progress

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __bool__(self) -> bool:
        return True


class _Settings(dict[str, Any]):
    """`wandb.config`: keeps what is put into it, and returns it as an item or an attribute."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.get(name, Nothing())

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def update(self, settings: Any = (), **_: Any) -> None:  # `allow_val_change=True` is not a setting
        with contextlib.suppress(TypeError, ValueError):
            super().update(settings if isinstance(settings, dict) else vars(settings))


class _Look(Nothing):
    """icecream's `ic`: returns its argument."""

    def __getattr__(self, name: str) -> Any:
        return getattr(Nothing(), name)

    def __call__(self, *args: Any) -> Any:
        return args[0] if len(args) == 1 else args or None


class _Annotation:
    """`Float[Tensor, "n d"]`: nothing is checked."""

    def __getitem__(self, _: Any) -> Any:
        return Any


def _is_decorated(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a call looks like that of a decorator, which must leave the student's definition as it is."""
    return len(args) == 1 and not kwargs and isinstance(args[0], (types.FunctionType, type))


def _is_gone_through(items: Any) -> bool:
    """Whether a loop could iterate over it: a data set may have only `__getitem__`."""
    return not isinstance(items, (str, bytes, type, _Harmless)) and (
        hasattr(items, "__iter__") or hasattr(items, "__getitem__")
    )


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, names: frozenset[str]) -> None:
        self.names = names

    def find_spec(
        self, name: str, _: Sequence[str] | None, __: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name in self.names or self._is_within(name):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def _is_within(self, name: str) -> bool:
        """Whether it is a module of a package that does not exist here; `google` may belong to another package."""
        while "." in name:
            name = name.rpartition(".")[0]
            if name in self.names and name not in PARTS:
                return True
        return False

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return types.ModuleType(spec.name) if spec.name in PARTS else _StandIn(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        vars(module).update(_OWN.get(module.__name__, dict)())


class _StandIn(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            return "0"
        if name == "__all__" and (by_star := BY_STAR.get(self.__name__.rpartition(".")[2])):
            return by_star.split()
        if name.startswith("__"):
            raise AttributeError(name)
        if (module := f"{self.__name__}.{name}") in _OWN:
            return importlib.import_module(module)
        package = self.__name__.partition(".")[0]
        if package in PROGRESS or self.__name__ in PROGRESS:
            return _Progress()
        return Measured(1) if package in MEASURING else Nothing()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return args[0] if _is_decorated(args, kwargs) else Nothing()  # `import snoop`, then `@snoop`


# ---- what some modules offer besides `Nothing`, by their names


def _of_icecream() -> dict[str, Any]:
    look = _Look()
    return {"ic": look, "install": lambda *_, **__: setattr(builtins, "ic", look)}


def _of_wandb() -> dict[str, Any]:
    settings, run = _Settings(), Nothing()
    run.config = settings

    def init(*_: Any, config: Any = None, **__: Any) -> Nothing:
        settings.update({} if config is None else config)
        return run

    return {"config": settings, "init": init, "run": run}


def _of_drive() -> dict[str, Any]:
    def mount(mountpoint: str = "/content/drive", *_: Any, **__: Any) -> None:
        """Creates the folder for the user's own files, so that later cells can write there."""
        with contextlib.suppress(OSError):
            os.makedirs(os.path.join(mountpoint, "MyDrive"))
            os.symlink("MyDrive", os.path.join(mountpoint, "My Drive"))

    return {"mount": mount}


def _of_jaxtyping() -> dict[str, Any]:
    kinds = ("Bool", "Complex", "Float", "Inexact", "Int", "Integer", "Key", "Num", "Real", "Shaped", "UInt")
    sizes = [f"{kind}{bits}" for kind in ("Float", "Int", "UInt") for bits in (8, 16, 32, 64)]
    checked = {
        name: _Annotation() for name in (*kinds, *sizes, "BFloat16", "Complex64", "Complex128", "PyTree")
    }
    return {**checked, **dict.fromkeys(("Array", "ArrayLike", "PRNGKeyArray", "Scalar"), Any)}


def _of_beartype_typing() -> dict[str, Any]:
    return {name: getattr(typing, name) for name in typing.__all__}


def _of_lightning() -> dict[str, Any]:
    def seed_everything(seed: int = 0, *_: Any, **__: Any) -> int:
        for name, set_seed in (("random", "seed"), ("numpy.random", "seed"), ("torch", "manual_seed")):
            getattr(importlib.import_module(name), set_seed)(seed)
        return seed

    return {"seed_everything": seed_everything, "set_seed": seed_everything}


def _of_fastcore() -> dict[str, Any]:
    """`@patch`: makes a function a method of the class that its first argument is annotated with."""

    def patch_to(owners: Any, as_prop: bool = False, cls_method: bool = False) -> Callable[[Any], Any]:
        def patched(function: Any) -> Any:
            method = property(function) if as_prop else classmethod(function) if cls_method else function
            for owner in owners if isinstance(owners, (list, tuple)) else (owners,):
                setattr(owner, function.__name__, method)
            return function.__globals__.get(function.__name__)

        return patched

    def patch(function: Any = None, **how: bool) -> Any:
        if function is None:
            return functools.partial(patch, **how)
        owner = next(iter(typing.get_type_hints(function).values()))
        return patch_to(typing.get_args(owner) or owner, **how)(function)

    return {"patch": patch, "patch_to": patch_to}


_OWN = {
    "beartype.typing": _of_beartype_typing,
    **dict.fromkeys(("fastcore.all", "fastcore.basics", "fastcore.utils"), _of_fastcore),
    "google.colab.drive": _of_drive,
    "icecream": _of_icecream,
    "jaxtyping": _of_jaxtyping,
    **dict.fromkeys(("lightning", "lightning.pytorch", "pytorch_lightning", "transformers"), _of_lightning),
    "numba": lambda: {"prange": range},
    "ptflops": lambda: {"get_model_complexity_info": lambda *_, **__: (Measured(1), Measured(1))},
    "rich.progress": dict,
    "thop": lambda: {
        "clever_format": lambda numbers, *_, **__: [Nothing() for _ in numbers],
        "profile": lambda *_, **__: (Measured(1), Measured(1)),
    },
    "typeguard": lambda: {"check_type": lambda value, *_, **__: value},
    "wandb": _of_wandb,
}
