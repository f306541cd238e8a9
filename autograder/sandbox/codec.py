"""Values as bytes, between the judge and a worker that it does not trust.

A frame is a header (magic, length of the structure, length of the data), the structure as JSON, and the raw bytes of
all arrays in the order in which the structure mentions them. There is no pickle in either direction: `decode` builds
every value from scratch, and yields only builtins, numpy arrays and scalars, torch tensors, dtypes, devices and sizes,
pandas tables, and references to objects that stay where they are. Subclasses cross by value and lose their class.
"""

from __future__ import annotations

import json
import math
import struct
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

MAGIC = b"AGS1"
HEADER = struct.Struct("<4sIQ")  # magic, bytes of JSON, bytes of array data

MAX_JSON = 16 << 20
MAX_BODY = 256 << 20
MAX_ANSWER = 32 << 20
"""The most bytes in one answer to a judge, which may hold several answers at once and copies them."""
MAX_NODES = 1_000_000
COLUMN_NODES = 100
"""A column of a table takes the time of so many other values."""
SMALL = 64 << 10  # arrays up to this many bytes are copied into the frame, not sent separately
MAX_DEPTH = 40
MAX_DIMENSIONS = 16
MAX_SIDE = 1 << 40
MAX_INT_DIGITS = 3_500  # hexadecimal; Python writes no more than 4,300 decimal ones as text
MAX_KEYS = 10_000
"""Keys of all dictionaries together."""
MAX_CHOSEN_KEYS = 1_000
"""Keys that are neither texts nor ordinary whole numbers. They can be chosen so that all have the same hash, and a
dictionary then compares each new one with all others: thousands of long ones would take the judge hours."""
MAX_KEY_PARTS = 8
"""Parts of a tuple that is a key."""

_DTYPES = {
    name: np.dtype(name)
    for name in (
        "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128"
    ).split()
}
_TORCH_DTYPES = (*_DTYPES, "bfloat16")
_NULLABLE = {
    "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float32", "Float64", "boolean",
}  # fmt: skip
_DEVICES = ("cpu", "cuda", "mps", "meta")


class MalformedData(Exception):
    """Bytes that are not a frame of this protocol."""


class TooLarge(ValueError):
    """A value that does not fit into a frame."""


class Ref:
    """An object that stays in the worker. It may be sent back there as an argument or a target."""

    __slots__ = ("key", "type_name")

    def __init__(self, key: int, type_name: str) -> None:
        self.key = key
        self.type_name = type_name

    def __repr__(self) -> str:
        return f"<{self.type_name} in the worker>"


class Opaque:
    """Takes the place of a value that could be neither copied nor referred to; only the name of its type is known."""

    __slots__ = ("type_name",)

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name

    def __repr__(self) -> str:
        return f"<{self.type_name}>"


class Frame(NamedTuple):
    """One encoded value: header and structure, then the array data without a copy."""

    head: bytes
    buffers: list[memoryview]

    def parts(self) -> list[bytes | memoryview]:
        """What to send, in order; a small frame is one part."""
        if sum(map(len, self.buffers)) <= SMALL:
            return [b"".join((self.head, *self.buffers))]
        return [self.head, *self.buffers]


def encode(
    value: Any,
    refer: Callable[[Any], Any] | None = None,
    keep_requires_grad: bool = False,
    max_body: int = MAX_BODY,
) -> Frame:
    """Encode `value`; anything that cannot cross by value is passed to `refer`, which returns its JSON form.

    Tensors arrive detached; with `keep_requires_grad`, leaves that require a gradient still do.

    Raises TooLarge, and TypeError if there is no `refer` and something cannot cross.
    """
    encoder = _Encoder(refer, keep_requires_grad, max_body)
    structure = encoder.encode(value, 0)
    text = json.dumps(structure, allow_nan=False, separators=(",", ":")).encode()
    if len(text) > MAX_JSON:
        raise TooLarge(f"the value is too large to send (limit {MAX_JSON >> 20} MiB of text and numbers)")
    return Frame(HEADER.pack(MAGIC, len(text), encoder.size) + text, encoder.buffers)


