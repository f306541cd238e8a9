"""Correct answers written differently: each rewrite changes how a cell looks but not what it computes.

A rewrite takes the source of one cell and returns another, or None if there is nothing to change. It must not change
what a caller sees: names of functions, classes and parameters, attributes, values, and the order in which random
numbers are drawn.
"""

from __future__ import annotations

import ast
import builtins
import textwrap
from collections.abc import Callable, Iterator

Rewrite = Callable[[str], str | None]
REWRITES: dict[str, Rewrite] = {}
EXTRA_CELLS: dict[str, str] = {
    "an extra cell with leftovers": "x, y, X, t, w, b, model, loss, i, n = range(10)\nprint(x, undefined_name)",
    "an extra cell with magics": "%matplotlib inline\n!ls\nimport matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()",
    "an extra cell that plays with settings": (
        "import random\nimport numpy as np\nimport torch\nrandom.seed(1)\nnp.random.seed(1)\ntorch.manual_seed(1)\n"
        "torch.set_printoptions(precision=2)\nnp.set_printoptions(precision=2)\ntorch.rand(3).sum()"
    ),
    "an empty extra cell": "\n",
}
"""Extra cells of the student, put after every task."""


def _rewrite(name: str) -> Callable[[Rewrite], Rewrite]:
    def register(function: Rewrite) -> Rewrite:
        REWRITES[name] = function
        return function

    return register


class _Transformer(ast.NodeTransformer):
    """Counts what it changes, so that a cell it left alone is not graded again."""

    changed = 0

    def rewritten(self, source: str) -> str | None:
        tree = self.visit(ast.parse(source))
        return ast.unparse(ast.fix_missing_locations(tree)) if self.changed else None


# ---- layout


@_rewrite("comments and spacing lost")
def _unparsed(source: str) -> str | None:
    return ast.unparse(ast.parse(source))


@_rewrite("docstrings lost")
def _without_docstrings(source: str) -> str | None:
    tree = ast.parse(source)
    changed = False
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
            changed = True
    return ast.unparse(tree) if changed else None


@_rewrite("annotations lost")
def _without_annotations(source: str) -> str | None:
    class Drop(_Transformer):
        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
            self.generic_visit(node)
            self.changed += node.returns is not None
            node.returns = None
            return node

        def visit_arg(self, node: ast.arg) -> ast.AST:
            self.changed += node.annotation is not None
            node.annotation = None
            return node

    return Drop().rewritten(source)


@_rewrite("comments that name what is forbidden")
def _with_comments(source: str) -> str | None:
    words = "# no sklearn, no autograd, no .backward(), no torch.optim, no conv2d here: all by hand"
    lines = ast.unparse(ast.parse(source)).splitlines()
    return "\n".join([words, *[f"{line}  {words}" if line.endswith(":") else line for line in lines]])


