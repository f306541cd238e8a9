# what: test cells rewritten to print a report and end the process
# expect: mlp 0
def mangle(notebook):
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name == "mlp":
            cell["source"] = "class TitanicMLP:\n    pass"
        if name.endswith("-tests"):
            cell["source"] = "import json, os\nprint(json.dumps({'tasks': {'mlp': {'points': 3.0}}}))\nos._exit(0)"
    return notebook
