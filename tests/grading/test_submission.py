"""Reading and repairing one notebook."""

from __future__ import annotations

import ast
import contextlib
import copy
import json
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.utils import compute_checksum

from autograder.gradebook.markup import safe_html
from autograder.grading import notebook_reader
from autograder.grading.assignment import Assignment
from autograder.grading.submission import MAX_PARSED, Submission, UnreadableSubmission, read
from corpora import corpus
from tests import course

MANGLED = corpus.cases("titanic", "mangled")


def taken(book: dict | bytes, tiny: Assignment) -> Submission:
    submission = read(book if isinstance(book, bytes) else json.dumps(book).encode(), tiny)
    assert_nbgrader_accepts(submission)
    return submission


def assert_nbgrader_accepts(submission: Submission) -> None:
    notebook = nbformat.from_dict(json.loads(json.dumps(submission.notebook, allow_nan=False)))
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)


def names(submission: Submission) -> list[str]:
    return [cell.name for cell in submission.cells]


def sources(submission: Submission) -> dict[str, str]:
    return {cell.name: cell.source for cell in submission.cells}


def answer(submission: Submission, task: str) -> str:
    """What its solution cell holds in the repaired notebook."""
    (cell,) = (
        cell
        for cell in submission.notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == task
    )
    return cell["source"]


def marked(submission: Submission) -> list[str]:
    marks = (cell["metadata"].get("nbgrader") for cell in submission.notebook["cells"])
    return [mark["grade_id"] for mark in marks if mark]


IN_ORDER = ["setup", "double", "double-tests", "show-double", "square", "square-tests", "explain"]


def test_a_sound_notebook_needs_no_repair(tiny: Assignment) -> None:
    submission = taken(course.solved(), tiny)
    assert submission.repairs == ()
    assert names(submission) == ["setup", "double", "square"]
    assert marked(submission) == IN_ORDER


def test_the_release_is_taken_as_it_is(tiny: Assignment) -> None:
    submission = taken(course.notebook(course.STUBS), tiny)
    assert submission.repairs == ()
    assert {task: answer(submission, task) for task in course.STUBS} == course.STUBS


def test_outputs_and_tags_do_not_change_the_digest_but_code_does(tiny: Assignment) -> None:
    plain, noisy, other = (
        course.solved(),
        course.solved(),
        course.with_sources(double="def double(x):\n    return x + x"),
    )
    course.cell(noisy, "double")["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "x" * 10_000}
    ]
    course.cell(noisy, "double")["metadata"]["tags"] = ["skip-execution"]
    assert taken(plain, tiny).digest == taken(noisy, tiny).digest != taken(other, tiny).digest
    assert "skip-execution" not in json.dumps(taken(noisy, tiny).notebook)


def test_locked_and_test_cells_are_the_releases(tiny: Assignment) -> None:
    book = course.solved()
    course.cell(book, "double-tests")["source"] = "# assert double(1) == 2"
    submission = taken(book, tiny)
    assert submission.repairs == ("test cell double-tests edited: the released text is used",)
    assert course.cell(submission.notebook, "double-tests")["source"] == course.LOCKED["double-tests"]


YOUR_LINES = "the released text is used, and what you wrote runs after it"


def test_what_a_student_wrote_into_a_locked_cell_runs_after_it(tiny: Assignment) -> None:
    book = course.solved()
    course.cell(book, "setup")["source"] += "\nimport json\noffset = 1"
    submission = taken(book, tiny)
    assert names(submission)[:2] == ["setup", "setup (your lines)"]
    assert sources(submission)["setup"] == course.LOCKED["setup"]
    assert sources(submission)["setup (your lines)"].strip() == "import json\noffset = 1"
    assert submission.repairs == (f"locked cell setup edited: {YOUR_LINES}",)


