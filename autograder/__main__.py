"""The command line: `python -m autograder COMMAND`.

Exit status: 0 if the work was done (whatever the score); 2, with one clear line, if it could not be;
130 if Ctrl-C stopped it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import autograder.startup  # noqa: F401
from autograder.grading.assignment import Refusal
from autograder.grading.safe_text import one_line, say

if TYPE_CHECKING:
    from autograder.grading.assignment import Assignment
    from autograder.grading.report import Report
    from autograder.pages.flags import Flag


def main(arguments: list[str] | None = None) -> int:
    parser = _parser()
    options, others = parser.parse_known_args(arguments)
    if others and getattr(options, "assignment", None) and not others[0].startswith("-"):
        say(f"one assignment at a time: first {options.assignment}, then {', '.join(others)}")
        return 2
    if others:
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    try:
        return _run(options)
    except KeyboardInterrupt:
        say("stopped: run the same command again to finish")
        return 130


def _run(options: argparse.Namespace) -> int:
    from autograder.sandbox.faults import SandboxUnavailable

    try:
        return options.run(options)
    except (Refusal, SandboxUnavailable) as error:
        say(str(error))
        return 2
    except OSError as error:
        from autograder.batch.cache import what_failed

        say(what_failed(error))
        return 2
    except Exception as error:
        # commands without a gradebook do not import SQLAlchemy or nbgrader, which has errors of its own
        if not type(error).__module__.startswith(("sqlalchemy.", "sqlite3", "nbgrader.")):
            raise
        reason = str(getattr(error, "orig", error)).splitlines()[0]  # SQLAlchemy's holds that of the database
        fix = "check that no other program has it open"
        if "disk is full" in reason:
            fix = "free some space, and run the same command again"
        say(f"the gradebook cannot be used, {reason}: {fix}")
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="autograder", description="Build, grade and report on assignments.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    score = commands.add_parser("score", help="score one notebook, without a gradebook")
    score.add_argument("notebook", type=Path, help="the notebook, or the folder that it is in")
    score.add_argument("--assignment", required=True, metavar="NAME")
    score.add_argument("--json", type=Path, metavar="FILE", help="also write the report as JSON")
    score.add_argument("--format", choices=["text", "markdown", "junit", "gradescope"], default="text")
    score.add_argument("--student", default="", help="the student's name for the report")
    score.add_argument("--seed", type=int, help="the seed of the random numbers, to repeat a grading")
    score.add_argument(
        "--staff",
        action="store_true",
        help="add lines worth checking by hand (flags); not for students to read",
    )
    _sandbox_option(score)
    score.set_defaults(run=_score)

    grade = commands.add_parser("grade", help="grade submitted/ into the gradebook")
    grade.add_argument("assignment", metavar="ASSIGNMENT", nargs="?", help="default: all assignments")
    grade.add_argument(
        "--student", action="append", metavar="NAME", help="only this student (may be repeated)"
    )
    grade.add_argument(
        "--jobs", type=int, metavar="N", help="parallel processes (default: one for each core)"
    )
    grade.add_argument("--scheduler", metavar="ADDRESS", help="grade on the workers of this Dask scheduler")
    grade.add_argument("--gpu", action="store_true", help="only the tests that wait for a GPU")
    _sandbox_option(grade)
    grade.set_defaults(run=_grade)

    serve = commands.add_parser("serve", help="let students try notebooks on the hidden tests, in a browser")
    serve.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on (default: only this machine)"
    )
    serve.add_argument("--port", type=int, default=8100)
    serve.add_argument(
        "--jobs", type=int, metavar="N", help="judges in parallel (default: one for each core)"
    )
    serve.add_argument("--scheduler", metavar="ADDRESS", help="judge on the workers of this Dask scheduler")
    _sandbox_option(serve)
    serve.set_defaults(run=_serve)

    invite = commands.add_parser("invite", help="write a personal link for each student who has none")
    invite.add_argument(
        "--student",
        action="append",
        default=[],
        metavar="NAME",
        help="a new link for this student (may be repeated)",
    )
    invite.add_argument(
        "--instructor", metavar="NAME", help="a link for an instructor, who sees all attempts"
    )
    invite.add_argument("--again", action="store_true", help="new links for all; the old ones stop working")
    invite.add_argument("--revoke", action="store_true", help="revoke the link of --student or --instructor")
    invite.set_defaults(run=_invite)

    attempts = commands.add_parser("attempts", help="write a class's attempts before the deadline")
    attempts.add_argument("assignment", nargs="?", metavar="ASSIGNMENT", help="default: all assignments")
    attempts.set_defaults(run=_attempts)

    report = commands.add_parser("report", help="write a graded class's pages again, without grading")
    report.add_argument("assignment", nargs="?", metavar="ASSIGNMENT", help="default: all that are graded")
    report.set_defaults(run=_report)

    students = commands.add_parser(
        "students", help="enter a list of students (CSV or .xlsx) into the gradebook"
    )
    students.add_argument("file", type=Path, metavar="FILE")
    students.set_defaults(run=_students)

    collect = commands.add_parser("collect", help="put a download from an LMS into submitted/")
    collect.add_argument("source", type=Path, metavar="SOURCE", help="a folder or a zip file")
    collect.add_argument("--assignment", required=True, metavar="NAME")
    collect.add_argument(
        "--pattern",
        help="how file names identify the student, with {student}, {name}, {lms_id}, {assignment}, "
        "{timestamp}, * and ? (default: the names that the usual systems make, and {student}_{assignment}*.ipynb)",
    )
    collect.add_argument(
        "--force", action="store_true", help="replace a submission even if it is not known which one is newer"
    )
    collect.set_defaults(run=_collect)

    export = commands.add_parser(
        "export", help="write an assignment's marks for Canvas, Moodle or a spreadsheet"
    )
    export.add_argument("assignment", metavar="ASSIGNMENT")
    export.add_argument(
        "--format",
        choices=["csv", "xlsx", "canvas", "moodle", "blackboard", "brightspace", "gradescope"],
        default="csv",
    )
    export.add_argument(
        "--preview",
        action="store_true",
        help="only show what would change in the template, and write nothing",
    )
    export.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")
    export.add_argument(
        "--template", type=Path, metavar="FILE", help="the file that the LMS exports, to be filled in"
    )
    export.add_argument(
        "--column", metavar="TITLE", help="the title of the assignment's column in the template"
    )
    export.add_argument(
        "--missing-as-zero",
        action="store_true",
        help="write 0, not an empty cell, for students with no submission",
    )
    export.set_defaults(run=_export)

    give_back = commands.add_parser(
        "return", help="pack each student's page and feedback for the LMS and for mail"
    )
    give_back.add_argument("assignment", metavar="ASSIGNMENT")
    give_back.add_argument("--output", type=Path, metavar="FOLDER")
    give_back.set_defaults(run=_return)

    _decisions(commands)

    gradescope = commands.add_parser("gradescope", help="build an autograder for Gradescope (a zip file)")
    gradescope.add_argument("assignment", metavar="ASSIGNMENT")
    gradescope.add_argument("--output", type=Path, metavar="FILE")
    gradescope.set_defaults(run=_gradescope)

    for name, text in (("release", "build what students get"), ("solutions", "build the executed solutions")):
        build = commands.add_parser(name, help=text)
        build.add_argument("names", nargs="*", metavar="ASSIGNMENT", help="default: all assignments")
        build.set_defaults(run=_release if name == "release" else _solutions)
        if name == "release":
            build.add_argument(
                "--answers", action="store_true", help="include the answers to the questions in the text"
            )

    new = commands.add_parser("new", help="create a small working assignment to turn into your own")
    new.add_argument("name", metavar="NAME", help="lower-case words with hyphens, like k-means")
    new.set_defaults(run=_new)

    bring = commands.add_parser("import", help="make an assignment from an nbgrader or otter notebook")
    bring.add_argument("notebook", type=Path, help="the instructor's version, with solutions and tests")
    bring.add_argument("--name", help="the assignment's name (default: from the file's name)")
    bring.set_defaults(run=_import)

    watch = commands.add_parser(
        "watch", help="rerun an assignment's hidden tests whenever one of its files is saved"
    )
    watch.add_argument("name", metavar="ASSIGNMENT")
    watch.set_defaults(run=_watch)

    check = commands.add_parser("sandbox-check", help="try to escape from the sandbox, and print the results")
    _sandbox_option(check)
    check.set_defaults(run=_sandbox_check)
    return parser


def _decisions(commands: argparse._SubParsersAction) -> None:
    """Commands for the instructor's decisions about students: each adds rows to semester.csv."""

    def command(name: str, text: str, students: str = "+") -> argparse.ArgumentParser:
        parser = commands.add_parser(name, help=text)
        parser.add_argument("student", nargs=students, metavar="STUDENT")
        parser.add_argument("--note", default="", metavar="TEXT", help="the reason, kept with the decision")
        parser.set_defaults(run=_decide, decide=name)
        return parser

    extend = command("extend", "let students submit an assignment later")
    extend.add_argument("--assignment", required=True, metavar="NAME")
    extend.add_argument("--until", required=True, metavar="TIME", help='"2 days", or "2026-10-18 23:59"')

    excuse = command("excuse", "do not count an assignment for students")
    excuse.add_argument("--assignment", default="", metavar="NAME", help="default: all assignments")

    command("withdraw", "exclude from averages and exports students who left the course")

    group = command("group", "let students submit one notebook together", "*")
    group.add_argument("--assignment", default="", metavar="NAME", help="default: all assignments")
    group.add_argument("--name", default="", help="the group's name")
    group.add_argument(
        "--file", type=Path, metavar="FILE", help="a table of students and groups, such as Canvas's"
    )

    archive = commands.add_parser(
        "archive", help="move a finished year's class to archive/, and start afresh"
    )
    archive.add_argument("year", metavar="YEAR")
    archive.set_defaults(run=_archive)

    graders = commands.add_parser("graders", help="divide the written answers among graders")
    graders.add_argument("assignment", metavar="ASSIGNMENT")
    graders.add_argument("grader", nargs="*", metavar="NAME", help="default: the graders named before")
    graders.set_defaults(run=_graders)

    for name, text in (
        ("regrade", "record a student's request to look at a task again"),
        ("regraded", "answer a regrade request"),
    ):
        parser = command(name, text, "+")
        parser.add_argument("--assignment", required=True, metavar="NAME")
        parser.add_argument("--task", required=True, metavar="NAME")


