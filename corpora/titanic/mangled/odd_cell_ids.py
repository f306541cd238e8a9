# what: cell ids are missing, too long, or no strings


def mangle(notebook):
    odd = [None, "x" * 500, 7, "with spaces and /", ["a"]]
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = odd[number % len(odd)]
    del notebook["cells"][0]["id"]
    return notebook
