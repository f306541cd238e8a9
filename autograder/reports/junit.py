"""A report as JUnit XML, which CI systems read."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree

from autograder.grading.report import DEFERRED, ERROR, FAILED, PENDING, Report
from autograder.grading.safe_text import visible


def as_junit(report: Report) -> str:
    """JUnit XML: a suite for each task, a case for each hidden test. Pending tests are marked as skipped or as
    errors."""
    root = ElementTree.Element("testsuites", name=report.assignment)
    total: Counter[str] = Counter()
    for name, task in report.tasks.items():
        suite = ElementTree.SubElement(root, "testsuite", name=name)
        counts = Counter(tests=max(1, len(task.tests)), failures=0, errors=0, skipped=0)
        for test in task.tests:
            case = _case(suite, report, name, test.name)
            message = visible(test.message)
            if test.outcome == FAILED:
                counts["failures"] += 1
                ElementTree.SubElement(case, "failure", message=message.split("\n")[0]).text = message
            elif test.outcome == ERROR:
                counts["errors"] += 1
                ElementTree.SubElement(case, "error", message=message.split("\n")[0]).text = message
            elif test.outcome == DEFERRED:
                counts["skipped"] += 1
                ElementTree.SubElement(case, "skipped", message=PENDING[DEFERRED])
        if not task.tests:
            counts["skipped"] += 1
            case = _case(suite, report, name, name)
            ElementTree.SubElement(case, "skipped", message=PENDING.get(task.status, task.status))
        suite.attrib.update({count: str(number) for count, number in counts.items()})
        total.update(counts)
    root.attrib.update({count: str(number) for count, number in total.items()}, time=f"{report.seconds:.3f}")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, report: Report, task: str, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=f"{report.assignment}.{task}", name=name)