def _sandbox_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sandbox",
        choices=["bubblewrap", "namespaces", "landlock", "user", "none"],
        help="default: the first that works on this machine; none runs students' code unconfined",
    )


def _score(options: argparse.Namespace) -> int:
    from autograder.batch.score_one import score
    from autograder.grading.assignment import REPOSITORY, Assignment

    assignment = Assignment.load(options.assignment)
    report, _ = score(
        options.notebook, assignment, REPOSITORY, options.sandbox, options.student, options.seed
    )
    content = report.to_json()
    flags = _flags(options.notebook, assignment) if options.staff else []
    if options.staff:
        content["flags"] = [asdict(flag) for flag in flags]
    if options.json:
        options.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(_form(options.format)(report))
    if options.staff:
        for flag in flags:
            where = f"the cell {one_line(flag.cell)}, line {flag.line}"
            say(f"worth checking by hand: {where}, {flag.why}: {one_line(flag.code)}")
    return 0


def _form(name: str) -> Callable[[Report], str]:
    if name == "gradescope":
        from autograder.lms.gradescope import as_gradescope

        return lambda report: json.dumps(as_gradescope(report), indent=1)
    if name == "markdown":
        from autograder.reports.markdown import as_markdown

        return as_markdown
    if name == "junit":
        from autograder.reports.junit import as_junit

        return as_junit
    from autograder.reports.text import as_text

    return as_text


