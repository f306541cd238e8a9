# nbgrader for this course. `nbgrader autograde titanic`, formgrader's button and `python -m autograder grade titanic`
# give the same marks: all three use the classes of autograder/gradebook/nbgrader_steps.py named here.
import os
import sys

c = get_config()  # noqa: F821 (traitlets defines it)

# formgrader executes this file again for every request
_here = os.path.dirname(os.path.abspath(__file__))
if _here not in sys.path:
    sys.path.insert(0, _here)
# formgrader's list of submissions reads each timestamp.txt: one that cannot be read must not stop it
if "nbgrader.apps.api" in sys.modules:
    from autograder.gradebook import formgrader, timestamps

    formgrader.install()
    timestamps.install()
# nbgrader calls `alembic` by its bare name when it creates a gradebook; it is in the same folder as this Python
_programs = os.path.dirname(sys.executable)
if _programs not in os.environ.get("PATH", "").split(os.pathsep):
    os.environ["PATH"] = os.pathsep.join([_programs, os.environ.get("PATH", os.defpath)])

c.CourseDirectory.course_id = "deep-learning"
# The folder of this file, wherever the program that reads it was started: on JupyterHub, in the user's home.
c.CourseDirectory.root = _here
# The gradebook is gradebook.db next to this file. Any SQLAlchemy URL works:
# c.CourseDirectory.db_url = "postgresql://user@host/gradebook"

# When assignments are due, with the time zone, and what a late submission loses: "none", "zero" (everything) or
# "percent" (of its points, for each day begun). The submission time is in the timestamp.txt next to the notebook. The
# gradebook keeps a due date that is deleted here: delete it in formgrader, too.
c.LatePenalty.due = {
    # "titanic": "2026-10-16 23:59 Europe/Berlin",
}
c.LatePenalty.penalty_method = "none"
c.LatePenalty.percent_a_day = 10
# How many days of the semester each student may be late without a penalty.
c.LatePenalty.free_days = 0
c.AssignLatePenalties.plugin_class = "autograder.gradebook.late.LatePenalty"

# Where students find the release on GitHub, such as "https://github.com/my-university/notebooks/blob/main": with it,
# each notebook begins with a link that opens it in Colab.
c.Release.published = None
# Where students reach `make serve`, such as "https://try.example.org": with it, the last cell of each notebook offers
# to send the notebook there.
c.Release.service = None

# Where formgrader runs, for the links on the class page: as your browser shows it.
c.ClassPage.formgrader = "http://localhost:8888/formgrader"

# nbgrader's exchange: a folder that all users of this machine can write to, such as "/srv/nbgrader/exchange". Without
# one, collect submissions with `make collect`, `nbgrader zip_collect` or by hand.
exchange = None
if exchange is None:
    c.ExchangeFactory.list = "autograder.gradebook.nbgrader_steps.NoExchange"
    c.ExchangeFactory.release_feedback = "autograder.gradebook.exchange.NoReleaseFeedback"
else:
    c.Exchange.root = exchange
    c.ExchangeFactory.collect = "autograder.gradebook.exchange.Collect"
    c.ExchangeFactory.release_feedback = "autograder.gradebook.exchange.ReleaseFeedback"

# `nbgrader zip_collect` understands the file names of Canvas and Moodle, and {student}_{assignment}.ipynb.
c.ZipCollectApp.collector_plugin = "autograder.lms.zip_collector.Collector"
c.ZipCollectApp.extractor_plugin = "autograder.lms.zip_collector.Extractor"

# `make release` builds what students get from assignments/. nbgrader takes the supplied files from there, too.
c.CourseDirectory.source_directory = "release"
c.CourseDirectory.release_directory = "release"
c.GenerateAssignment.exporter_class = "autograder.gradebook.nbgrader_steps.ReleaseIsMade"

# A submission is repaired when it is read; nbgrader only checks the result.
c.Autograde.exporter_class = "autograder.gradebook.nbgrader_steps.RepairingExporter"
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.CheckCellMetadata",
]
# No kernel: our grader takes the place of executing the notebook.
c.Autograde.autograde_preprocessors = [
    "autograder.gradebook.nbgrader_steps.GradeWithoutKernel",
    "autograder.gradebook.nbgrader_steps.SaveVerdict",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.GenerateFeedback.preprocessors = [
    "autograder.gradebook.nbgrader_steps.HideHiddenTests",
    "nbgrader.preprocessors.AssignLatePenalties",  # again: manual points came after the grading
    "nbgrader.preprocessors.GetGrades",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# What students wrote is shown as text, formulas, tables and pictures, and never run: in formgrader and in the feedback.
c.HTMLExporter.filters = {"markdown2html": "autograder.gradebook.markup.markdown_as_html"}
c.HTMLExporter.preprocessors = ["autograder.gradebook.markup.SafeMarkup"]
c.GenerateFeedback.exporter_class = "autograder.gradebook.markup.FeedbackExporter"
