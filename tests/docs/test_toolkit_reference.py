"""docs/graders.md lists the toolkit as its docstrings describe it."""

from tests.docs.toolkit_reference import PAGE, with_reference


def test_the_list_of_the_toolkit_is_up_to_date():
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_reference(page), "run: python -m tests.docs.toolkit_reference"
