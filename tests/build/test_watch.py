"""`make watch`: hidden tests on the source as it was last saved."""

import pytest

from autograder.build import watch
from autograder.build.release import ReleaseBuilder
from autograder.grading.judge import Judge


def test_a_round_of_the_watch_sees_the_source_as_it_is_now(tiny, capfd: pytest.CaptureFixture[str]) -> None:
    with (
        ReleaseBuilder(tiny.root, proof=False) as builder,
        Judge(root=builder.staged("tiny").root, gpu=False) as judge,
    ):
        assert watch.run(judge, builder.staged("tiny")) == 0
        assert "double: 2 of 2" in capfd.readouterr().out
        tiny.replace("return twice_the_given_number", "return number")
        assert watch.run(judge, builder.staged("tiny")) == 1
        assert "what was compared" in capfd.readouterr().out
        grader = tiny.grader
        grader.write_text(grader.read_text().replace("2 * number", "number"))
        watch.run(judge, builder.staged("tiny"))
        assert "double: 2 of 2" in capfd.readouterr().out
