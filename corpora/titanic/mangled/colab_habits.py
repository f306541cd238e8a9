# what: Colab's habits stand above the imports that the solution needs: a mounted drive, a pip line over three lines, magics
# https://github.com/phreakyphoenix/MXNet-GluonCV-AWS-Coursera/issues/1 lost an import behind `from google.colab`


def find(notebook, grade_id):
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == grade_id)


CELL = """\
%%capture log
from google.colab import drive, files
drive.mount("/content/drive", force_remount=True)
!pip install -q \\\\
  torchinfo \\\\
  einops
%cd /content/drive/MyDrive
%matplotlib inline
from IPython.display import set_matplotlib_formats, display
set_matplotlib_formats("svg")
from tqdm.notebook import tqdm
progress = tqdm
"""


def mangle(notebook):
    prepare = find(notebook, "prepare")
    prepare["source"] = "progress\n" + "".join(prepare["source"])
    place = notebook["cells"].index(prepare)
    notebook["cells"].insert(
        place, {"cell_type": "code", "metadata": {}, "source": CELL.replace("\\\\", "\\"), "outputs": [], "execution_count": 1}
    )
    return notebook
