# ruff: noqa: E501 (lines of notebooks)
"""What notebooks expect of Jupyter, Colab and Kaggle costs nothing, or says in one sentence what it costs.

Each habit has the public report that tells of its trouble elsewhere, an issue or pull request on GitHub; "" for none.
"""

import re
import tomllib
from importlib import metadata

import pytest

from autograder.grading.assignment import REPOSITORY
from autograder.grading.explain import NO_SHELL, explain
from autograder.sandbox import policy, stand_ins
from autograder.sandbox.faults import StudentError
from autograder.sandbox.forkserver_client import ForkServer
from autograder.sandbox.worker_client import Worker
from tests.sandbox.helpers import call, load


def value(worker: Worker, name: str) -> object:
    return worker.request("get", target={"name": name})


HARMLESS = {
    "line magics": (
        "vinayak-mehta/nbcommands/issues/9",
        "%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n%config InlineBackend.figure_format = 'retina'",
    ),
    "installing": (
        "hse-aml/intro-to-dl/issues/15",
        "!pip install -q \\\n  torch \\\n  einops\n%pip install x\n%conda install y\nimport numpy as np\nassert np",
    ),
    "in a block": ("", "if True:\n    !pip install x\n    %timeit 1 + 1\nelse:\n    !ls"),
    "shell output": (
        "",
        "files = !ls\nassert list(files) == []\nhere = !pwd\nassert here[0]\nassert files.n == ''",
    ),
    "system": (
        "",
        "get_ipython().system('pip install x')\nget_ipython().system_raw('x &')\nassert get_ipython().getoutput('x') == []",
    ),
    "a folder": ("", "!mkdir -p models/best\nopen('models/best/x.txt', 'w').close()"),
    "folders by other means": (
        "",
        "import os, subprocess\nname, two = 'a b', {'x': 'n/e'}\n%mkdir -p c/d\n!mkdir -p $name\n"
        "!mkdir \"{name}/{two['x']}\" 2>/dev/null\n![ -d f ] || mkdir f\n!rm -rf g && mkdir -p g/{h,i}; cd g && mkdir j\n"
        "os.system('mkdir -p ~/k')\nassert os.system('mkdir l') == 0\n"
        "for path in ('c/d', 'a b/n/e', 'f', 'g/h', 'g/i', 'g/j', os.path.expanduser('~/k'), 'l'):\n"
        "    assert os.path.isdir(path), path\n"
        "def f(place):\n    !mkdir -p {place}/m\n    return os.path.isdir(f'{place}/m')\nassert f('c')\n"
        "files = !mkdir -p o && ls -l\nassert os.path.isdir('o') and not os.path.exists('2')",
    ),
    "folders by a process": (
        "",
        "import os, pathlib, subprocess\nsubprocess.run(['mkdir', '-p', pathlib.Path('a b/c')], check=True)\n"
        "assert subprocess.run('mkdir d', shell=True, capture_output=True, text=True).stdout == ''\n"
        "assert subprocess.check_output(['mkdir', 'e'], cwd='d') == b'' and subprocess.call(['touch', 'd/f']) == 0\n"
        "subprocess.check_call(['cp', '-r', 'd', 'g'])\nassert subprocess.Popen(['mkdir', 'h']).wait() == 0\n"
        "assert os.popen('mkdir i').read() == '' and os.path.isfile('g/f')\n"
        "assert all(map(os.path.isdir, ('a b/c', 'd/e', 'h', 'i', 'g/e')))\n"
        "assert subprocess.run(['cp', 'none', 'j']).returncode == 1\n"
        "try:\n    subprocess.run(['ls'])\n    raise AssertionError\nexcept OSError:\n    pass",
    ),
    "files by a script": (
        "",
        "%%bash\nmkdir -p made\ncd made\ncat > one.py <<'EOF'\ndef f(x):\n    return \"it's\" if x > 1 else 'no'\n\nEOF\n"
        "cat << END >> one.py 2>/dev/null\nA = 1\nEND\necho 'B = \"a > b\"' > two.py\necho -e 'C = 1\\nD = 2' >> two.py && ls > none\n"
        "printf 'E = %s\\n' 5 >> two.py",
    ),
    "files by lines": (
        "",
        "import os\n!echo 'SCALE = 10' > scale_mine.py\n!printf 'OFFSET = 1\\n' >> scale_mine.py\n"
        "os.system('echo 1 2 > numbers.txt; cat numbers.txt > other.txt')\n"
        "from scale_mine import OFFSET, SCALE\nassert (OFFSET, SCALE) == (1, 10)\n"
        "assert open('numbers.txt').read() == '1 2\\n' and not os.path.exists('2')",
    ),
    "a command that fails": (
        "",
        "import os, subprocess\nassert os.popen('git rev-parse HEAD').read() == ''\n"
        "assert subprocess.run('nvidia-smi', shell=True).returncode\n"
        "assert subprocess.getoutput('git status') == ''",
    ),
    "measuring a GPU": (
        "",
        "import torch\ntorch.cuda.synchronize()\ntorch.cuda.reset_peak_memory_stats()\ntorch.cuda.ipc_collect()\n"
        "torch.cuda.reset_accumulated_memory_stats()\nfree, total = torch.cuda.mem_get_info()\nprint(free / total)\n"
        "print(torch.cuda.get_device_properties(0).total_memory / 2**30, torch.cuda.memory_summary())\n"
        "print(torch.cuda.get_device_name(0).lower(), f'{torch.cuda.utilization():.1f}')\n"
        "event = torch.cuda.Event(enable_timing=True)\nevent.record()\nprint(event.elapsed_time(event) / 1000)\n"
        "torch.mps.empty_cache()\ntorch.mps.synchronize()\ntorch.accelerator.synchronize()\n"
        "try:\n    torch.ones(1).cuda()\n    assert torch.cuda.is_available()\nexcept Exception:\n    pass",
    ),
    "names of a newer Python": (
        "",
        "import itertools, math\nfrom collections.abc import Buffer\nfrom itertools import batched\n"
        "from typing import TypeIs, override\nfrom warnings import deprecated\n"
        "class Mine(dict):\n    @override\n    def keys(self): return []\n"
        "@deprecated('no')\ndef old(): return 1\n"
        "assert list(batched(range(3), 2)) == [(0, 1), (2,)] and math.sumprod([1, 2], [3, 4]) == 11",
    ),
    "everything of a stand-in": (
        "",
        "from pynvml import *\nfrom colorama import *\nfrom fastprogress.fastprogress import *\nnvmlInit()\n"
        "print(nvmlDeviceGetMemoryInfo(nvmlDeviceGetHandleByIndex(0)).used // 2**20, Fore.RED + 'x')\n"
        "assert list(progress_bar(range(2))) == [0, 1]",
    ),
    "counting and seeds": (
        "",
        "import torch, lightning as L, pytorch_lightning as pl\nfrom codecarbon import EmissionsTracker, track_emissions\n"
        "from codetiming import Timer\nfrom fvcore.nn import FlopCountAnalysis\n"
        "from ptflops import get_model_complexity_info\nfrom tenacity import retry, stop_after_attempt\n"
        "from thop import clever_format, profile\nfrom transformers import set_seed\n"
        "pl.seed_everything(1, workers=True)\nx = torch.rand(1)\nset_seed(1)\nassert x == torch.rand(1) and L.seed_everything\n"
        "macs, n = clever_format(profile(None, inputs=()), '%.1f')\nmacs, n = get_model_complexity_info(None, (1,))\n"
        "print(f'{FlopCountAnalysis(None, x).total() / 1e9:.2f}')\ntracker = EmissionsTracker()\ntracker.start()\n"
        "@track_emissions\n@Timer(name='x')\n@retry(stop=stop_after_attempt(3))\ndef f(): return 2\n"
        "with Timer():\n    assert f() == 2\n"
        "try:\n    from transformers import AutoModel\n    raise AssertionError\nexcept ImportError:\n    pass",
    ),
    "methods of a class in other cells": (
        "",
        "from fastcore.all import *\nclass A: pass\n@patch\ndef f(self: A): return 1\n"
        "@patch(as_prop=True)\ndef g(self: A): return 2\n@patch_to(A)\ndef h(self): return 3\n"
        "assert A().f() + A().g + A().h() == 6",
    ),
    "folders by a script": (
        "",
        "%%bash\nset -e\nK=new/k\nif [ ! -d $K ]; then\n    mkdir -p $K  # mine\nfi\ntouch $K/x.txt\nmv $K/x.txt $K/y.txt\n"
        "mkdir $(date)\ncat <<EOF\nit's not closed\nEOF",
    ),
    "another folder": (
        "",
        "import os\nstart = os.getcwd()\n!mkdir -p runs/best\nname = 'runs'\n%cd runs\nassert os.getcwd() == f'{start}/runs'\n"
        "%cd -q -\nassert os.getcwd() == start\n%cd no-such-folder\nassert os.getcwd() == start\n%cd /usr\nassert os.getcwd() == start\n%cd {name}/best\n"
        "x = %pwd\nassert x == f'{start}/runs/best'\n%cd\nassert os.getcwd() == os.path.realpath(os.path.expanduser('~'))\n"
        '%cd "{start}"',
    ),
    "time": (
        "dsa-ou/allowed/pull/16",
        "x = %time sum([1, 2])\nassert x == 3\n%time y = x + 1\nassert y == 4\n%timeit -n 2 z = x",
    ),
    "measurements with options": (
        "",
        "%prun -s cumulative -l 5 -T 'a b.txt' -q x = 3\n%timeit -n1 -r1 -p 2 y = x\n%time --no-raise-error z = x\n"
        "%memit -r 1 -c w = x\nassert x == z == w == 3\nt = %timeit -n1 -qo x - 1\nassert t\nn = %time -1\nassert n == -1",
    ),
    "time in a function": ("", "def f(n):\n    %time m = n + 1\n    return 1\nassert f(2) == 1"),
    "a timing": ("", "t = %timeit -o -q 1 + 1\nassert t.average >= 0"),
    "cell time": ("", "%%time\nx = 3\nassert x == 3"),
    "capture": ("ucbds-infra/otter-grader/issues/756", "%%capture out\nprint(1)\nassert out.stdout == ''"),
    "capture with options": ("", "%%capture --no-stderr out\nprint(1)\nassert out.stdout == ''"),
    "pylab": ("", "%pylab inline\nx = linspace(0, 1, 3)\nplot(x)\nshow()\nassert np and plt and pi"),
    "environment": ("", "%env A=1\n%set_env B=2\nx = %env\nassert (x['A'], x['B']) == ('1', '2')"),
    "names": ("", "y = 1\nx = %who_ls\nassert 'y' in x"),
    "what is not there": ("", "files = !ls no-such-folder\nassert files == []"),
    "a journal's cell": ("", "%%wandb\nx = 3\nassert x == 3"),
    "another language": ("ucbds-infra/otter-grader/issues/604", "%%bash\nrm -rf /"),
    "a page": ("", "%%html\n<b>bold</b>"),
    "magics by call": (
        "",
        "get_ipython().run_line_magic('matplotlib', 'inline')\nget_ipython().magic('pylab inline')",
    ),
    "a cell's magic by call": (
        "",
        "get_ipython().run_cell_magic('time', '', '%matplotlib inline\\ndef f(x):\\n    return x + 1\\n')\nassert f(1) == 2",
    ),
    "imported shell": (
        "cgpotts/cs224u/issues/64",
        "from IPython import get_ipython\nget_ipython().run_line_magic('matplotlib', 'inline')",
    ),
    "the module's shell": ("", "import IPython\nIPython.get_ipython().run_cell_magic('html', '', '<b>')"),
    "core's shell": (
        "",
        "from IPython.core.getipython import get_ipython\nget_ipython().events.register('x', print)",
    ),
    "the singleton": (
        "",
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "InteractiveShell.ast_node_interactivity = 'all'\nInteractiveShell.instance().run_cell('q = 1')\nassert q == 1",
    ),
    "what it is": (
        "",
        "assert 'google.colab' not in str(get_ipython())\nassert 'IPKernelApp' not in get_ipython().config",
    ),
    "a magic of one's own": (
        "",
        "from IPython.core.magic import register_line_magic\n@register_line_magic\n"
        "def mine(line):\n    pass\n%mine x",
    ),
    "a line magic that returns": (
        "",
        "from IPython.core.magic import register_line_magic, needs_local_scope\n@register_line_magic('twice')\n"
        "@needs_local_scope\ndef f(line, local_ns):\n    return eval(line, None, local_ns) * 2\n"
        "def g(n):\n    x = %twice n + 1\n    return x\nassert g(2) == 6",
    ),
    "a watched cell": ("", "%%notify -x\nx = 3\nassert x == 3"),
    "not skipped": ("", "%%skip 1 > 2\nx = 3\nassert x == 3"),
    "a prompt": ("", "%%ai chatgpt\nWhat is a tensor?"),
    "a watched cell by call": (
        "",
        "get_ipython().run_cell_magic('heat', '', 'x = 3\\n')\nassert x == 3\nget_ipython().run_cell_magic('R', '', 'y = 3')",
    ),
    "display": (
        "",
        "from IPython.display import display, HTML, Image, Markdown, clear_output\n"
        "display(HTML('<b>'), Markdown('*'))\nclear_output(wait=True)",
    ),
    "formats": (
        "ipython/matplotlib-inline/issues/12",
        "from matplotlib_inline.backend_inline import set_matplotlib_formats\nset_matplotlib_formats('svg', quality=9)",
    ),
    "formats as in Colab": (
        "d2l-ai/d2l-en/pull/1926",
        "from IPython import display\ndisplay.set_matplotlib_formats('retina')\nimport matplotlib_inline\n"
        "matplotlib_inline.backend_inline.set_matplotlib_formats('pdf')\nfrom IPython.core.display import display, HTML\n"
        "display(HTML('x'))",
    ),
    "a space after the sign": ("berkeley-dsep-infra/datahub/issues/446", "% matplotlib inline\n% config x"),
    "backends": (
        "abewley/sort/issues/179",
        "import matplotlib\nmatplotlib.use('TkAgg')\nimport matplotlib.pyplot as plt\nplt.switch_backend('Qt5Agg')\n"
        "plt.plot([1])\nplt.show()\nassert matplotlib.get_backend().lower() == 'agg'",
    ),
    "styles and fonts": (
        "matplotlib/matplotlib/issues/27317",
        "import matplotlib.pyplot as plt\nplt.style.use('seaborn-whitegrid')\nplt.style.use('ggplot')\n"
        "plt.rcParams['font.family'] = 'Comic Sans MS'\nplt.title('x')\nplt.gcf().canvas.draw()",
    ),
    "await": (
        "iris-hep/analysis-grand-challenge/issues/93",
        "import asyncio\nasync def one():\n    await asyncio.sleep(0)\n    return 1\nx = await one()\nassert x == 1",
    ),
    "async for": (
        "microsoft/vscode-python/issues/7033",
        "async def count():\n    yield 1\nasync for x in count():\n    assert x == 1\ny = [x async for x in count()]",
    ),
    "nothing to await": ("", "import asyncio\nx = asyncio.run(asyncio.sleep(0, 5))\nassert x == 5"),
    "colab": (
        "phreakyphoenix/MXNet-GluonCV-AWS-Coursera/issues/1",
        "import google.colab\nfrom google.colab import drive, files, userdata, output, auth\n"
        "from google.colab.patches import cv2_imshow\ndrive.mount('/content/drive', force_remount=True)\n"
        "auth.authenticate_user()\nup = files.upload()\nfor name in up.keys():\n    print(up[name])\n"
        "import os\nos.environ['KEY'] = userdata.get('KEY')\noutput.clear()\ncv2_imshow(None)\nfiles.download('x')",
    ),
    "kaggle": (
        "",
        "from kaggle_secrets import UserSecretsClient\nassert UserSecretsClient().get_secret('x') == ''\nimport kaggle",
    ),
    "a mounted drive": (
        "",
        "from google.colab import drive\ndrive.mount('drive')\nopen('drive/MyDrive/x', 'w').close()\n"
        "open('drive/My Drive/x').close()",
    ),
    "a handle": (
        "",
        "h = display(1, display_id=True)\nh.update(2)\nimport IPython.display\n"
        "IPython.display.display(1, display_id='x').update(2)\nassert display(1) is None",
    ),
    "journals of training": (
        "",
        "import mlflow.pytorch, torch.utils.tensorboard, wandb\nfrom tensorboardX import SummaryWriter\n"
        "mlflow.set_experiment('x')\nwith mlflow.start_run() as run:\n    mlflow.log_param(run.info.run_id, 1)\n"
        "with torch.utils.tensorboard.SummaryWriter('runs') as writer:\n    writer.add_scalar('loss', 1.0, 1)\n"
        "with wandb.init(project='x', config={'lr': 0.5}) as run:\n    wandb.config.epochs = 3\n"
        "    assert (run.config.lr, wandb.config['epochs']) == (0.5, 3)\n    wandb.log({'x': wandb.Image(None)})\n"
        "print(f'{wandb.run.step:03d}')\n@mlflow.trace(name='f')\ndef f(x): return x\nassert f(1) == 1",
    ),
    "memory": (
        "",
        "import os, psutil, GPUtil\nm = psutil.virtual_memory()\nprint(f'{m.used / m.total:.2f}', m.percent > 90)\n"
        "print(psutil.Process(os.getpid()).memory_info().rss / 2**20, len(range(psutil.cpu_count())))\n"
        "print(*[gpu.load * 100 for gpu in GPUtil.getGPUs()])",
    ),
    "debuggers": (
        "",
        "import IPython, ipdb, pdb, pudb\nfrom IPython.core.debugger import Pdb, set_trace\n"
        "from IPython.terminal.embed import InteractiveShellEmbed\nfor stop in (ipdb, pdb, pudb):\n    stop.set_trace()\n"
        "set_trace()\nPdb().set_trace()\npdb.Pdb(nosigint=True).set_trace()\nbreakpoint()\n"
        "IPython.embed(header='x')\nInteractiveShellEmbed(banner1='x')()",
    ),
    "printing": (
        "",
        "from icecream import ic, install\nfrom colorama import Fore\nfrom loguru import logger\nimport pysnooper, snoop\n"
        "ic.configureOutput(prefix='x')\nassert (ic(2), ic(1, 2), ic()) == (2, (1, 2), None)\ninstall()\n"
        "print(Fore.RED + 'x')\nlogger.info('x')\n@snoop\ndef f(x): return x\n@pysnooper.snoop(depth=2)\n"
        "def g(x): return f(x)\nassert g(1) == 1",
    ),
    "bars": (
        "",
        "from fastprogress import master_bar, progress_bar\nbar = master_bar(range(2))\n"
        "n = [b for _ in bar for b in progress_bar([3], parent=bar)]\nassert n == [3, 3]\nbar.main_bar.comment = 'x'",
    ),
    "more bars": (
        "",
        "import progressbar\nfrom alive_progress import alive_bar, alive_it\n"
        "assert list(progressbar.ProgressBar()(range(2))) == [0, 1]\n"
        "assert list(progressbar.progressbar(iter([1]), prefix='x')) == [1]\n"
        "bar = progressbar.ProgressBar(max_value=2, widgets=[progressbar.Bar()]).start()\nbar.update(1)\nbar.finish()\n"
        "with alive_bar(2, title='x') as bar:\n    bar()\n    bar.text('x')\n    bar.title = 'x'\n"
        "assert list(alive_it([1], title='x')) == [1]\n"
        "with alive_bar(2) as bar, open('x', 'w') as file:\n    file.write('x')",
    ),
    "bars in other packages": (
        "",
        "import enlighten, pyprind\nfrom progress.bar import Bar, IncrementalBar\nfrom progress.spinner import Spinner\n"
        "assert list(Bar('x', max=2).iter(range(2))) == [0, 1]\nbar = IncrementalBar('x', max=2, suffix='%(percent)d%%')\n"
        "bar.next()\nbar.finish()\nSpinner('x').next()\nwith Bar('x', max=2) as bar:\n    bar.next()\n"
        "assert list(pyprind.prog_bar(range(2), title='x')) == [0, 1]\npyprind.ProgBar(3).update()\n"
        "assert list(enlighten.Counter(total=2)([5, 6])) == [5, 6]\nmanager = enlighten.get_manager()\n"
        "pbar = manager.counter(total=2, desc='x')\npbar.update()\nmanager.stop()",
    ),
    "checks of types": (
        "",
        "import beartype, torch, typing\nfrom beartype import beartype as checked\nfrom beartype.typing import List\n"
        "from jaxtyping import Float, Int64, jaxtyped\nfrom torch import Tensor\nfrom typeguard import check_type, typechecked\n"
        "@jaxtyped(typechecker=checked)\n@checked\n@beartype.beartype(conf=beartype.BeartypeConf())\n@typechecked\n"
        "def f(x: Float[Tensor, 'n d'], k: Int64[Tensor, ''] | None = None, l: List[int] = ()) -> Float[Tensor, '...']:\n"
        "    y: typing.Optional[Float[Tensor, 'n']] = x\n    return check_type(y, Tensor)\n"
        "assert f(torch.ones(1, 2)).shape == (1, 2) and typing.get_type_hints(f)\n"
        "@typechecked\nclass A:\n    x: Float[Tensor, 'n']\nassert A()",
    ),
    "compiled functions": (
        "",
        "import numba as nb\nfrom numba import float64, jit, njit, prange\n@njit(parallel=True, cache=True)\ndef f(n):\n"
        "    total = 0\n    for i in prange(n):\n        total += i\n    return total\n@nb.jit(nopython=True)\ndef g(n): return f(n)\n"
        "@jit\ndef h(n): return g(n)\n@njit(float64(float64))\ndef k(n): return h(n)\nassert k(4) == 6",
    ),
    "pictures that are built up": (
        "",
        "import altair as alt, os, plotly.graph_objects as go\n"
        "alt.Chart(None).mark_line().encode(x='a', y=alt.Y('b').title('c')).properties(title='d').interactive()\n"
        "fig = go.Figure()\nfig.layout.title.text = 'x'\nfig.layout.index.format.count.join = 2\n"
        "assert fig.layout.title.text == 'x'\nfig.update_layout(title='x').show()\n"
        "def f(a: go.Figure | None, b: None | go.Figure, c: list[go.Figure]): pass\n"
        "class F(go.Figure):\n    def __init__(self, x):\n        super().__init__(data=x)\n        self.x = x\n"
        "    def twice(self):\n        self.add_trace(1)\n        return self.x * 2\nassert F(2).twice() == 4 and list(F(2)) == []\n"
        "class G(go.Figure, dict): pass\nclass H(go.Figure, go.Bar): pass\nassert G(a=1) == {'a': 1}\nH()\n"
        "assert not isinstance(1, go.Figure)\n"
        "from google.colab import userdata\nos.environ['WANDB_API_KEY'] = userdata.get('x')\n"
        "assert os.environ['WANDB_API_KEY'] == '' and os.path.join(userdata.get('x'), 'y') == 'y'",
    ),
    "pictures": (
        "",
        "import plotly.express as px, torchviz\nfrom torchsummary import summary\npx.line(x=[1]).show()\n"
        "torchviz.make_dot(1).render('x')\nsummary(None, (1, 2))",
    ),
    "modes and times of files": (
        "",
        "import os, shutil\nfrom pathlib import Path\nPath('x').touch()\nPath('x').touch()\nos.chmod('x', 0o644)\n"
        "shutil.copy('x', 'y')\nshutil.copy2('x', 'z')\nshutil.copytree('.', '../copy')\nshutil.move('z', 'w')",
    ),
    "processes": (
        "",
        "import multiprocessing as mp, torch.multiprocessing as tmp\nfrom concurrent.futures import ProcessPoolExecutor\n"
        "with mp.Pool(2) as pool:\n    assert pool.map(abs, [-1]) == [1]\n"
        "with tmp.get_context('spawn').Pool() as pool:\n    assert pool.apply(abs, (-1,)) == 1\n"
        "with ProcessPoolExecutor(2) as pool:\n    assert list(pool.map(abs, [-1])) == [1]\nq = mp.Queue()\n"
        "p = mp.Process(target=q.put, args=(1,), daemon=True)\np.start()\np.join()\nassert q.get() == 1",
    ),
    "more of processes": (
        "",
        "import multiprocessing as mp, numpy as np\nfrom multiprocessing import Process, Queue, Value, Array\n"
        "q, n, a = Queue(), Value('i', 0), Array('d', 3)\n"
        "def f(x):\n    with n.get_lock():\n        n.value += x\n    a[x] = x\n    q.put(x)\n"
        "ps = [Process(target=f, args=(i,)) for i in range(3)]\n"
        "for p in ps: p.start()\nassert all(p.pid for p in ps) and ps[0].sentinel\n"
        "for p in ps: p.join()\nassert (n.value, list(a), ps[0].exitcode, ps[0].is_alive()) == (3, [0, 1, 2], 0, False)\n"
        "assert np.frombuffer(a.get_obj()).sum() == 3 and sorted(q.get() for p in ps) == [0, 1, 2]\n"
        "for p in ps: p.close()\nq.close()\nq.join_thread()\n"
        "with mp.Manager() as manager:\n    d, l, k = manager.dict(), manager.list([1]), manager.Value('i', 1)\n"
        "    manager.Queue().put(1)\n    manager.Lock().acquire()\n    manager.Namespace(x=1).x\n"
        "with mp.Pool(2, maxtasksperchild=1) as pool:\n    assert pool.starmap(pow, [(2, 3)]) == [8]\n"
        "assert mp.Value('d').value == 0 and mp.RawArray('i', [1, 2])[:] == [1, 2]",
    ),
    "processes without an end": (
        "",
        "import multiprocessing as mp, time\nq = mp.Queue()\ndef spin():\n    while True:\n        pass\n"
        "for f in (spin, q.get):\n    p = mp.Process(target=f)\n    p.start()\n    assert p.exitcode is None\n"
        "    p.terminate()\n    start = time.time()\n    p.join()\n    assert time.time() - start < 5\n"
        "    assert not p.is_alive() and p.exitcode == -15\nq.put(1)\nassert q.get(timeout=9) == 1",
    ),
    "torch's processes": (
        "",
        "import torch, torch.multiprocessing as mp\nranks = []\ndef f(rank, x): ranks.append(rank + x)\n"
        "mp.spawn(f, nprocs=2, args=(1,))\nassert sorted(ranks) == [1, 2]\n"
        "assert mp.spawn(f, args=(1,), join=False).join()\n"
        "try:\n    mp.spawn(f, nprocs=2)\nexcept TypeError:\n    ranks.clear()\nassert not ranks\n"
        "torch.multiprocessing.spawn(lambda rank: None)\nmodel = torch.nn.Linear(1, 1)\nassert model.share_memory() is model",
    ),
    "a module": ("nteract/papermill/issues/418", "%%writefile helpers.py\ndef f():\n    return 2"),
    "progress": (
        "tqdm/tqdm/issues/1072",
        "from tqdm import tqdm, trange\nfrom tqdm.auto import tqdm as auto\nassert list(tqdm([1])) == list(auto([1]))",
    ),
    "progress with widgets": (
        "tqdm/tqdm/issues/1092",
        "from tqdm.notebook import tqdm, trange\nassert [x for x in tqdm(range(3), desc='x')] == [0, 1, 2]",
    ),
    "widgets": (
        "",
        "import ipywidgets as widgets\nfrom ipywidgets import interact, interactive\n"
        "@interact(x=(0, 10))\ndef f(x=3):\n    return x\nwidgets.VBox([widgets.IntSlider(value=3), widgets.Output()])",
    ),
    "companions": (
        "ucbds-infra/otter-grader/issues/906",
        "import seaborn as sns, einops, tabulate, torchinfo, torchmetrics, sympy, scipy.stats, PIL.Image\n"
        "sns.set_theme()\nassert tabulate.tabulate([[1]])",
    ),
    "a compiled model": (
        "pytorch/pytorch/issues/92745",
        "import torch\nfrom torch import nn\nmodel = torch.compile(nn.Linear(2, 1), mode='reduce-overhead')\n"
        "model(torch.ones(1, 2)).sum().backward()\n@torch.compile(fullgraph=True)\ndef f(x): return x + 1\n"
        "assert f(1) == 2\nmodel.compile()\nmodel(torch.ones(1, 2))",
    ),
}