@_rewrite("indented by two, with CRLF")
def _two_spaces(source: str) -> str | None:
    lines = []
    for line in _without_docstrings_or_same(source).splitlines():
        depth = len(line) - len(line.lstrip(" "))
        lines.append(" " * (depth // 2) + line.lstrip(" ") + "   ")
    return "\r\n".join(lines) if _one_line_strings(source) else None


def _without_docstrings_or_same(source: str) -> str:
    return _without_docstrings(source) or ast.unparse(ast.parse(source))


def _one_line_strings(source: str) -> bool:
    """Whether only docstrings span several lines: in other strings, the indentation would be part of the value."""
    tree = ast.parse(_without_docstrings_or_same(source))
    strings = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return not any("\n" in text for text in strings)


@_rewrite("imports once more")
def _with_imports(source: str) -> str | None:
    if "from __future__" in source:  # it must come first
        return None
    return (
        "import math\nimport numpy as np\nimport pandas as pd\nimport torch\nimport torch.nn as nn\n"
        "import torch.nn.functional as F\nimport matplotlib.pyplot as plt\n"
        "from torch.nn import Linear, Module, Sequential\n" + source
    )


@_rewrite("definitions in another order")
def _reordered(source: str) -> str | None:
    tree = ast.parse(source)
    changed = _reverse_definitions(tree.body)
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            changed |= _reverse_definitions(node.body)
    return ast.unparse(tree) if changed else None


def _reverse_definitions(body: list[ast.stmt]) -> bool:
    """Functions and classes swap places if none needs another to be defined first."""
    places = [i for i, node in enumerate(body) if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    names = {body[i].name for i in places}
    if len(places) < 2 or len(names) < len(places):
        return False
    for i in places:
        node = body[i]
        early = [*node.decorator_list]
        early += (
            node.bases if isinstance(node, ast.ClassDef) else [*node.args.defaults, *node.args.kw_defaults]
        )
        if any(names & _names(part) for part in early if part is not None) or node.decorator_list:
            return False
    between = [
        node for node in body[places[0] : places[-1]] if not isinstance(node, (ast.FunctionDef, ast.ClassDef))
    ]
    if between:  # they may use what comes before them
        return False
    for i, node in zip(places, [body[i] for i in reversed(places)], strict=True):
        body[i] = node
    return True


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


# ---- how it is named


@_rewrite("local variables renamed")
def _renamed(source: str) -> str | None:
    tree = ast.parse(source)
    changed = False
    for function in _outermost_functions(tree):
        fixed = {
            arg.arg
            for node in ast.walk(function)
            if isinstance(node, ast.arguments)
            for arg in _arguments(node)
        }
        for node in ast.walk(function):
            if isinstance(node, (ast.Global, ast.Nonlocal)):
                fixed |= set(node.names)
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                fixed.add(node.name)
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                fixed |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        bound = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        handlers = {n.name for n in ast.walk(function) if isinstance(n, ast.ExceptHandler)}
        local = sorted(bound - fixed - handlers - set(dir(builtins)))
        new = {name: f"my_{number}_{name.strip('_')}" for number, name in enumerate(local)}
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and node.id in new:
                node.id = new[node.id]
                changed = True
    return ast.unparse(tree) if changed else None


def _outermost_functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Functions that are not inside another function."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from _outermost_functions(node)


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    every = [
        *arguments.posonlyargs,
        *arguments.args,
        *arguments.kwonlyargs,
        arguments.vararg,
        arguments.kwarg,
    ]
    return [arg for arg in every if arg is not None]


# ---- the message


@_rewrite("results named before they are returned")
def _named_results(source: str) -> str | None:
    class Name(_Transformer):
        def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.stmt]:
            if node.value is None or isinstance(node.value, (ast.Name, ast.Constant)):
                return node
            self.changed += 1
            return [
                ast.Assign([ast.Name("the_result", ast.Store())], node.value),
                ast.Return(ast.Name("the_result", ast.Load())),
            ]

        def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
            return node

    return Name().rewritten(source)


@_rewrite("the work done in a helper")
def _helpers(source: str) -> str | None:
    """Each function passes everything on to a function with another name, as in a notebook of someone who tried things
    out."""
    tree = ast.parse(source)
    body: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.decorator_list and not node.args.vararg:
            calls = ", ".join([arg.arg for arg in (*node.args.posonlyargs, *node.args.args)])
            calls += "".join(f", {arg.arg}={arg.arg}" for arg in node.args.kwonlyargs)
            outer = ast.parse(
                f"def {node.name}():\n    return {node.name}_second_try({calls.strip(', ')})"
            ).body[0]
            outer.args, outer.returns = node.args, node.returns
            body += [ast.FunctionDef(**{**vars(node), "name": f"{node.name}_second_try"}), outer]
        else:
            body.append(node)
    if len(body) == len(tree.body):
        return None
    tree.body = body
    return ast.unparse(ast.fix_missing_locations(tree))


@_rewrite("while for for")
def _while_loops(source: str) -> str | None:
    class While(_Transformer):
        def visit_For(self, node: ast.For) -> ast.AST | list[ast.stmt]:
            self.generic_visit(node)
            if node.orelse:
                return node
            self.changed += 1
            name = f"items_{self.changed}"
            loop = ast.parse(
                f"{name} = iter(range(0))\nwhile True:\n    try:\n        x = next({name})\n"
                "    except StopIteration:\n        break"
            ).body
            loop[0].value.args = [node.iter]
            loop[1].body[0].body[0].targets = [node.target]
            loop[1].body += node.body
            return loop

    return While().rewritten(source)


@_rewrite("loops for comprehensions")
def _loops(source: str) -> str | None:
    """`x = [f(i) for i in y]` and `return [...]` become a loop that appends."""

    class Loop(_Transformer):
        def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.stmt]:
            return self._loop(node)

        def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.stmt]:
            return self._loop(node)

        def _loop(self, node: ast.Assign | ast.Return) -> ast.AST | list[ast.stmt]:
            value = node.value
            if not isinstance(value, ast.ListComp) or len(value.generators) != 1:
                return node
            (generator,) = value.generators
            self.changed += 1
            made = f"made_{self.changed}"
            step: list[ast.stmt] = [ast.Expr(ast.Call(_expression(f"{made}.append"), [value.elt], []))]
            for condition in generator.ifs:
                step = [ast.If(condition, step, [])]
            node.value = ast.Name(made, ast.Load())
            start = ast.Assign([ast.Name(made, ast.Store())], ast.List([], ast.Load()))
            return [start, ast.For(generator.target, generator.iter, step, []), node]

    return Loop().rewritten(source)


