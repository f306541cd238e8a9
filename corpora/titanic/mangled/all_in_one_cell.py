# what: all solutions were gathered in one cell at the end, the others deleted
# repair: what another cell defines is taken for them


def mangle(notebook):
    mine = [c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("solution") and c["cell_type"] == "code"]
    notebook["cells"] = [c for c in notebook["cells"] if c not in mine]
    source = "\n\n\n".join("".join(c["source"]) for c in mine)
    notebook["cells"].append({"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": 1})
    return notebook