@pytest.mark.parametrize(("_report", "source"), HARMLESS.values(), ids=HARMLESS)
def test_habits_of_notebooks_cost_nothing(worker: Worker, _report: str, source: str) -> None:
    load(worker, source)


def test_a_look_that_was_left_in_a_function_changes_nothing(worker: Worker) -> None:
    load(
        worker,
        "import ipdb\nfrom icecream import ic\nfrom torch.utils.tensorboard import SummaryWriter\n"
        "from memory_profiler import profile\nwriter = SummaryWriter()\n@profile\ndef f(x):\n    ipdb.set_trace()\n"
        "    writer.add_scalar('x', x)\n    return ic(x) + 1",
    )
    with worker.fork() as fork:
        assert call(fork, "f", 2) == 3


OWN_MAGICS = {
    "decorated": "from IPython.core.magic import register_cell_magic\n@register_cell_magic\ndef mine(line, cell):\n"
    "    if eval(line):\n        get_ipython().run_cell(cell)",
    "class": "from IPython.core.magic import Magics, magics_class, line_cell_magic\n@magics_class\nclass Mine(Magics):\n"
    "    @line_cell_magic\n    def mine(self, line, cell=None):\n        self.shell.run_cell_magic('time', '', cell)\n"
    "get_ipython().register_magics(Mine)",
    "function": "def f(line, cell=None):\n    exec(cell, globals())\n"
    "get_ipython().register_magic_function(f, 'line_cell', 'mine')",
}


