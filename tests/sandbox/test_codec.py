"""Values cross unchanged, classes do not cross, and no bytes do anything but become a value or a MalformedData."""

from __future__ import annotations

import collections
import contextlib
import json
import math
import random
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from autograder.sandbox import codec
from autograder.sandbox.codec import MalformedData, Opaque, Ref, TooLarge


def through(value: Any, **options: Any) -> Any:
    """The value as it arrives on the other side."""
    return codec.decode(*parts(codec.encode(value, **options)))


def parts(frame: codec.Frame) -> tuple[bytes, bytes]:
    json_size, body_size = codec.parse_header(frame.head[: codec.HEADER.size])
    text, body = frame.head[codec.HEADER.size :], b"".join(map(bytes, frame.buffers))
    assert (len(text), len(body)) == (json_size, body_size)
    return text, body


def same(a: Any, b: Any) -> bool:
    if isinstance(a, torch.Tensor):
        return a.dtype == b.dtype and a.shape == b.shape and torch.equal(a, b)
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and np.array_equal(a, b)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, float) and math.isnan(a):
        return math.isnan(b)
    return a == b


@pytest.mark.parametrize(
    "value",
    [
        None, True, 0, -1, 1 << 62, -(1 << 200), 0.1, math.inf, -math.inf, math.nan, "", "Zürich \0 \ud800"[:8],
        [], [1, [2.5, "x"]], (), (1, (2,)), {}, {"a": [1], 2: None, (1, "b"): 3.0, None: 0, 1.5: 1},
        np.float32(1.5), np.int8(-3), np.bool_(True), np.arange(6.0).reshape(2, 3), np.zeros((0, 3)),
        np.array(3), np.array([True, False]), np.array([1 + 2j]), np.array(["ab", "c"]),
        torch.arange(6).reshape(3, 2), torch.tensor(2.5), torch.ones(2, 0), torch.tensor([True]),
        torch.tensor([1.5], dtype=torch.bfloat16), torch.tensor([1.5], dtype=torch.float16),
        torch.Size([1, 2]), torch.float32, torch.device("cpu"), torch.device("cuda:1"),
    ],
    ids=repr,
)  # fmt: skip
def test_a_value_arrives_as_it_was(value: Any) -> None:
    arrived = through(value)
    assert type(arrived) is type(value)
    assert same(value, arrived)


class Point(NamedTuple):
    x: float
    y: float


class Liar(float):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = float.__hash__


class LyingArray(np.ndarray):
    def __eq__(self, other: object) -> Any:
        return True

    __hash__ = None


class LyingTensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, *args: Any, **kwargs: Any) -> Any:
        return True


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Point(1.0, 2.0), (1.0, 2.0)),
        (Liar(3.0), 3.0),
        (np.float64(3.0), np.float64(3.0)),
        (collections.OrderedDict(a=1), {"a": 1}),
        (collections.defaultdict(list, a=[1]), {"a": [1]}),
        (np.ones(2).view(LyingArray), np.ones(2)),
        (torch.ones(2).as_subclass(LyingTensor), torch.ones(2)),
        (torch.nn.Parameter(torch.ones(2)), torch.ones(2)),
        (torch.ones(2, requires_grad=True) * 2, torch.full((2,), 2.0)),
        (torch.ones(2, 2).to_sparse(), torch.ones(2, 2)),
        (torch.ones(1).expand(3), torch.ones(3)),
        (torch.arange(6).reshape(2, 3).T, torch.arange(6).reshape(2, 3).T.contiguous()),
    ],
    ids=lambda x: type(x).__name__,
)
def test_a_subclass_crosses_by_value(value: Any, plain: Any) -> None:
    arrived = through(value)
    assert type(arrived) is type(plain)
    assert same(plain, arrived)
    assert not getattr(arrived, "requires_grad", False)


def test_the_judge_may_ask_for_gradients_on_the_other_side() -> None:
    assert through(torch.ones(2, requires_grad=True), keep_requires_grad=True).requires_grad


TABLE = pd.DataFrame(
    {
        "Age": [22.0, np.nan, 4.0],
        "Sex": ["male", "female", None],
        "Survived": [0, 1, 1],
        "alone": [True, False, True],
        "siblings": pd.array([1, None, 2], dtype="Int64"),
        "old": pd.array([True, None, False], dtype="boolean"),
        "name": pd.array(["a", None, "c"], dtype="string"),
        "mixed": np.array([1, "x", None], dtype=object),
    },
    index=[5, 7, 11],
)


