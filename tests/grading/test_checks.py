"""The ladder of checks: each rung fails with a message that helps, and none shows an expected value."""

import time

import numpy as np
import pandas as pd
import pytest
import torch

from autograder.grading.checks import (
    CheckFailed,
    alternatives,
    any_of,
    as_number,
    as_numbers,
    as_tensor,
    assert_close,
    assert_equal,
    assert_kind,
    assert_unchanged,
    entries,
    entry,
    expect_error,
    fail,
    known_cause,
    require,
    unpack,
)
from autograder.sandbox.codec import Opaque
from autograder.sandbox.faults import StudentError


def message_of(function, *args, **kwargs) -> str:
    with pytest.raises(CheckFailed) as caught:
        function(*args, **kwargs)
    return str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        torch.ones(2),
        np.ones(2),
        [1, 1.0],
        (1, torch.tensor(1.0)),
        [np.float32(1), True],
        pd.Series([1.0, 1.0]),
        pd.Series([1, 1], dtype="Int64"),
        torch.ones(2, dtype=torch.bool),
        np.ones(2, dtype=bool),
        torch.ones(2, dtype=torch.bfloat16),
    ],
)
def test_any_honest_form_of_numbers_becomes_a_float64_tensor(value):
    tensor = as_tensor(value, "value", shape=(2,))
    assert tensor.dtype is torch.float64
    assert tensor.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "1, 2",
        Opaque("Evil"),
        {"a": 1},
        ["a"],
        [[1, 2], [3]],
        [None],
        1j,
        [np.str_("1"), np.str_("2")],
        np.array(["1", "2"]),
        pd.Series(["1", "2"]),
        pd.Series([1j, 2]),
        pd.Series([10**400], dtype=object),
        pd.DataFrame({"a": [1.0], "b": ["2"]}),
        torch.ones(2, dtype=torch.complex64),
        10**400,
    ],
    ids=str,
)
def test_what_is_no_number_fails_with_its_name(value):
    assert "`loss`" in message_of(as_tensor, value, "loss")


@pytest.mark.parametrize("kind", [float, object])
def test_a_table_of_very_many_columns_takes_no_time(kind):
    table, before = pd.DataFrame(np.ones((2, 100_000), kind)), time.process_time()
    assert "(2, 100000)" in message_of(as_tensor, table, "out", shape=(3, 1))
    assert time.process_time() - before < 1


def test_shape_says_both_shapes():
    text = message_of(as_tensor, torch.ones(3, 2), "out", shape=(3, 1))
    assert "(3, 1)" in text and "(3, 2)" in text


def test_free_sizes_and_alternatives_fit():
    assert as_tensor(torch.ones(3, 1), "out", shape=[(None,), (None, 1)]).shape == (3, 1)


def test_dtype_counts_only_where_asked():
    as_tensor(torch.ones(2, dtype=torch.float64), "out")
    assert "float32" in message_of(as_tensor, torch.ones(2, dtype=torch.float64), "out", dtype=torch.float32)


def test_nan_and_infinity_are_counted():
    assert "1 of your 3" in message_of(as_tensor, [1.0, float("nan"), 2.0], "out")
    assert as_tensor([float("inf")], "out", finite=False).isinf().all()


@pytest.mark.parametrize("value", [True, "3", None, [3.0], torch.ones(2), Opaque("Liar")])
def test_what_is_not_one_number_is_refused(value):
    message_of(as_number, value, "epoch")


def test_numbers_of_a_list_or_a_column():
    assert as_numbers([1, np.float64(2), torch.tensor(3.0)], "losses") == [1.0, 2.0, 3.0]
    assert as_numbers(torch.tensor([[1.0], [2.0]]), "losses", length=2) == [1.0, 2.0]
    assert "5 entries" in message_of(as_numbers, [1.0], "losses", length=5)
    assert "at most 100,000" in message_of(as_numbers, [1.0] * 100_001, "losses")


def test_close_values_pass_and_the_tolerance_is_a_limit():
    assert_close([1.0, 2.0], [1.04, 2.0], atol=0.05)
    message_of(assert_close, [1.0, 2.0], [1.06, 2.0], atol=0.05)


def test_a_wrong_value_is_shown_with_its_place_and_without_the_expected_one():
    text = message_of(
        assert_close, [0.5, 7.0], [0.5, 3.1234], atol=0.01, name="weight", names=["male", "Age"]
    )
    assert "7" in text and "Age" in text and "0.01" in text
    assert "3.12" not in text


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        ([-1.0, -2.0, -4.0], [1.0, 2.0, 4.0], "sign"),
        ([2.0, 4.0, 8.0], [1.0, 2.0, 4.0], "twice"),
        ([0.5, 1.0, 2.0], [1.0, 2.0, 4.0], "half"),
        ([3.0, 6.0, 12.0], [1.0, 2.0, 4.0], "sum"),
        ([2.0, 1.0, 4.0], [1.0, 2.0, 4.0], "order"),
        ([2.0, 3.0, 5.0], [1.0, 2.0, 4.0], "same amount"),
        ([0.0, 0.0, 0.0], [1.0, 2.0, 4.0], "zero"),
        ([0.33, 1.67, 2.0], [1 / 3, 5 / 3, 2.0], "rounded"),
    ],
)
def test_the_kind_of_mistake_is_named(got, expected, words):
    assert words in message_of(assert_close, got, expected, atol=1e-3)


def test_numbers_that_are_a_little_off_are_in_their_places():
    text = message_of(assert_close, [1.0, 2.0005, 4.0], [1.0, 2.0, 4.0], atol=1e-5, rtol=1e-5)
    assert "order" not in text
    assert "rounded" not in message_of(assert_close, 0.5 + 1e-8, 0.5, atol=0.0)


