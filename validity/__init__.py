"""How far the verdicts can be trusted, measured: `make validity`, written to docs/validity.md.

A tool of the course's authors; grading uses nothing of it. mutants.py and rewrites.py change correct answers,
grading.py has them graded and keeps the outcomes, measures.py asks the questions, page.py writes the answers.
"""

import autograder.startup  # noqa: F401