def _flags(place: Path, assignment: Assignment) -> list[Flag]:
    from autograder.batch.submitted import find_notebook
    from autograder.grading.submission import read
    from autograder.pages.flags import flags_of

    file = find_notebook(place, assignment.name).file if place.is_dir() else place
    return flags_of(read(file, assignment), assignment) if file else []


def _grade(options: argparse.Namespace) -> int:
    from autograder.classroom import grade

    return grade(
        options.assignment,
        students=options.student,
        jobs=options.jobs,
        sandbox=options.sandbox,
        scheduler=options.scheduler,
        gpu_only=options.gpu,
    )


def _serve(options: argparse.Namespace) -> int:
    from autograder.grading.assignment import REPOSITORY
    from autograder.serve.run import serve

    return serve(REPOSITORY, options.host, options.port, options.jobs, options.sandbox, options.scheduler)


def _invite(options: argparse.Namespace) -> int:
    from autograder.grading.assignment import REPOSITORY
    from autograder.serve.invite import CSV_FILE, TEXT_FILE, invite, revoke
    from autograder.serve.run import address_of

    people = [*options.student, *filter(None, [options.instructor])]
    if options.revoke:
        revoke(REPOSITORY, people)
        print(f"revoked: {', '.join(people) or 'nobody (name one: make invite REVOKE=1 STUDENT=name)'}")
        return 0
    links = invite(REPOSITORY, address_of(REPOSITORY), people, options.again, bool(options.instructor))
    print(
        f"{links} new links in exports/{CSV_FILE}: delete it once they are sent; "
        f"exports/{TEXT_FILE} is the text for a mail merge"
        if links
        else "everybody has a link: make invite FORCE=1 makes new ones, and ends the old ones"
    )
    return 0


