"""What a process of ours sets before it imports anything large: whoever starts one imports this module first."""

import os
import sys

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""One thread each: the judge's sums are small, and two threads on two shared cores are ten times slower than one."""

for variable, number in ONE_THREAD.items():
    os.environ.setdefault(variable, number)

# jsonschema, which nbformat and nbgrader import, tries this module for one format of text that no notebook has. Its
# import builds grammars for two seconds; jsonschema does without it where it is missing.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
