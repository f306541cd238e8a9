# what: the notebook was submitted in a zip archive, as a file manager makes it
# repair: read from the archive
import io
import json
import zipfile


def mangle(notebook):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("titanic/titanic.ipynb", json.dumps(notebook))
        file.writestr("__MACOSX/titanic/._titanic.ipynb", b"\x00\x05")
    return archive.getvalue()