@pytest.mark.parametrize("definition", OWN_MAGICS.values(), ids=OWN_MAGICS)
def test_a_magic_of_the_notebook_s_own_runs_its_cell(worker: Worker, definition: str) -> None:
    load(worker, definition)
    load(worker, "yes = True\n")
    load(worker, "%%mine $yes\ndef f(x):\n    return x + 1")
    assert call(worker, "f", 2) == 3


def test_a_magic_of_the_notebook_s_own_may_skip_its_cell(worker: Worker) -> None:
    load(worker, OWN_MAGICS["decorated"])
    with pytest.raises(StudentError, match="`%%mine` keeps the cell from running"):
        load(worker, "%%mine False\nx = 3")


def test_an_error_below_a_magic_of_one_s_own_names_its_line(worker: Worker) -> None:
    load(worker, OWN_MAGICS["decorated"])
    load(worker, "\n%%mine 1\ndef f(x):\n\n    return x / 0", "train")
    with pytest.raises(StudentError) as caught:
        call(worker, "f", 1)
    assert caught.value.frames[-1] == ("train", 5, "return x / 0")


@pytest.mark.parametrize("magic", ["skip True", "script false --no-raise-error", "javascript"])
def test_a_cell_that_its_magic_keeps_from_running_is_explained(worker: Worker, magic: str) -> None:
    with pytest.raises(StudentError, match=f"`%%{magic.split()[0]}` keeps the cell from running as Python"):
        load(worker, f"%%{magic}\ndef train():\n    pass")