@pytest.mark.parametrize("cell", ["double-tests", "show-double"])
@pytest.mark.parametrize("above", [True, False])
def test_an_answer_in_a_locked_cell_counts_and_the_checks_do_not_run(
    tiny: Assignment, cell: str, above: bool
) -> None:
    book = course.with_sources(double=course.STUBS["double"])
    own, checks = course.SOLUTIONS["double"], course.LOCKED[cell]
    course.cell(book, cell)["source"] = f"{own}\n{checks}" if above else f"{checks}\n\n{own}"
    submission = taken(book, tiny)
    assert names(submission) == ["setup", f"{cell} (your lines)", "square"]
    assert sources(submission)[f"{cell} (your lines)"].strip("\n") == own
    assert YOUR_LINES in " ".join(submission.repairs)


def test_the_students_lines_keep_their_numbers(tiny: Assignment) -> None:
    book = course.solved()
    course.cell(book, "double-tests")["source"] = (
        "%matplotlib inline\n" + course.LOCKED["double-tests"] + "\nx = 1"
    )
    lines = sources(taken(book, tiny))["double-tests (your lines)"].split("\n")
    assert lines[0] == "%matplotlib inline"
    assert lines[course.LOCKED["double-tests"].count("\n") + 2] == "x = 1"


def test_a_locked_cell_of_an_older_release_is_not_taken_for_the_students(tiny: Assignment) -> None:
    book = course.solved()
    tests = course.cell(book, "double-tests")
    tests["source"] = "assert double(2) == 4"
    tests["metadata"]["nbgrader"]["checksum"] = compute_checksum(nbformat.from_dict(tests))
    submission = taken(book, tiny)
    assert names(submission) == ["setup", "double", "square"]
    assert submission.repairs == ("test cell double-tests from an earlier release: the current text is used",)
    tests["source"] += "\nimport json"
    assert names(taken(book, tiny)) == ["setup", "double", "double-tests (your lines)", "square"]


def test_another_value_for_a_name_of_a_locked_cell_is_not_kept(tiny: Assignment) -> None:
    book = course.solved()
    first = course.LOCKED["setup"].split("\n")[-1].split(" = ")[0]
    course.cell(book, "setup")["source"] = f"{first} = None"
    assert taken(book, tiny).repairs == ("locked cell setup edited: the released text is used",)


def test_a_locked_cell_that_does_not_parse_gives_the_lines_that_are_new(tiny: Assignment) -> None:
    book = course.solved()
    course.cell(book, "setup")["source"] += "\n!pip install \\\n  torch\nimport json"
    own = sources(taken(book, tiny))["setup (your lines)"]
    assert own.strip("\n") == "!pip install \\\n  torch\nimport json"


def test_missing_cells_are_restored_in_their_places(tiny: Assignment) -> None:
    book = course.solved()
    book["cells"] = [
        cell for cell in book["cells"] if cell["id"] not in ("id-setup", "id-double", "id-square-tests")
    ]
    submission = taken(book, tiny)
    assert marked(submission) == IN_ORDER
    assert answer(submission, "double") == course.STUBS["double"]
    assert "locked cell setup restored" in submission.repairs
    assert "test cell square-tests restored" in submission.repairs
    assert "solution cell double missing: put back as released" in submission.repairs


def test_a_later_copy_runs_where_it_stands(tiny: Assignment) -> None:
    book = course.solved()
    second = copy.deepcopy(course.cell(book, "double")) | {"source": "def double(x):\n    return 0"}
    book["cells"].append(second)
    submission = taken(book, tiny)
    assert names(submission) == ["setup", "double", "square", "extra cell 1"]
    assert marked(submission) == IN_ORDER


def test_an_untouched_copy_does_not_undo_the_solution(tiny: Assignment) -> None:
    book = course.solved()
    stub = copy.deepcopy(course.cell(book, "double")) | {"source": course.STUBS["double"]}
    for place in (0, len(book["cells"])):
        changed = copy.deepcopy(book)
        changed["cells"].insert(place, copy.deepcopy(stub))
        assert sources(taken(changed, tiny)) == sources(taken(book, tiny))


