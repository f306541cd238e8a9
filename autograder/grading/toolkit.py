"""What a grader may import from this package, in one place.

A grader is a pytest file in graders/. It gets the student's notebook as the fixture `student`, draws fresh inputs, and
compares what the notebook returns with a reference of its own:

    from autograder.grading.toolkit import assert_close, new, put, task

    @task("logistic-regression", points=1)
    def test_probabilities(student):
        "The model should give sigmoid(X W^T + b) for any weights W and bias b."
        weight, bias, X = torch.randn(1, 3), torch.randn(1), torch.randn(30, 3)
        model = new(student, "LogisticRegressionPytorch")
        put(model, {"linear.weight": weight, "linear.bias": bias})
        expected = torch.sigmoid(X.double() @ weight.double().T + bias.double())
        assert_close(model(X), expected, atol=1e-5, name="model(X)", shape="any")

- The usual case, one line for each test: `same_as` (same_as.py), "this function should do what mine does".
- Tests: `task` gives the points; `Shared` keeps a slow result for the other tests of the task; `remembered` keeps a
  reference for the other submissions of a class.
- Networks (references.py): `chain` computes what linear layers give; `replay` is a training in float64, right or with
  a known mistake.
- Plain data (checks.py): `assert_close` compares, and with `wrong=` recognises known mistakes (`alternatives`: several
  values for one sentence); `assert_unchanged` compares tensors with what they were; `as_tensor`, `as_number`,
  `as_numbers`, `unpack`, `entries` and `entry` take apart; `assert_kind`, `require` and `fail` end the test, and
  `asserts` does so if a plain assert fails.
- Models (models.py): `new`, `as_model`, `put`, `read`, `parameters_of`, `assert_parameters`, `assert_learns`,
  `slopes`, `leave_gradients`, `optimizer_of`.
- Images (pictures.py): `Pictures` holds images for training and held-out ones, from `fashion` or `digits`;
  `better_of_two` trains a second network only if the first is not good enough.
- The notebook (student.py): `student.f(x)`, `student.f.within(30)(x)`, `.changing()`, `.returning(...)`; the variable
  `student["x"]`; `student.library("torch.tanh")`; `student.helpers.f` for the functions of `<name>_worker.py`, which
  runs next to the student's code.

Never write a test that arguments stay as they are, that gradients stay on, or that two models share nothing: every
call is watched for that.
A task loses one test for it, the cheapest, or the one that declares `@task(..., promises=("arguments",))`.
"""

from autograder.grading import data
from autograder.grading.assignment import REPOSITORY
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
    asserts,
    describe,
    entries,
    entry,
    expect_error,
    fail,
    known_cause,
    require,
    unpack,
)
from autograder.grading.models import (
    as_model,
    assert_learns,
    assert_parameters,
    leave_gradients,
    new,
    optimizer_of,
    parameters_of,
    put,
    read,
    slopes,
)
from autograder.grading.pictures import Pictures, better_of_two, digits, fashion
from autograder.grading.references import Replay, chain, remembered, replay
from autograder.grading.same_as import same_as
from autograder.grading.student import Remote, Student
from autograder.grading.task_mark import Shared, task
from autograder.sandbox.faults import StudentError, forbidden_call

__all__ = [
    "REPOSITORY",
    "CheckFailed",
    "Pictures",
    "Remote",
    "Replay",
    "Shared",
    "Student",
    "StudentError",
    "alternatives",
    "any_of",
    "as_model",
    "as_number",
    "as_numbers",
    "as_tensor",
    "assert_close",
    "assert_equal",
    "assert_kind",
    "assert_learns",
    "assert_parameters",
    "assert_unchanged",
    "asserts",
    "better_of_two",
    "chain",
    "data",
    "describe",
    "digits",
    "entries",
    "entry",
    "expect_error",
    "fail",
    "fashion",
    "forbidden_call",
    "known_cause",
    "leave_gradients",
    "new",
    "optimizer_of",
    "parameters_of",
    "put",
    "read",
    "remembered",
    "replay",
    "require",
    "same_as",
    "slopes",
    "task",
    "unpack",
]