def test_a_folder_of_a_shell_s_script_is_there_for_later_cells(worker: Worker) -> None:
    for magic in ("bash", "sh", "script bash", "system"):
        folder = magic.replace(" ", "-")
        load(worker, f"%%{magic}\nF={folder}\nmkdir -p $F/x && cd $F && touch x/y && mv x/y x/z\n")
        load(worker, f"import os\nassert os.listdir('{folder}') == ['x'] and 'z' in os.listdir('{folder}/x')")


@pytest.mark.parametrize(
    "source",
    [
        "open('no/x')",
        "import torch\ntorch.save(1, 'no/x.pt')",
        "import numpy as np\nnp.load('x.npy')",
        "import pandas as pd\npd.DataFrame().to_csv('no/x.csv')",
    ],
)
def test_a_missing_folder_or_file_is_explained(worker: Worker, source: str) -> None:
    with pytest.raises(StudentError) as caught:
        load(worker, source)
    assert explain(caught.value).endswith(NO_SHELL)


FILES = """
def f(x, folders):
    import os, pathlib, tempfile
    import numpy, torch
    folders = [folder for folder in folders if os.path.islink(folder)]
    for folder in (*folders, str(pathlib.Path.home()), os.path.expanduser("~"), "../models"):
        os.makedirs(folder, exist_ok=True)
        numpy.save(folder + "/x.npy", numpy.ones(1))
        assert numpy.load(pathlib.Path(folder, "x.npy"))[0] == 1
    torch.save(x, "/content/x.pt")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
    os.chdir("/content")
    return torch.load("x.pt")
"""


