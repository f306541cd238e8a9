# JupyterHub for this course: docs/jupyterhub.md says how to set it up. Start it as root, in a folder of its own:
# /opt/deep-learning/bin/jupyterhub --config jupyterhub_config.py
c = get_config()  # noqa: F821 (traitlets defines it)

COURSE = "/home/teacher/course"
"""The checkout of this repository, closed to students: it has the hidden tests in it."""
INSTRUCTORS = {"teacher"}
"""Who may read COURSE, by the names of their accounts."""
SHARED = "/srv/nbgrader"
"""What everybody may read: the students' nbgrader_config.py, and the exchange."""
PROGRAMS = "/opt/deep-learning/bin"
"""Where `make setup VENV=/opt/deep-learning` installed the course's Python."""

c.ConfigurableHTTPProxy.command = f"{PROGRAMS}/configurable-http-proxy"
c.Spawner.cmd = [f"{PROGRAMS}/jupyterhub-singleuser"]
c.Authenticator.allow_all = True  # every account of this machine; JupyterHub's manual has others


def prepare(spawner):
    """Everybody's server starts in the home folder: nbgrader finds its settings by JUPYTER_CONFIG_PATH."""
    if spawner.user.name in INSTRUCTORS:
        spawner.environment["JUPYTER_CONFIG_PATH"] = COURSE
    else:
        spawner.environment["JUPYTER_CONFIG_PATH"] = SHARED
        extensions = {f"nbgrader.server_extensions.{name}": False for name in ("formgrader", "course_list")}
        spawner.args = [f"--ServerApp.jpserver_extensions={extensions}"]


c.Spawner.pre_spawn_hook = prepare
