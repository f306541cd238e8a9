# what: a Python script was submitted under a notebook's name (https://github.com/IIC2115/Syllabus-2022-2/issues/4)
# unreadable: is a Python script, not a notebook


def mangle(notebook):
    code = ("".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code")
    return "\n\n# In[ ]:\n\n".join(code).encode()