@pytest.mark.parametrize("rung", ["bubblewrap", "namespaces"])
def test_where_students_machines_let_them_write_a_worker_can(rung: str) -> None:
    """Except in folders that hold something readable here, as a course below /tmp does."""
    (rung,) = policy.named(rung)
    if reason := policy.missing(rung):
        pytest.skip(reason)
    with ForkServer.start(rung, libraries=["torch"]) as server, server.spawn() as worker:
        load(worker, "open('x.txt', 'w').write('x')\nassert open('/content/x.txt').read() == 'x'")
        load(worker, FILES)
        with worker.fork() as fork:
            assert call(fork, "f", 2, list(policy.LINKS)) == 2


@pytest.mark.parametrize(
    ("readable", "link"), [("/tmp/course", "/tmp"), ("/root/python", "/root"), ("/home", "/home/jovyan")]
)
def test_a_link_gives_way_to_what_is_readable(readable: str, link: str) -> None:
    """A course below /tmp, or Python in root's home."""
    assert policy.LINKS.keys() - policy.links_beside([readable]).keys() == {link}


def test_a_pool_made_when_the_notebook_was_loaded_works_in_a_test(worker: Worker) -> None:
    load(
        worker,
        "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(2)\n"
        "assert list(pool.map(abs, [-1])) == [1]\ndef f(x):\n    return pool.submit(abs, x).result()",
    )
    with worker.fork() as fork:
        assert call(fork, "f", -2) == 2


