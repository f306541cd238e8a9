# what: the file holds the notebook, and the end of an older, longer save (https://github.com/jupyter/help/issues/171)
# repair: what follows its end
import json


def mangle(notebook):
    text = json.dumps(notebook, indent=1)
    return (text + text[-400:]).encode()