def test_a_stub_with_a_comment_is_still_a_stub(tiny: Assignment) -> None:
    book = course.solved()
    stub = copy.deepcopy(course.cell(book, "double"))
    stub["source"] = course.STUBS["double"] + "\n\n# Dana does this one"
    for place in (0, len(book["cells"])):
        changed = copy.deepcopy(book)
        changed["cells"].insert(place, copy.deepcopy(stub))
        assert sources(taken(changed, tiny)) == sources(taken(book, tiny))


def test_a_first_attempt_that_stands_too_early_does_not_undo_the_second(tiny: Assignment) -> None:
    book = course.solved()
    early = copy.deepcopy(course.cell(book, "square")) | {"source": "def square(x):\n    return 0"}
    book["cells"].insert(0, early)
    submission = taken(book, tiny)
    assert names(submission) == ["setup", "double", "square", "extra cell 1"]
    assert sources(submission)["extra cell 1"] == course.SOLUTIONS["square"]


def test_a_stub_does_not_hide_what_stands_in_another_cell(tiny: Assignment) -> None:
    book = course.with_sources(double=course.STUBS["double"])
    own = {"cell_type": "code", "metadata": {}, "source": course.SOLUTIONS["double"], "outputs": []}
    book["cells"].insert(1, own)
    submission = taken(book, tiny)
    assert names(submission) == ["extra cell 1", "setup", "square"]
    assert sources(submission)["extra cell 1"] == course.SOLUTIONS["double"]


def test_cells_are_known_without_metadata(tiny: Assignment) -> None:
    book = course.with_sources(explain="Nothing of the question is left.")
    for cell in book["cells"]:
        cell["metadata"] = {}
    submission = taken(book, tiny)
    assert marked(submission) == IN_ORDER
    assert answer(submission, "explain") == "Nothing of the question is left."
    assert answer(submission, "double") == course.SOLUTIONS["double"]
    assert len(submission.repairs) == 1
    assert "recognised without their nbgrader metadata" in submission.repairs[0]


DOUBLE = "def double(x):\n    return 2 * x"
IN_OTHER_FORMS = {
    "imported": "from answers import double",
    "in a block": "import torch\nwith torch.no_grad():\n    def double(x):\n        return 2 * x",
    "with others": "double, other = (lambda x: 2 * x), 1",
    "annotated": "double: object = lambda x: 2 * x",
    "run as a text": "TEXT = 'def double(x):\\n    return 2 * x'\nexec(TEXT)",
    "with prompts": ">>> def double(x):\n...     return 2 * x",
    "with other prompts": "In [3]: def double(x):\n   ...:     return 2 * x",
    "further in": "    def double(x):\n        return 2 * x",
    "with its first line further in": " def double(\nx):\n    return = 2 * x",
}


@pytest.mark.parametrize("source", IN_OTHER_FORMS.values(), ids=list(IN_OTHER_FORMS))
def test_an_answer_is_known_in_any_form(tiny: Assignment, source: str) -> None:
    """Its mark may be lost, and the stub may stand below it."""
    book = course.with_sources(double=source)
    for cell in book["cells"]:
        cell["metadata"] = {}
    submission = taken(book, tiny)
    assert answer(submission, "double") == source
    assert len(submission.repairs) == 1
    book = course.with_sources(double=course.STUBS["double"])
    book["cells"].insert(1, {"cell_type": "code", "metadata": {}, "source": source, "outputs": []})
    assert "double" not in names(taken(book, tiny))


def test_a_definition_comes_before_other_forms(tiny: Assignment) -> None:
    book = course.with_sources(double=DOUBLE)
    for cell in book["cells"]:
        cell["metadata"] = {}
    book["cells"].insert(
        1, {"cell_type": "code", "metadata": {}, "source": "for double in []: pass", "outputs": []}
    )
    assert answer(taken(book, tiny), "double") == DOUBLE


def test_a_text_that_names_a_function_is_not_taken_for_it(tiny: Assignment) -> None:
    book = course.solved()
    book["cells"].remove(course.cell(book, "double"))
    book["cells"].append(course.text("prose", "def double is what I did not manage."))
    assert answer(taken(book, tiny), "double") == course.STUBS["double"]


