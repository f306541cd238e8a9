"""Settings that each of our processes makes before it imports anything large: every entry point imports this first."""

import os
import sys

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""One thread each: the judge's computations are small, and two threads on two shared cores are ten times slower than
one."""

for variable, number in ONE_THREAD.items():
    os.environ.setdefault(variable, number)

# jsonschema, which nbformat and nbgrader import, tries this module for one text format that no notebook uses. Importing
# it takes two seconds to build grammars; jsonschema works without it.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
