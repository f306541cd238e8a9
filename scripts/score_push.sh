#!/usr/bin/env bash
# score_push.sh SUBMISSION ASSIGNMENT REPORT: the scoring step of .github/workflows/classroom.yml. SUBMISSION is the
# student's checkout, nothing of which runs outside the sandbox; REPORT is a folder for report.json and report.md.
#
# The student reads the log, so it may contain nothing but the report. A bug in a grader may print hidden tests, so
# only the first line of the errors is shown.
set -euo pipefail
submission=$1
assignment=$2
report=$3
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p "$report"
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT

status=0
.venv/bin/python -m autograder score "$submission" --assignment "$assignment" --json "$report/report.json" \
    --format markdown >"$report/report.md" 2>"$errors" || status=$?

# The runner must not take a student's line for a command.
token=$(.venv/bin/python -c 'import secrets; print(secrets.token_hex(16))')
echo "::stop-commands::$token"
if [ "$status" -eq 0 ]; then
    cat "$report/report.md"
else
    head -n 1 "$errors"
fi
echo "::$token::"
[ "$status" -eq 0 ] || exit "$status"

cat "$report/report.md" >>"$GITHUB_STEP_SUMMARY"
# The points in the form that GitHub Classroom reads, and as outputs of this workflow.
.venv/bin/python - "$report/report.json" "$GITHUB_OUTPUT" <<'PYTHON'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
score, maximum = report["score"], report["max_score"]
print(f"::notice title=Autograding complete::Points {score:g}/{maximum:g}")
print("::notice title=Autograding report::" + json.dumps({"totalPoints": score, "maxPoints": maximum}))
with open(sys.argv[2], "a", encoding="utf-8") as file:
    file.write(f"score={score:g}\nmax-score={maximum:g}\npending={report['pending']:g}\n")
PYTHON
