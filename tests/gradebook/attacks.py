"""Markup with which a student would run a script in the instructor's browser. Each says `ran` where it succeeds."""

from __future__ import annotations

import base64
from typing import Any

from tests import course

RUN = "window.ran=(window.ran||0)+1"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RUN}"><script>{RUN}</script></svg>'
_SVG_BASE64 = base64.b64encode(SVG.encode()).decode()

MARKDOWN = {
    "script": f"<script>{RUN}</script>",
    "script in a line": f"An answer <script>{RUN}</script> goes on",
    "script with a source": f'<script src="data:text/javascript,{RUN}"></script>',
    "image error": f'<img src=x onerror="{RUN}">',
    "image error without quotes": f"<img src=x onerror={RUN}>",
    "svg": SVG,
    "svg animation": f'<svg><animate onbegin="{RUN}" attributeName=x dur=1s></svg>',
    "details": f'<details open ontoggle="{RUN}"><summary>s</summary></details>',
    "focus": f'<input autofocus onfocus="{RUN}">',
    "video": f'<video src=x onerror="{RUN}"></video>',
    "frame": f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    "frame with a link": f'<iframe src="javascript:parent.{RUN}"></iframe>',
    "object": f'<object data="javascript:{RUN}"></object><embed src="javascript:{RUN}">',
    "form": f'<form action="javascript:{RUN}"><input type=submit id=explain></form>',
    "refresh": f'<meta http-equiv="refresh" content="0;url=javascript:{RUN}">',
    "base": '<base href="https://evil.example/">',
    "style": "<style>body{display:none}</style><link rel=stylesheet href=//evil.example>",
    "link": f"[click](javascript:{RUN})",
    "link in capitals": f"[click](JaVaScRiPt:{RUN})",
    "link with a tab": f'<a href="java&#9;script:{RUN}">click</a>',
    "link with references": f'<a href="&#106;avascript:{RUN}">click</a>',
    "link to data": f"[click](data:text/html;base64,{base64.b64encode(b'<script>1</script>').decode()})",
    "reference link": f"[click][r]\n\n[r]: javascript:{RUN}",
    "autolink": f"<javascript:{RUN}>",
    "image title": f'![x](y "t\\" onerror={RUN} \\"")',
    "image of svg": f"![x](data:image/svg+xml;base64,{_SVG_BASE64})",
    "image of html": "![x](data:text/html,<script>1</script>)",
    "attachment": "![x](attachment:x.svg)",
    "attachment that is not there": "![x](attachment:gone.png)",
    "math link": rf"$\href{{javascript:{RUN}}}{{x}}$",
    "math link by another name": rf"$\let\h\href \h{{javascript:{RUN}}}{{x}}$",
    "math style": r"$\style{position:fixed;inset:0}{x} \cssId{explain}{y} \class{btn}{z}$",
    "math with markup": f"$x <script>{RUN}</script>$",
    "math block with markup": f"$$\n<img src=x onerror={RUN}>\n$$",
    "math environment": f"\\begin{{align}}<img src=x onerror={RUN}>\\end{{align}}",
    "math script": f'<script type="text/x-mathjax-config">{RUN}</script>',
    "MathML": f'<math><mtext><img src=x onerror="{RUN}"></mtext></math>',
    "mutation": f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={RUN}&gt;">',
    "noscript": f'<noscript><p title="</noscript><img src=x onerror={RUN}>">',
    "comment": f"<!--><img src=x onerror={RUN}>-->",
    "declaration": f"<![CDATA[><img src=x onerror={RUN}>]]>",
    "unclosed": f"<img src=x onerror={RUN} ",
    "textarea": f"</textarea><img src=x onerror={RUN}>",
    "title": f"<title><img src=x onerror={RUN}></title>",
    "fence": f"```<img src=x onerror={RUN}>\n</pre><script>{RUN}</script>\n```",
    "fence of a language": f"```python\n</pre></div><script>{RUN}</script>\n```",
    "fence of no language": f'```"><script>{RUN}</script>\nx\n```',
    "mermaid": f"```mermaid\n</pre><img src=x onerror={RUN}>\n```",
    "inline code": f"`<img src=x onerror={RUN}>` ``</code><script>{RUN}</script>``",
    "table": f"| a |\n|---|\n| <img src=x onerror={RUN}> |",
    "heading with an id": "## explain\n\n<h2 id=explain>explain</h2><a name=explain></a>",
    "overlay": '<div style="position:fixed;inset:0;z-index:9999;background:url(//evil.example/x)">all is well</div>',
    "class of the page": '<button class="btn full-credit">x</button><div class="modal in">y</div>',
    "an address of the server": "![x](/logout) ![y](https://evil.example/beacon.png) [z](/api/shutdown)",
    "nested too deeply": "> " * 2000 + "x",
    "hidden": "abc\u202e<\u200bscript>\u2066",
}


def notebook() -> dict[str, Any]:
    """The tiny assignment with an attack wherever a student can write one."""
    tag = f"</pre></textarea><script>{RUN}</script><img src=x onerror={RUN}>"
    book = course.with_sources(
        explain="Why?\n\n" + MARKDOWN["script"] + "\n\n" + MARKDOWN["link"],
        double=f"def double(x):\n    raise ValueError({tag!r})",
        square=f"# {tag}\nimport ctypes; ctypes  # {tag}\ndef square(x):\n    return {tag!r}",
    )
    book["metadata"] = {
        "kernelspec": {"name": tag, "display_name": tag, "language": tag},
        "language_info": {"name": tag, "pygments_lexer": tag, "version": tag},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {tag: {}}, "version_major": 2}},
        "title": tag,
    }
    for number, text in enumerate(MARKDOWN.values()):
        book["cells"].append(course.text(f"m{number}", text))
        book["cells"][-1]["attachments"] = {"x.svg": {"image/svg+xml": _SVG_BASE64, f'image/"{tag}': "x"}}
    raw = {"cell_type": "raw", "id": "raw", "metadata": {"raw_mimetype": "text/html"}, "source": tag}
    book["cells"] += [raw, {**raw, "id": tag, "metadata": {}}]
    kinds = (
        "text/html text/markdown text/latex image/svg+xml application/javascript text/vnd.mermaid image/png"
    )
    outputs = [{"output_type": "display_data", "metadata": {}, "data": {kind: tag}} for kind in kinds.split()]
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": tag}}
    outputs += [
        {"output_type": "display_data", "metadata": {}, "data": view},
        {"output_type": "stream", "name": "stdout", "text": tag},
        {"output_type": "error", "ename": tag, "evalue": tag, "traceback": [tag]},
    ]
    metadata = {"tags": [tag], "nbgrader": {"grade_id": tag, "solution": True, "schema_version": 3}}
    code = {"cell_type": "code", "id": "out", "source": tag, "execution_count": 1, "outputs": outputs}
    book["cells"].append({**code, "metadata": metadata})
    return book
