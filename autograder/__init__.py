"""Grades submissions of the course: reads a notebook, runs it in a sandbox, judges it from outside, reports."""