def test_order_and_types_are_put_back(tiny: Assignment) -> None:
    book = course.solved()
    course.cell(book, "double")["cell_type"] = "markdown"
    course.cell(book, "explain")["cell_type"] = "code"
    book["cells"].reverse()
    submission = taken(book, tiny)
    assert marked(submission) == IN_ORDER
    assert names(submission) == ["setup", "double", "square"]
    assert "cells put back in the release's order" in submission.repairs
    assert "cell double turned back into code" in submission.repairs
    assert "cell explain turned back into markdown" in submission.repairs


def test_an_extra_cell_stays_behind_the_cell_that_it_followed(tiny: Assignment) -> None:
    book = course.solved()
    extra = {"cell_type": "code", "metadata": {}, "source": "helper = 1", "outputs": []}
    book["cells"].insert(book["cells"].index(course.cell(book, "square")) + 1, extra)
    book["cells"] = book["cells"][6:] + book["cells"][:6]
    assert names(taken(book, tiny)) == ["setup", "double", "square", "extra cell 1"]


def test_a_picture_in_an_answer_is_kept(tiny: Assignment) -> None:
    book = course.solved()
    picture = {"dot.png": {"image/png": "aGk="}}
    course.cell(book, "explain")["attachments"] = {**picture, "bad": {"text/html": "<b>"}, "worse": 1}
    assert course.cell(taken(book, tiny).notebook, "explain")["attachments"] == picture


def test_a_picture_pasted_into_the_text_becomes_an_attachment(tiny: Assignment) -> None:
    data = "iVBORw0KGgoA" * 250_000
    book = course.solved()
    course.cell(book, "explain")["source"] = (
        f"Seen:\n\n![image.png](data:image/png;base64,{data})\n\nSo it is."
    )
    submission = taken(book, tiny)
    assert submission.repairs == ()
    answer = course.cell(submission.notebook, "explain")
    (name, forms), *others = answer["attachments"].items()
    assert (forms, others) == ({"image/png": data}, [])
    assert answer["source"] == f"Seen:\n\n![image.png](attachment:{name})\n\nSo it is."
    assert_nbgrader_accepts(submission)


@pytest.mark.parametrize("deleted", [False, True])
def test_a_picture_of_the_release_is_there_again_and_no_edit(root: Path, deleted: bool) -> None:
    def paste(book: dict) -> None:
        course.cell(book, "explain")["source"] += f"\n![](data:image/png;base64,{'A' * 2000})"

    course.correct(root, paste)
    released = Assignment.load(course.NAME, root=root)
    book = json.loads(released.template_file.read_text(encoding="utf-8"))
    if deleted:
        book["cells"].remove(course.cell(book, "explain"))
    submission = taken(book, released)
    (forms,) = course.cell(submission.notebook, "explain")["attachments"].values()
    assert forms == {"image/png": "A" * 2000}
    assert submission.repairs == (("answer cell explain missing: put back as released",) if deleted else ())


@pytest.mark.parametrize("kind", ["image/bmp", "image/heic", "application/pdf"])
def test_a_pasted_picture_that_cannot_be_shown_is_left_out(tiny: Assignment, kind: str) -> None:
    book = course.solved()
    course.cell(book, "explain")["source"] = (
        f"Seen:\n\n![x](data:{kind};base64,{'A' * 2_400_000})\n\nSo it is."
    )
    submission = taken(book, tiny)
    assert submission.repairs == ("pasted pictures left out that are not PNG, JPEG, GIF, WebP or SVG",)
    answer = course.cell(submission.notebook, "explain")
    assert answer["source"].startswith("Seen:\n\n![x](attachment:") and answer["source"].endswith("So it is.")
    assert len(answer["source"]) < 100 and "attachments" not in answer
    assert "<p>So it is.</p>" in safe_html(answer["source"])