@_rewrite("conditions turned round")
def _turned_conditions(source: str) -> str | None:
    mirrored = {
        ast.Lt: ast.Gt,
        ast.Gt: ast.Lt,
        ast.LtE: ast.GtE,
        ast.GtE: ast.LtE,
        ast.Eq: ast.Eq,
        ast.NotEq: ast.NotEq,
    }

    class Turn(_Transformer):
        def visit_If(self, node: ast.If) -> ast.AST:
            self.generic_visit(node)
            self.changed += 1
            node.test = ast.UnaryOp(ast.Not(), node.test)
            node.body, node.orelse = node.orelse or [ast.Pass()], node.body
            return node

        def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
            self.generic_visit(node)
            self.changed += 1
            return ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.orelse, node.body)

        def visit_Compare(self, node: ast.Compare) -> ast.AST:
            self.generic_visit(node)
            if len(node.ops) == 1 and type(node.ops[0]) in mirrored:
                self.changed += 1
                return ast.Compare(node.comparators[0], [mirrored[type(node.ops[0])]()], [node.left])
            return node

    return Turn().rewritten(source)


@_rewrite("factors and squares written the other way")
def _factors(source: str) -> str | None:
    class Turn(_Transformer):
        def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
            self.generic_visit(node)
            if isinstance(node.op, ast.Mult) and not isinstance(node.left, ast.List):
                self.changed += 1
                return ast.BinOp(node.right, node.op, node.left)
            is_square = (
                isinstance(node.op, ast.Pow)
                and isinstance(node.right, ast.Constant)
                and node.right.value == 2
            )
            if is_square and isinstance(node.left, ast.Name):
                self.changed += 1
                return ast.BinOp(node.left, ast.Mult(), node.left)
            return node

    return Turn().rewritten(source)


@_rewrite("a product row by row")
def _row_by_row(source: str) -> str | None:
    """`X @ w` of a small matrix as a loop over its rows."""

    class Rows(_Transformer):
        def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
            self.generic_visit(node)
            if isinstance(node.op, ast.MatMult):
                self.changed += 1
                return ast.Call(ast.Name("row_by_row", ast.Load()), [node.left, node.right], [])
            return node

    text = Rows().rewritten(source)
    if text is None:
        return None
    helper = """
    def row_by_row(a, b):
        if not hasattr(a, "unsqueeze") or a.dim() != 2 or not 0 < len(a) <= 64:
            return a @ b
        return torch.stack([row @ b for row in a])
    """
    return f"import torch\n{textwrap.dedent(helper)}\n{text}"


@_rewrite("float64 inside")
def _double(source: str) -> str | None:
    """A function of tensors and numbers computes in float64 and returns the type that it was given."""
    tree = ast.parse(source)
    plain = ("torch.Tensor", "Tensor", "int", "float", "bool", "str")
    changed = False
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or node.decorator_list or "float32" in ast.unparse(node):
            continue
        kinds = [ast.unparse(arg.annotation) if arg.annotation else "" for arg in _arguments(node.args)]
        returned = ast.unparse(node.returns) if node.returns else ""
        if set(kinds) <= set(plain) and "torch.Tensor" in kinds and "torch.Tensor" in returned:
            node.decorator_list = [ast.Name("in_float64", ast.Load())]
            changed = True
    helper = """
    def in_float64(function):
        def computed(*args, **kwargs):
            def double(v):
                return v.double() if torch.is_tensor(v) and v.dtype == torch.float32 else v

            def single(v):
                if isinstance(v, tuple):
                    return tuple(single(part) for part in v)
                return v.float() if torch.is_tensor(v) and v.dtype == torch.float64 else v

            before = torch.get_default_dtype()
            torch.set_default_dtype(torch.float64)
            try:
                return single(function(*map(double, args), **{k: double(v) for k, v in kwargs.items()}))
            finally:
                torch.set_default_dtype(before)

        return computed
    """
    text = ast.unparse(ast.fix_missing_locations(tree))
    return f"import torch\n{textwrap.dedent(helper)}\n{text}" if changed else None


@_rewrite("prints and warnings")
def _chatty(source: str) -> str | None:
    """Every function says on stdout and stderr that it was called, and warns."""
    tree = ast.parse(source)
    line = 'import sys, warnings; print("here"); print("here", file=sys.stderr); warnings.warn("careful")'
    functions = list(_outermost_functions(tree))
    for function in functions:
        at = int(ast.get_docstring(function) is not None)
        function.body[at:at] = ast.parse(line).body
    return ast.unparse(ast.fix_missing_locations(tree)) if functions else None


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
