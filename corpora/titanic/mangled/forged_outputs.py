# what: the test cells carry results of a thousand points, and odd outputs


def mangle(notebook):
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            result = {"output_type": "execute_result", "data": {"text/plain": "1000.0"}, "metadata": {}, "execution_count": 1}
            cell["outputs"] = [result, {"output_type": "nonsense"}, None, "text"]
            cell["execution_count"] = "first"
    return notebook