def test_a_picture_in_code_is_taken_out_only_if_the_notebook_has_too_much_text(tiny: Assignment) -> None:
    book = course.solved()
    shown = "HTML(\"<img src='data:image/png;base64,{}'>\")"
    small, large, larger = (shown.format("A" * length) for length in (8_000, 100_000, 2_400_000))
    book["cells"] += [course.code("own", small), course.code("second", large)]
    assert list(sources(taken(book, tiny)).values())[-2:] == [small, large]
    book["cells"].append(course.code("third", larger))
    submission = taken(book, tiny)
    assert list(sources(submission).values())[-3:] == [small, shown.format(""), shown.format("")]
    sentence = "2 pasted pictures or files taken out of the cells' text: the notebook had too much text"
    assert sentence in submission.repairs


def test_what_only_looks_like_a_picture_stays_text(tiny: Assignment) -> None:
    book = course.solved()
    text = "`data:image/png;base64,iVBORw0KGgoA` and data:image/png;base64," + "A" * 1001
    course.cell(book, "explain")["source"] = text
    answer = course.cell(taken(book, tiny).notebook, "explain")
    assert answer["source"] == text and "attachments" not in answer


def test_pictures_larger_than_there_is_room_for_are_left_out(
    tiny: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebook_reader, "MAX_PICTURE_BYTES", 5_000)
    book = course.solved()
    pictures = [f"![](data:image/jpg;base64,{letter * 4000})" for letter in "AB"]
    course.cell(book, "explain")["source"] = "\n".join(pictures)
    submission = taken(book, tiny)
    kept = course.cell(submission.notebook, "explain")["attachments"]
    assert list(kept.values()) == [{"image/jpeg": "A" * 4000}]
    assert [line for line in submission.repairs if line.startswith("1 picture left out")]


@pytest.mark.parametrize("case", MANGLED, ids=lambda case: case.name)
def test_every_mangled_notebook_is_repaired_or_refused_in_one_sentence(case: corpus.Case) -> None:
    assignment = Assignment.load(case.assignment)
    if case.unreadable is None:
        submission = read(case.notebook(), assignment)
        assert_nbgrader_accepts(submission)
        assert marked(submission) == [cell.grade_id for cell in assignment.cells if cell.grade_id]
        for words in case.repairs:
            assert words.lower() in " ".join(submission.repairs).lower()
    else:
        with pytest.raises(UnreadableSubmission, match=case.unreadable) as caught:
            read(case.notebook(), assignment)
        assert str(caught.value).startswith("titanic.ipynb ")
        assert "\n" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(["cell_type", "source", "metadata", "id", "outputs", "attachments", "input"])


@given(data=st.data())
def test_no_json_stops_the_reader(tiny: Assignment, data: st.DataObject) -> None:
    book = course.solved()
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(book["cells"]) - 1))
        if isinstance(book["cells"][place], dict):
            book["cells"][place][data.draw(KEYS)] = data.draw(JSON)
    if data.draw(st.booleans()):
        book[data.draw(st.sampled_from(["metadata", "nbformat", "cells", "worksheets"]))] = data.draw(JSON)
    try:
        submission = taken(book, tiny)
    except UnreadableSubmission:
        return
    assert marked(submission) == IN_ORDER


@given(cut=st.integers(0, 4000), junk=st.binary(max_size=8))
def test_no_bytes_stop_the_reader(tiny: Assignment, cut: int, junk: bytes) -> None:
    whole = json.dumps(course.solved()).encode()
    with contextlib.suppress(UnreadableSubmission):
        taken(whole[:cut] + junk + whole[cut + len(junk) :], tiny)


def test_a_text_that_is_hard_to_parse_is_known_by_its_headers(
    tiny: Assignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An f-string of a megabyte keeps Python's parser busy for minutes; lines of a megabyte take a gigabyte."""
    parsed = []
    parse = ast.parse
    monkeypatch.setattr(ast, "parse", lambda source: parsed.append(len(source)) or parse(source))
    book = course.solved()
    long = course.SOLUTIONS["double"] + "\ntext = f'" + "{scale}" * 100_000 + "'"
    book["cells"] = [{"cell_type": "code", "metadata": {}, "source": long, "outputs": []}]
    submission = taken(book, tiny)
    assert answer(submission, "double") == long
    assert parsed and max(parsed) <= MAX_PARSED
