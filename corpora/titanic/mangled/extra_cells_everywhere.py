# what: an extra cell behind every cell: magics, errors, prints, help, installs


def mangle(notebook):
    lines = ["%matplotlib inline\n%timeit 1 + 1", "!pip install nothing", "undefined_name", "print('here')", "torch.nn.Linear?", "def ("]
    cells = []
    for number, cell in enumerate(notebook["cells"]):
        extra = {"cell_type": "code", "metadata": {}, "source": lines[number % len(lines)], "outputs": [], "execution_count": None}
        cells += [cell, extra]
    notebook["cells"] = cells
    return notebook
