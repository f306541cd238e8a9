# what: sources as lists of lines, as strings, as null


def mangle(notebook):
    for number, cell in enumerate(notebook["cells"]):
        text = "".join(cell["source"])
        cell["source"] = text.splitlines(keepends=True) if number % 2 else text
    notebook["cells"].append({"cell_type": "code", "metadata": None, "source": None, "outputs": None})
    return notebook