def reference(key: int, type_name: str) -> dict[str, Any]:
    """JSON form of a reference, for `refer`."""
    return {"$r": [key, type_name[:80]]}


def callback(key: int) -> dict[str, Any]:
    """JSON form of one of the judge's functions, for `refer`."""
    return {"$c": key}


class _Encoder:
    def __init__(self, refer: Callable[[Any], Any] | None, keep_requires_grad: bool, max_body: int) -> None:
        self.refer = refer
        self.max_body = max_body
        self.keep_requires_grad = keep_requires_grad
        self.buffers: list[memoryview] = []
        self.size = 0
        self.nodes = 0
        self.keys = 0
        self.chosen_keys = 0
        self.torch = sys.modules.get("torch")
        self.pandas = sys.modules.get("pandas")

    def count(self, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise TooLarge(f"the value has too many parts to send (limit {MAX_NODES:,})")

    def encode(self, x: Any, depth: int) -> Any:
        self.count(1)
        kind = type(x)
        if kind is str or kind is bool or x is None:
            return x
        if kind is int:
            return _integer(x)
        if kind is float:
            return x if math.isfinite(x) else {"$f": repr(x)}
        if depth > MAX_DEPTH - 4:
            return {"$o": kind.__name__[:80]}
        if kind is list:
            return [self.encode(item, depth + 1) for item in x]
        if kind is dict:
            return self.subclass(x, depth)
        if kind is tuple:
            return {"$t": [self.encode(item, depth + 1) for item in x]}
        if kind is Ref:
            return reference(x.key, "")
        if isinstance(x, np.generic):
            return self.array(np.asarray(x), "s") if x.dtype.name in _DTYPES else self.subclass(x, depth)
        if isinstance(x, np.ndarray):
            return self.ndarray(x.view(np.ndarray))
        special = self.from_torch(x) or self.from_pandas(x, depth)
        return special if special is not None else self.subclass(x, depth)

    def subclass(self, x: Any, depth: int) -> Any:
        """Dictionaries, and subclasses of builtins by value, read with the builtin's own methods."""
        if isinstance(x, dict) and all(_plain_key(key) for key in dict.keys(x)):
            pairs = dict.items(x)
            self.keys += len(pairs)
            self.chosen_keys += sum(map(_is_chosen, dict.keys(x)))
            for keys, limit in ((self.keys, MAX_KEYS), (self.chosen_keys, MAX_CHOSEN_KEYS)):
                if keys > limit:
                    raise TooLarge(f"the value has too many dictionary keys to send (limit {limit:,})")
            return {"$d": [[self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in pairs]}
        if isinstance(x, str):
            return str.__str__(x)
        if isinstance(x, int):
            return _integer(int.__int__(x))
        if isinstance(x, float):
            return self.encode(float.__float__(x), depth)
        if isinstance(x, tuple):
            return {"$t": [self.encode(item, depth + 1) for item in tuple.__iter__(x)]}
        if isinstance(x, list):
            return [self.encode(item, depth + 1) for item in list.__iter__(x)]
        if self.refer is None:
            raise TypeError(f"a value of type {type(x).__name__} cannot be sent")
        return self.refer(x)

    def array(self, a: np.ndarray, kind: str, dtype: str | None = None) -> dict[str, Any]:
        self.size += a.nbytes
        if self.size > self.max_body:
            raise TooLarge(
                f"the value is too large to send ({self.size >> 20} MiB; limit {self.max_body >> 20} MiB)"
            )
        if a.ndim > MAX_DIMENSIONS:
            raise TooLarge(f"the value has too many dimensions to send (limit {MAX_DIMENSIONS})")
        if a.size:
            flat = np.ascontiguousarray(a).reshape(-1)
            self.buffers.append(memoryview(flat.view(np.uint8)))
        return {"$a": [kind, dtype or a.dtype.name, list(a.shape)]}

    def ndarray(self, a: np.ndarray) -> Any:
        if a.dtype.name in _DTYPES and a.dtype.isnative:
            return self.array(a, "n")
        if a.dtype.kind == "U":
            return {"$u": [list(a.shape), [str(item) for item in a.reshape(-1)]]}
        if self.refer is None:
            raise TypeError(f"an array of dtype {a.dtype} cannot be sent")
        return self.refer(a)

    def from_torch(self, x: Any) -> Any:
        torch = self.torch
        if torch is None or not hasattr(torch, "Tensor"):
            return None
        if isinstance(x, torch.Tensor):
            return self.tensor(x)
        if isinstance(x, torch.Size) and len(x) <= MAX_DIMENSIONS and all(0 <= n < MAX_SIDE for n in x):
            return {"$z": [_integer(n) for n in tuple.__iter__(x)]}
        if isinstance(x, torch.dtype):
            return {"$y": str(x).removeprefix("torch.")}
        if isinstance(x, torch.device):
            return {"$v": str(x)}
        return None

    def tensor(self, x: Any) -> Any:
        torch = self.torch
        with torch._C.DisableTorchFunctionSubclass():
            plain = x.detach()
            name = str(plain.dtype).removeprefix("torch.")
            if plain.device.type == "meta" or plain.is_quantized or name not in _TORCH_DTYPES:
                return {"$o": f"tensor ({name}, {plain.device.type})"}
            if plain.layout is not torch.strided:
                plain = plain.to_dense()
            if (
                plain.numel() * plain.element_size() > self.max_body
            ):  # an expanded view is small until it is copied
                raise TooLarge(f"the tensor is too large to send (limit {self.max_body >> 20} MiB)")
            plain = plain.cpu().resolve_conj().resolve_neg().contiguous()
            if type(plain) is not torch.Tensor:
                plain = plain.as_subclass(torch.Tensor)
            kind = "g" if self.keep_requires_grad and x.requires_grad and x.is_leaf else "t"
            if name == "bfloat16":
                return self.array(plain.view(torch.int16).numpy(), kind, name)
            return self.array(plain.numpy(), kind)

    def from_pandas(self, x: Any, depth: int) -> Any:
        pd = self.pandas
        if pd is None or not hasattr(pd, "DataFrame"):
            return None
        mark = len(self.buffers), self.size
        try:
            if isinstance(x, pd.DataFrame):
                labels = self.labels(x.columns, depth)
                columns = [self.column(x.iloc[:, i].array, depth) for i in range(x.shape[1])]
                return {"$df": [labels, columns, self.labels(x.index, depth)]}
            if isinstance(x, pd.Series):
                name = self.encode(x.name, depth + 1) if _plain_key(x.name) else None
                return {"$se": [name, self.column(x.array, depth), self.labels(x.index, depth)]}
        except _NotATable:
            del self.buffers[mark[0] :]
            self.size = mark[1]
        return None

    def labels(self, index: Any, depth: int) -> list[Any]:
        if index.nlevels != 1:
            raise _NotATable
        return [
            self.encode(index.name if _plain_key(index.name) else None, depth + 1),
            self.column(index.array, depth),
        ]

    def column(self, values: Any, depth: int) -> list[Any]:
        """[dtype, values, missing]; strings and objects are sent item by item, other values as an array."""
        self.count(COLUMN_NODES)
        name = str(values.dtype)
        if name in _DTYPES:
            return [name, self.array(np.asarray(values), "n"), None]
        if name in _NULLABLE:
            missing = np.asarray(values.isna())
            numpy_type = "bool" if name == "boolean" else name.lower()
            filled = values.to_numpy(dtype=numpy_type, na_value=False if numpy_type == "bool" else 0)
            return [name, self.array(filled, "n"), self.array(missing, "n")]
        if name == "category":
            return self.column(self.pandas.Series(np.asarray(values)).array, depth)
        if isinstance(values.dtype, self.pandas.StringDtype):
            text = [item if isinstance(item, str) else None for item in values]
            return [
                "str" if name == "str" else "string",
                [self.encode(item, depth + 2) for item in text],
                None,
            ]
        if name == "object":
            items = [None if item is self.pandas.NA else item for item in values]
            if all(isinstance(item, (str, bool, int, float, np.generic, type(None))) for item in items):
                return ["object", [self.encode(item, depth + 2) for item in items], None]
        raise _NotATable


class _NotATable(Exception):
    """A table with columns or labels that do not cross by value."""


def _plain_key(x: Any, levels: int = 2) -> bool:
    """A text, a number, None, or a short tuple of these, which may be in another one."""
    if isinstance(x, tuple):
        parts = tuple.__iter__(x)
        return (
            levels > 0 and tuple.__len__(x) <= MAX_KEY_PARTS and all(_plain_key(p, levels - 1) for p in parts)
        )
    return isinstance(x, (str, int, float, bool, type(None), np.number))


def _is_chosen(key: Any) -> bool:
    """Whether other keys with the same hash can be made: a text's hash is random, that of such a number is itself."""
    return not (type(key) is str or (type(key) is int and -(1 << 60) < key < 1 << 60))


def _integer(x: int) -> Any:
    if -(1 << 53) < x < (1 << 53):
        return x
    digits = hex(x)
    if len(digits) > MAX_INT_DIGITS:
        raise TooLarge("the integer is too large to send")
    return {"$i": digits}


def parse_header(header: bytes) -> tuple[int, int]:
    """(bytes of JSON, bytes of array data) that follow. Raises MalformedData."""
    magic, json_size, body_size = HEADER.unpack(header)
    if magic != MAGIC or json_size > MAX_JSON or body_size > MAX_BODY:
        raise MalformedData("bad frame header")
    return json_size, body_size


def decode(
    text: bytes,
    body: bytes | bytearray | memoryview,
    resolve: Callable[[int, str], Any] = Ref,
    make_callback: Callable[[int], Any] | None = None,
) -> Any:
    """The value of one frame. `resolve(key, type_name)` turns references into objects (by default, into `Ref`).

    Raises MalformedData for everything that `encode` would not have written, and what `resolve` raises.
    """
    if text.count(b",") + text.count(b"[") + text.count(b"{") > 4 * MAX_NODES:
        raise MalformedData("too many parts")
    try:
        tree = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedData(f"structure: {type(error).__name__}") from None
    decoder = _Decoder(memoryview(body), resolve, make_callback)
    try:
        value = decoder.decode(tree, 0)
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        # numpy, pandas and torch raise errors of their own
        raise MalformedData(f"value: {type(error).__name__}") from None
    if decoder.offset != len(body):
        raise MalformedData("data left over")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


class _Decoder:
    def __init__(
        self,
        body: memoryview,
        resolve: Callable[[int, str], Any],
        make_callback: Callable[[int], Any] | None,
    ) -> None:
        self.body = body
        self.offset = 0
        self.nodes = 0
        self.keys = 0
        self.chosen_keys = 0
        self.resolve = resolve
        self.make_callback = make_callback

    def decode(self, x: Any, depth: int) -> Any:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise MalformedData("too deep or too many parts")
        if isinstance(x, list):
            return [self.decode(item, depth + 1) for item in x]
        if not isinstance(x, dict):
            return x  # json.loads gives None, bool, int, float and str besides
        if len(x) != 1:
            raise MalformedData("a tag has one key")
        ((tag, content),) = x.items()
        reader = _READERS.get(tag)
        if reader is None:
            raise MalformedData("unknown tag")
        return reader(self, content, depth)

    def read_tuple(self, content: Any, depth: int) -> tuple:
        return tuple(self.decode(item, depth + 1) for item in _list(content))

    def read_float(self, content: Any, _depth: int) -> float:
        if content not in ("nan", "inf", "-inf"):
            raise MalformedData("float")
        return float(content)

    def read_integer(self, content: Any, _depth: int) -> int:
        try:
            return int(_text(content, MAX_INT_DIGITS), 16)
        except ValueError:
            raise MalformedData("integer") from None

    def read_dict(self, content: Any, depth: int) -> dict:
        result = {}
        self.keys += len(_list(content))
        if self.keys > MAX_KEYS:
            raise MalformedData("too many keys")
        for pair in content:
            key, value = _list(pair, 2)
            key = self.decode(key, depth + 1)
            if not _plain_key(key):
                raise MalformedData("dictionary key")
            self.chosen_keys += _is_chosen(key)
            if self.chosen_keys > MAX_CHOSEN_KEYS:
                raise MalformedData("too many keys")
            result[key] = self.decode(value, depth + 1)
        return result

    def read_reference(self, content: Any, _depth: int) -> Any:
        key, type_name = _list(content, 2)
        if type(key) is not int or not 0 <= key < 1 << 53:
            raise MalformedData("reference")
        return self.resolve(key, _text(type_name, 80))

    def read_callback(self, content: Any, _depth: int) -> Any:
        if self.make_callback is None or type(content) is not int:
            raise MalformedData("callback")
        return self.make_callback(content)

    def read_opaque(self, content: Any, _depth: int) -> Opaque:
        return Opaque(_text(content, 200))

    def read_array(self, content: Any, _depth: int) -> Any:
        kind, name, shape = _list(content, 3)
        names = {"n": _DTYPES, "s": _DTYPES, "t": _TORCH_DTYPES, "g": _TORCH_DTYPES}.get(_text(kind, 1), ())
        if _text(name, 40) not in names:
            raise MalformedData("array")
        dtype = _DTYPES["int16" if name == "bfloat16" else name]
        shape = self.read_shape(shape)
        count = math.prod(shape)
        end = self.offset + count * dtype.itemsize
        if end > len(self.body):
            raise MalformedData("array longer than its data")
        array = np.frombuffer(self.body[self.offset : end], dtype, count) if count else np.empty(0, dtype)
        self.offset = end
        if dtype.kind == "b" and count and array.view(np.uint8).max() > 1:
            raise MalformedData("bool")
        try:
            array = array.reshape(shape).copy()  # memory of its own: aligned and writable
        except ValueError:
            raise MalformedData("shape") from None
        if kind == "n":
            return array
        if kind == "s":
            if shape:
                raise MalformedData("scalar")
            return array[()]
        import torch  # the judge of an assignment without tensors never needs it

        tensor = torch.from_numpy(array)
        if name == "bfloat16":
            tensor = tensor.view(torch.bfloat16)
        if kind == "g" and (tensor.is_floating_point() or tensor.is_complex()):
            tensor.requires_grad_()
        return tensor

    def read_shape(self, content: Any) -> tuple[int, ...]:
        shape = _list(content)
        if len(shape) > MAX_DIMENSIONS or not all(type(n) is int and 0 <= n < MAX_SIDE for n in shape):
            raise MalformedData("shape")
        return tuple(shape)

    def read_strings(self, content: Any, _depth: int) -> np.ndarray:
        shape, items = _list(content, 2)
        shape = self.read_shape(shape)
        if math.prod(shape) != len(_list(items)) or not all(type(item) is str for item in items):
            raise MalformedData("strings")
        if (
            items and len(items) * max(map(len, items)) * 4 > MAX_ANSWER
        ):  # the array is as wide as its longest string
            raise MalformedData("strings")
        return np.array(items, dtype=np.str_).reshape(shape)

    def read_size(self, content: Any, _depth: int) -> Any:
        import torch

        return torch.Size(self.read_shape(content))

    def read_dtype(self, content: Any, _depth: int) -> Any:
        import torch

        dtype = vars(torch).get(
            _text(content, 40)
        )  # not getattr, which would make torch import the name it is asked for
        if not isinstance(dtype, torch.dtype):
            raise MalformedData("dtype")
        return dtype

    def read_device(self, content: Any, _depth: int) -> Any:
        import torch

        if _text(content, 20).split(":")[0] not in _DEVICES:
            raise MalformedData("device")
        try:
            return torch.device(content)
        except RuntimeError:
            raise MalformedData("device") from None

    def read_frame(self, content: Any, depth: int) -> Any:
        import pandas as pd

        labels, columns, index = _list(content, 3)
        labels = self.read_labels(labels, depth)  # in the order in which their numbers were sent
        columns = [self.read_column(column, depth) for column in _list(columns)]
        index = self.read_labels(index, depth)
        if len(labels) != len(columns) or any(len(column) != len(index) for column in columns):
            raise MalformedData("table")
        frame = pd.DataFrame(dict(enumerate(columns)), index=index)
        frame.columns = labels
        return frame

    def read_series(self, content: Any, depth: int) -> Any:
        import pandas as pd

        name, column, index = _list(content, 3)
        name = self.decode(name, depth + 1)
        values = self.read_column(column, depth)
        index = self.read_labels(index, depth)
        if len(values) != len(index) or not _plain_key(name):
            raise MalformedData("series")
        return pd.Series(values, index=index, name=name)

    def read_labels(self, content: Any, depth: int) -> Any:
        import pandas as pd

        name, column = _list(content, 2)
        name = self.decode(name, depth + 1)
        if not _plain_key(name):
            raise MalformedData("label")
        return pd.Index(self.read_column(column, depth), name=name)

    def read_column(self, content: Any, depth: int) -> Any:
        import pandas as pd

        name, values, missing = _list(content, 3)
        if type(name) is not str:
            raise MalformedData("column")
        self.nodes += COLUMN_NODES
        values = self.decode(values, depth + 2)
        if name in _DTYPES or name in _NULLABLE:
            expected = name if name in _DTYPES else "bool" if name == "boolean" else name.lower()
            if type(values) is not np.ndarray or values.ndim != 1 or values.dtype.name != expected:
                raise MalformedData("column")
            if name in _DTYPES:
                return values
            missing = self.decode(missing, depth + 2)
            if type(missing) is not np.ndarray or missing.shape != values.shape or missing.dtype != bool:
                raise MalformedData("column")
            column = pd.array(values, dtype=name)
            column[missing] = pd.NA
            return column
        allowed = (str, type(None)) if name != "object" else (str, bool, int, float, np.generic, type(None))
        if name not in ("str", "string", "object") or not isinstance(values, list):
            raise MalformedData("column")
        if not all(isinstance(item, allowed) for item in values):
            raise MalformedData("column")
        if name == "object":
            column = np.empty(len(values), dtype=object)
            column[:] = values
            return column
        return pd.array(values, dtype=name)


def _list(x: Any, length: int | None = None) -> list:
    if not isinstance(x, list) or (length is not None and len(x) != length):
        raise MalformedData("structure")
    return x


def _text(x: Any, limit: int) -> str:
    if not isinstance(x, str) or len(x) > limit:
        raise MalformedData("text")
    return x


_READERS: dict[str, Callable[[_Decoder, Any, int], Any]] = {
    "$t": _Decoder.read_tuple,
    "$f": _Decoder.read_float,
    "$i": _Decoder.read_integer,
    "$d": _Decoder.read_dict,
    "$r": _Decoder.read_reference,
    "$c": _Decoder.read_callback,
    "$o": _Decoder.read_opaque,
    "$a": _Decoder.read_array,
    "$u": _Decoder.read_strings,
    "$z": _Decoder.read_size,
    "$y": _Decoder.read_dtype,
    "$v": _Decoder.read_device,
    "$df": _Decoder.read_frame,
    "$se": _Decoder.read_series,
}
