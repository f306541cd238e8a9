# nbgrader's settings for students: where the exchange is. The instructor's are in the course's own nbgrader_config.py.
c = get_config()  # noqa: F821 (traitlets defines it)

c.CourseDirectory.course_id = "deep-learning"
c.Exchange.root = "/srv/nbgrader/exchange"
