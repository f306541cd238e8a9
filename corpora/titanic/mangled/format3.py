# what: saved in the notebook format of 2013, with worksheets
# repair: old format


def mangle(notebook):
    cells = []
    for cell in notebook["cells"]:
        old = dict(cell)
        old.pop("id", None)
        if cell["cell_type"] == "code":
            old.update(input=old.pop("source"), language="python", prompt_number=1)
            old.pop("execution_count", None)
        cells.append(old)
    sheets = [{"cells": cells, "metadata": {}}]
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "titanic"}, "worksheets": sheets}
