"""Grades submissions of the course: reads a notebook, runs it in a sandbox, judges it from outside, reports."""

import sys

# jsonschema, which nbformat and nbgrader import, tries this module for one format of text that no notebook has. Its
# import builds grammars for three seconds; jsonschema does without where it is missing.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