@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        TABLE.set_index("Sex", drop=False).iloc[:2],
        TABLE.iloc[:0],
        pd.DataFrame(),
        TABLE.rename(columns={"Age": 0}),
        pd.DataFrame(np.arange(6.0).reshape(2, 3), index=[7, 9]),
    ],
    ids=["all columns", "strings as index", "no rows", "nothing", "a number as label", "numbers as labels"],
)
def test_a_table_arrives_as_it_was(table: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(through(table), table, check_index_type=False, check_column_type=False)


def test_a_series_arrives_as_it_was() -> None:
    pd.testing.assert_series_equal(through(TABLE["Survived"]), TABLE["Survived"])


def test_categories_arrive_as_their_values() -> None:
    assert list(through(pd.Series(["a", "b", "a"], dtype="category"))) == ["a", "b", "a"]


def test_a_table_of_dates_stays_in_the_worker() -> None:
    dates = pd.DataFrame({"x": np.ones(2), "when": pd.date_range("2020", periods=2)})
    arrived = through([np.ones(3), dates], refer=lambda x: codec.reference(7, type(x).__name__))
    assert isinstance(arrived[1], Ref)
    assert arrived[1].type_name == "DataFrame"
    assert same(arrived[0], np.ones(3))


def test_what_cannot_cross_becomes_a_reference() -> None:
    arrived = through({"model": torch.nn.Linear(1, 1)}, refer=lambda x: codec.reference(7, type(x).__name__))
    assert (arrived["model"].key, arrived["model"].type_name) == (7, "Linear")
    with pytest.raises(TypeError, match="Linear"):
        codec.encode(torch.nn.Linear(1, 1))


def test_a_list_that_holds_itself_ends() -> None:
    endless: list = []
    endless.append(endless)
    arrived = through(endless)
    while isinstance(arrived, list):
        (arrived,) = arrived
    assert isinstance(arrived, Opaque)


@pytest.mark.parametrize(
    "value",
    [
        torch.ones(1).expand(1 << 40),
        np.broadcast_to(np.ones(1), 1 << 40),
        1 << 20_000,
        "x" * (codec.MAX_JSON + 1),
    ],
    ids=["expanded tensor", "broadcast array", "integer", "string"],
)
def test_too_large_a_value_is_refused_before_it_is_made(value: Any) -> None:
    with pytest.raises(TooLarge):
        codec.encode(value)


ARRAY = b'{"$a":["n","float32",[%s]]}'


@pytest.mark.parametrize(
    ("text", "body"),
    [
        (b"[" * 100_000, b""), (b"[" + b"[]," * 5_000_000 + b"1]", b""), (b'{"$f":NaN}', b""), (b"NaN", b""),
        (b'{"$f":"1"}', b""), (b'"\xff"', b""), (b"9" * 900_000, b""), (b'{"$q":1}', b""), (b'{"a":1,"b":2}', b""),
        (b'{"$a":["n","object",[1]]}', b"x" * 8), (b'{"$a":["n","f8,O",[1]]}', b"x" * 16),
        (b'{"$a":["n",["f8"],[1]]}', b"x" * 16), (b'{"$a":["z","float32",[1]]}', b"x" * 4),
        (b'{"$a":["s","float32",[1]]}', b"x" * 4), (b'{"$a":["n","bool",[4]]}', bytes([0, 1, 2, 1])),
        (ARRAY % b"-1,-4", b"x" * 16), (ARRAY % b",".join([b"1099511627775"] * 8), b"x"), (ARRAY % b"100", b"x" * 16),
        (ARRAY % b"1", b"x" * 16), (ARRAY % b"0,1099511627775,1099511627775", b""), (ARRAY % b"1.5", b"x" * 16),
        (b'{"$d":[[[1],1]]}', b""), (b'{"$d":[[{"$r":[1,"x"]},1]]}', b""), (b'{"$d":[[1]]}', b""), (b'{"$d":3}', b""),
        (b'{"$r":[-1,"x"]}', b""), (b'{"$r":[true,"x"]}', b""), (b'{"$r":[1,2]}', b""), (b'{"$c":1}', b""),
        (b'{"$y":"load"}', b""), (b'{"$v":"cuda:99999999999"}', b""), (b'{"$v":"x"}', b""), (b'{"$z":[-1]}', b""),
        (b'{"$i":"zz"}', b""), (b'{"$u":[[2],["a"]]}', b""), (b'{"$u":[[1],[1]]}', b""),
        (b'{"$df":[[null,["object",[],null]],[["object",[{}],null]],[null,["object",[],null]]]}', b""),
        (b'{"$df":[[null,["object",["a"],null]],[["object",["b"],null]],[null,["object",[],null]]]}', b""),
        (b'{"$se":[null,["Int64",[1],null],[null,["object",[],null]]]}', b""),
        (b'{"$se":[null,["__import__","os",null],[null,["object",[],null]]]}', b""),
    ],
    ids=range(40),
)  # fmt: skip
def test_bytes_that_no_encoder_writes_are_refused(text: bytes, body: bytes) -> None:
    with pytest.raises(MalformedData):
        codec.decode(text, body)


def test_keys_that_share_a_hash_cannot_keep_the_judge_busy() -> None:
    """hash(n) is n modulo 2**61 - 1: a dictionary of such keys takes time that grows with their number's square."""
    keys = [{"$i": hex(n * ((1 << 61) - 1))} for n in range(codec.MAX_KEYS + 1)]
    many = [{"$d": [[key, 0] for key in keys[:6_000]]}, {"$d": [[key, 0] for key in keys[6_000:]]}]
    for tree in ({"$d": [[key, 0] for key in keys]}, many):
        with pytest.raises(MalformedData, match="keys"):
            codec.decode(json.dumps(tree).encode(), b"")
    with pytest.raises(TooLarge, match="keys"):
        codec.encode(dict.fromkeys(range(codec.MAX_KEYS + 1)))
    with pytest.raises(TooLarge, match="keys"):
        codec.encode(dict.fromkeys((n, -1) for n in range(codec.MAX_CHOSEN_KEYS + 1)))
    ordinary = dict.fromkeys([*range(codec.MAX_KEYS // 2), *map(str, range(codec.MAX_KEYS // 2))], 0)
    assert through(ordinary) == ordinary


def test_a_table_of_too_many_columns_is_refused() -> None:
    columns = codec.MAX_NODES // codec.COLUMN_NODES + 1
    with pytest.raises(TooLarge, match="parts"):
        codec.encode(pd.DataFrame(np.zeros((1, columns)), columns=range(columns)))
    empty = ["string", [], None]
    frame = {"$df": [[None, empty], [empty] * columns, [None, empty]]}
    with pytest.raises(MalformedData):
        codec.decode(json.dumps(frame).encode(), b"")


def test_keys_that_take_long_to_compare_cannot_keep_the_judge_busy() -> None:
    """hash(-1) == hash(-2), so any number of tuples of these have the same hash."""
    long = [{"$t": [10**12] * codec.MAX_KEY_PARTS + [-1]}, 0]
    many = [[{"$t": [{"$t": [-1, -2] * 4}, n]}, 0] for n in range(codec.MAX_CHOSEN_KEYS + 1)]
    for pairs in ([long], many):
        with pytest.raises(MalformedData, match="key"):
            codec.decode(json.dumps({"$d": pairs}).encode(), b"")


def test_the_name_of_a_dtype_imports_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(
        torch, "__getattr__", asked.append
    )  # where torch imports its submodules when asked for
    with pytest.raises(MalformedData):
        codec.decode(b'{"$y":"_dynamo"}', b"")
    assert asked == []


def test_a_shape_that_no_frame_holds_is_refused_before_it_is_sent() -> None:
    assert through(torch.Size([-1])) == (-1,)
    for value in (np.zeros((1,) * 17), torch.zeros((1,) * 17)):
        with pytest.raises(TooLarge, match="dimensions"):
            codec.encode(value)


@pytest.mark.parametrize(
    "header",
    [
        b"EVIL" + bytes(12),
        codec.HEADER.pack(codec.MAGIC, 1 << 31, 0),
        codec.HEADER.pack(codec.MAGIC, 2, 1 << 62),
    ],
)
def test_a_header_that_promises_too_much_is_refused(header: bytes) -> None:
    with pytest.raises(MalformedData):
        codec.parse_header(header)


INERT = (type(None), bool, int, float, str, list, tuple, dict, np.ndarray, np.generic, torch.Tensor, Ref, Opaque,
         pd.DataFrame, pd.Series, torch.Size, torch.dtype, torch.device)  # fmt: skip


def assert_inert(x: Any) -> None:
    assert type(x) in INERT or isinstance(x, np.generic)
    for item in x.values() if type(x) is dict else x if type(x) in (list, tuple) else ():
        assert_inert(item)


def test_mangled_frames_become_inert_values_or_protocol_errors() -> None:
    value = {
        "id": "a",
        "value": [np.arange(6.0), torch.ones(2), (1, math.nan), {"k": None}, TABLE, torch.float32, 1 << 70],
    }
    text, body = parts(codec.encode(value))
    draw = random.Random(0)
    refused = 0
    for _ in range(3_000):
        mangled_text, mangled_body = bytearray(text), bytearray(body)
        for _ in range(draw.randint(1, 5)):
            place = draw.randrange(len(mangled_text))
            if draw.random() < 0.6:
                mangled_text[place] = draw.choice(b'[]{}",:0123456789$abdnrtEe-. \xff')
            elif draw.random() < 0.5:
                del mangled_text[place : place + draw.randint(0, 4)]
            else:
                mangled_body = mangled_body[: draw.randrange(len(mangled_body) + 1)]
        try:
            assert_inert(codec.decode(bytes(mangled_text), mangled_body))
        except MalformedData:
            refused += 1
    assert refused > 0


# ---- properties: whatever is sent arrives, whatever arrives was sent or is refused

ARRAYS = npst.arrays(
    st.sampled_from(sorted(codec._DTYPES)), npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(1 << 900), 1 << 900)
    | st.floats()
    | st.text(st.characters(exclude_categories=()))  # lone surrogates too
)
KEYS = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=4)
LEAVES = (
    SCALARS | ARRAYS | ARRAYS.map(torch.from_numpy) | st.lists(st.integers(0, 9), max_size=16).map(torch.Size)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=12,
)


def alike(a: Any, b: Any) -> bool:
    """The same value of the same type, nan being nan, -0.0 not 0.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, torch.Tensor):
        return alike(a.numpy(), b.numpy())
    if isinstance(a, np.ndarray):
        return (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    if isinstance(a, dict):
        return alike(list(a.items()), list(b.items()))
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(alike, a, b))
    return repr(a) == repr(b)


@given(VALUES)
def test_every_value_arrives_as_it_was(value: Any) -> None:
    assert alike(value, through(value))


COLUMNS = st.one_of(
    npst.arrays(st.sampled_from(sorted(codec._DTYPES)), 3),
    st.lists(st.none() | st.integers(0, 99), min_size=3, max_size=3).map(
        lambda x: pd.array(x, dtype="Int16")
    ),
    st.lists(st.none() | st.booleans(), min_size=3, max_size=3).map(lambda x: pd.array(x, dtype="boolean")),
    st.lists(st.none() | st.text(max_size=3), min_size=3, max_size=3).map(
        lambda x: pd.array(x, dtype="string")
    ),
    st.lists(st.none() | st.integers() | st.text(max_size=3), min_size=3, max_size=3).map(
        lambda x: np.array(x, dtype=object)
    ),
)


NAMES = st.text(max_size=4) | st.integers(0, 9)


@given(st.dictionaries(NAMES, COLUMNS, max_size=4), st.permutations(range(3)))
def test_every_table_arrives_as_it_was(columns: dict[str | int, Any], index: list[int]) -> None:
    table = pd.DataFrame(columns, index=index)
    pd.testing.assert_frame_equal(through(table), table, check_index_type=False, check_column_type=False)


def decoded_or_refused(text: bytes, body: bytes) -> None:
    with contextlib.suppress(MalformedData):
        assert_inert(codec.decode(text, body))


@given(st.binary(max_size=200), st.binary(max_size=64))
def test_arbitrary_bytes_are_refused_by_name(text: bytes, body: bytes) -> None:
    decoded_or_refused(text, body)


@given(st.binary(min_size=codec.HEADER.size, max_size=codec.HEADER.size), st.booleans())
def test_an_arbitrary_header_is_refused_by_name(header: bytes, with_magic: bool) -> None:
    if with_magic:
        header = codec.MAGIC + header[len(codec.MAGIC) :]
    with contextlib.suppress(MalformedData):
        sizes = codec.parse_header(header)
        assert sizes[0] <= codec.MAX_JSON and sizes[1] <= codec.MAX_BODY


# What a worker that speaks the protocol well might send: the right tags around the wrong things.
WORDS = st.sampled_from(
    [*codec._TORCH_DTYPES, *sorted(codec._NULLABLE), *codec._DEVICES, "object", "str", "string", "category",
     *"nstgz", "nan", "inf", "cuda:1", "0x1f", "-0x_1", "datetime64[ns]", "Tensor", "_dynamo", ""]
)  # fmt: skip
JUNK = st.recursive(
    SCALARS.filter(lambda x: not isinstance(x, float) or math.isfinite(x))
    | WORDS
    | st.integers(0, 4)
    | st.sampled_from([1 << 40, (1 << 40) - 1, (1 << 61) - 1, 1 << 64, 1e308]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(st.sampled_from(sorted(codec._READERS)), inner).map(lambda pair: {pair[0]: pair[1]})
        | st.tuples(st.sampled_from("nstg"), WORDS, st.lists(st.integers(0, 3), max_size=3)).map(
            lambda parts: {"$a": list(parts)}
        )
        | st.lists(st.tuples(WORDS, st.lists(inner, max_size=3), inner).map(list), max_size=2).map(
            lambda columns: {"$df": [[None, ["object", [], None]], columns, [None, ["object", [], None]]]}
        )
        | st.tuples(inner, st.tuples(WORDS, inner, inner).map(list), inner).map(lambda x: {"$se": list(x)})
    ),
    max_leaves=20,
)


@settings(max_examples=3 * settings().max_examples)
@given(JUNK, st.binary(max_size=40))
def test_the_right_tags_around_the_wrong_things_are_refused_by_name(tree: Any, body: bytes) -> None:
    decoded_or_refused(json.dumps(tree).encode(), body)