def test_nan_never_counts_as_close():
    message_of(assert_close, [float("nan")], [float("nan")], atol=1.0)


def test_nothing_is_close_to_infinity():
    infinite = torch.tensor([1.0, float("inf")])
    message_of(assert_close, [1.0, 2.0], infinite, atol=1e-3, rtol=1e-3)
    wrong = {"This is infinite.": infinite}
    assert "This is infinite" not in message_of(
        assert_close, [1.0, 2.0], [3.0, 4.0], atol=1e-3, rtol=1e-3, wrong=wrong
    )


def test_shapes_that_broadcast_are_still_different_shapes():
    message_of(assert_close, torch.ones(3, 1), torch.ones(3), atol=1.0)
    assert_close(torch.ones(3, 1), torch.ones(3), atol=0.1, shape="any")
    message_of(assert_close, torch.ones(1), torch.ones(3), atol=1.0, shape="any")


def test_the_error_asked_for_passes_and_others_do_not():
    with expect_error(ValueError, mention="kernel"):
        raise StudentError("ValueError", "the kernel is too large", [])
    for raised in (StudentError("TypeError", "kernel", []), StudentError("ValueError", "no", [])):
        with pytest.raises(CheckFailed), expect_error(ValueError, mention="kernel"):
            raise raised
    with pytest.raises(CheckFailed), expect_error(ValueError):
        pass


def test_equality_is_exact_and_of_one_kind():
    assert_equal([1, 2], [1, 2], "sizes")
    for got in ([1, 3], (1, 2), torch.tensor([1, 2]), "[1, 2]", None):
        message_of(assert_equal, got, [1, 2], "sizes")
    assert_equal(torch.tensor(4), 4, "n")
    message_of(assert_equal, True, 1, "n")


def test_another_kind_or_length_is_described():
    assert_kind([1, 2], (list, tuple), "A pair is asked for", length=2)
    assert_kind(torch.ones(2), torch.Tensor, "`x` should be a tensor")
    assert (
        message_of(assert_kind, [1], (list, tuple), "A pair is asked for", length=2)
        == "A pair is asked for; yours is a list of length 1."
    )
    assert (
        message_of(assert_kind, None, torch.Tensor, "`x` should be a tensor")
        == "`x` should be a tensor; yours is None."
    )


def test_what_changed_or_is_gone_is_named():
    before = {"weight": torch.ones(2), "bias": torch.zeros(1)}
    assert_unchanged({**before, "more": torch.ones(1)}, before)
    changed = before | {"bias": torch.full((1,), 1e-9)}
    assert "`the bias` is not what it should be" in message_of(assert_unchanged, changed, before, "the {}")
    left = {"weight": before["weight"], "bias": None}
    assert message_of(assert_unchanged, left, before, gone="No `{}` is left.") == "No `bias` is left."
    assert "`bias` should be a tensor" in message_of(assert_unchanged, left, before)


def test_require_takes_the_message_as_it_is():
    require(True, "never seen")
    assert message_of(require, False, "Look at the bias.") == "Look at the bias."


# ---- known causes, pairs, dicts, alternatives


def test_a_known_wrong_value_is_named_first() -> None:
    wrong = {"This is the sum.": 6.0, "This is the largest.": lambda: 3.0}
    with pytest.raises(CheckFailed, match=r"^This is the largest\. `mean` is not what it should be .* 3"):
        assert_close(3.0, 2.0, atol=1e-6, name="mean", hint="Which one?", wrong=wrong)
    with pytest.raises(CheckFailed, match=r"^`mean` is not .* Which one\?$"):
        assert_close(2.5, 2.0, atol=1e-6, name="mean", hint="Which one?", wrong=wrong)


def test_a_right_value_is_right_even_when_a_known_wrong_one_is_equal() -> None:
    assert_close([1.0, 1.0], torch.ones(2), atol=1e-6, wrong={"All ones.": torch.ones(2)})


def test_one_sentence_can_name_several_wrong_values() -> None:
    wrong = {"Half of it, or twice.": alternatives(0.5, lambda: 2.0), "Three times.": 3.0}
    assert known_cause(0.5, wrong, atol=1e-6) == known_cause(2.0, wrong, atol=1e-6) == "Half of it, or twice."
    assert known_cause(3.0, wrong, atol=1e-6) == "Three times."
    assert known_cause(4.0, wrong, atol=1e-6) == ""


def test_unpack_says_what_should_be_returned() -> None:
    assert unpack([1, 2], "f", ("a", "b")) == (1, 2)
    for value in (None, (1,), torch.ones(2), {"a": 1, "b": 2}):
        with pytest.raises(CheckFailed, match=r"`f` should return the pair \(a, b\); yours returns "):
            unpack(value, "f", ("a", "b"))


def test_entries_names_the_key_that_is_missing() -> None:
    assert entries({"train": 1, "val": 2, "more": 3}, "f", ("train", "val"))["val"] == 2
    with pytest.raises(CheckFailed, match=r"The key 'val' is missing .* yours are \['train'\]"):
        entries({"train": 1}, "f", ("train", "val"))
    with pytest.raises(CheckFailed, match="should return a dict; yours returns None"):
        entries(None, "f", ())
    with pytest.raises(CheckFailed, match=r"a dict with the keys \['a'\]; yours are \['a', 'b'\]"):
        entries({"a": 1, "b": 2}, "f", ("a",), exactly=True)
    with pytest.raises(CheckFailed, match="The key `z1` is missing"):
        entry({}, "z1")


def test_one_of_several_readings_is_enough() -> None:
    any_of(lambda: fail("first"), lambda: None)
    with pytest.raises(CheckFailed, match="first"):
        any_of(lambda: fail("first"), lambda: fail("second"))