@pytest.mark.parametrize(
    "name", ["track(range(2), description='x')", "Progress(transient=True).track(range(2))"]
)
def test_a_loop_goes_through_its_items_where_rich_is_not_installed(name: str) -> None:
    finder = stand_ins._Finder(stand_ins.UNLESS_INSTALLED)
    module = finder.create_module(finder.find_spec("rich.progress", None))
    assert list(eval(f"module.{name}")) == [0, 1]
    with module.Progress() as progress:
        assert list(progress.track([3])) == [3]
        progress.update(progress.add_task("x", total=2), advance=1)


def test_a_file_that_a_script_writes_can_be_imported(worker: Worker) -> None:
    load(worker, HARMLESS["files by a script"][1])
    load(
        worker,
        "import os, sys\nsys.path.append('made')\nimport one, two\nx = one.f(2), one.f(1), one.A, two.B, two.C + two.D + two.E",
    )
    assert value(worker, "x") == ("it's", "no", 1, "a > b", 8)


def test_methods_are_added_to_a_class_by_a_magic(worker: Worker) -> None:
    load(worker, "import jdc\nclass A: pass")
    load(
        worker,
        "%%add_to A\ndef __init__(self):\n    self.x = 1\ndef f(self, y: int) -> int:\n    return self.x + y\n",
    )
    load(worker, "y = A().f(2)")
    assert value(worker, "y") == 3