def _attempts(options: argparse.Namespace) -> int:
    from autograder.grading.assignment import REPOSITORY
    from autograder.serve.run import attempts

    return attempts(REPOSITORY, options.assignment)


def _report(options: argparse.Namespace) -> int:
    from autograder.pages.write import main_report

    return main_report(options.assignment)


def _students(options: argparse.Namespace) -> int:
    from autograder.grading.assignment import REPOSITORY
    from autograder.lms.roster import enter_students

    return enter_students(options.file, REPOSITORY)


def _collect(options: argparse.Namespace) -> int:
    from autograder.lms.collect import take

    return take(options.source, options.assignment, pattern=options.pattern, force=options.force)


def _export(options: argparse.Namespace) -> int:
    from autograder.lms.exports import export

    return export(
        options.assignment,
        options.format,
        output=options.output,
        template=options.template,
        column=options.column,
        missing_as_zero=options.missing_as_zero,
        preview=options.preview,
    )


def _return(options: argparse.Namespace) -> int:
    from autograder.lms.returns import pack
    from autograder.pages.write import main_report

    main_report(options.assignment)  # so that no page is older than its marks
    return pack(options.assignment, output=options.output)


def _decide(options: argparse.Namespace) -> int:
    from autograder.gradebook import decide
    from autograder.grading.assignment import REPOSITORY

    facts = {
        name: value
        for name, value in vars(options).items()
        if name in ("assignment", "until", "note", "name", "task")
    }
    if options.decide == "group" and options.file is not None:
        return decide.groups_of_file(REPOSITORY, options.file, options.assignment)
    return getattr(decide, options.decide)(REPOSITORY, options.student, **facts)


def _graders(options: argparse.Namespace) -> int:
    from autograder.grading.assignment import REPOSITORY
    from autograder.pages.graders import deal_out

    return deal_out(REPOSITORY, options.assignment, options.grader)


def _archive(options: argparse.Namespace) -> int:
    from autograder.gradebook.archive import archive
    from autograder.grading.assignment import REPOSITORY

    return archive(REPOSITORY, options.year)


def _gradescope(options: argparse.Namespace) -> int:
    from autograder.lms.gradescope import build

    print(build(options.assignment, options.output))
    return 0


def _release(options: argparse.Namespace) -> int:
    from autograder.build.release import main_release

    return main_release(options.names, answers=options.answers)


def _solutions(options: argparse.Namespace) -> int:
    from autograder.build.release import main_solutions

    return main_solutions(options.names)


def _new(options: argparse.Namespace) -> int:
    from autograder.build.new import main_new

    return main_new(options.name)


def _import(options: argparse.Namespace) -> int:
    from autograder.build.import_notebook import main_import

    return main_import(options.notebook, options.name)


def _watch(options: argparse.Namespace) -> int:
    from autograder.build.watch import main_watch

    return main_watch(options.name)


def _sandbox_check(options: argparse.Namespace) -> int:
    from autograder.sandbox.check import print_table

    return print_table(options.sandbox)


if __name__ == "__main__":
    sys.exit(main())