def test_a_module_of_the_student_s_own_comes_before_a_stand_in(worker: Worker) -> None:
    load(worker, "%%writefile termcolor.py\ndef colored(text, color):\n    return color + text")
    load(worker, "from termcolor import colored\nx = colored('a', 'b')")
    assert value(worker, "x") == "ba"


def test_a_module_that_a_cell_writes_can_be_imported_and_written_again(worker: Worker) -> None:
    for number in (1, 2):
        load(worker, f"%%writefile helpers.py\nx = {number}")
        load(worker, "import importlib, helpers\nimportlib.reload(helpers)\nx = helpers.x")
        assert value(worker, "x") == number
    load(worker, "%%writefile -a helpers.py\ny = 3")
    load(worker, "%run helpers.py")  # nteract/papermill/issues/499
    assert value(worker, "y") == 3
    load(worker, "y = 4\n%run -i helpers")
    assert value(worker, "y") == 3
    with pytest.raises(StudentError, match=r"'helpers/none\.py'"):
        load(worker, "%run helpers/none")


# jupyter/nbconvert/issues/288, ipython/ipython/issues/11361
@pytest.mark.parametrize("question", ["input('How many?')", "import getpass\ngetpass.getpass()"])
def test_a_question_that_nobody_answers_is_an_error_with_a_fix(worker: Worker, question: str) -> None:
    with pytest.raises(StudentError, match="no keyboard while a notebook is graded"):
        load(worker, question)


def test_the_students_page_lists_what_can_be_imported(worker: Worker) -> None:
    page = (REPOSITORY / "assignments" / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"`(\w+)`", page.partition("and these:")[2].partition(". ")[0])
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    distributions = metadata.packages_distributions()
    assert {distributions[name][0].lower() for name in listed} == set(
        project["optional-dependencies"]["students"]
    )
    load(worker, "import " + ", ".join(listed))
