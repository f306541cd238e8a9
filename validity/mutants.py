"""Wrong answers made from correct ones: each mutant changes one thing in one cell, as a student might get it wrong.

The usual operators (another comparison, a constant changed, a statement left out) come with those of this field: a
lost activation or bias, a sum for a mean, another axis, two arguments swapped, steps of a training loop in another
order, a change in place, a transposed matrix. Mutation libraries (mutmut, cosmic-ray) change modules and
start a test run for each; here a mutant is the text of a notebook's cell, and `ast` is enough to make it.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One wrong answer."""

    operator: str
    """What was done, in one to three words."""
    place: str
    """The function or class that contains the change: "train", "MLP.forward"."""
    before: str
    """The original statement, without the block indented below it."""
    after: str
    source: str
    """The whole cell."""

    @property
    def change(self) -> str:
        """What distinguishes a mutant from the others of its cell; it goes stale when the solution changes."""
        return f"{self.place}: {self.before} -> {self.after}"


def mutants(source: str) -> list[Mutant]:
    """Every mutant of a cell, without duplicates; docstrings, annotations and imports stay as they are."""
    tree = ast.parse(source)
    original = ast.unparse(tree)
    canonical = _canonical(original)
    found: dict[str, Mutant] = {}
    for spot in _spots(tree):
        for operator, name in OPERATORS.items():
            for replacement in operator(spot.node, spot.function):
                mutated = spot.put(tree, replacement)
                text = ast.unparse(ast.fix_missing_locations(mutated))
                if text in found or not _compiles(text) or _canonical(text) == canonical:
                    continue
                before, after = _difference(original, text)
                found[text] = Mutant(name, spot.place, before, after, text)
    return list(_numbered(found.values()))


def _numbered(mutants_: Iterator[Mutant]) -> Iterator[Mutant]:
    """If the same change is possible in several places, the later ones get a number: "#2"."""
    seen: dict[str, int] = {}
    for mutant in mutants_:
        seen[mutant.change] = seen.get(mutant.change, 0) + 1
        number = seen[mutant.change]
        if number > 1:
            after = f"{mutant.after} #{number}"
            mutant = Mutant(mutant.operator, mutant.place, mutant.before, after, mutant.source)
        yield mutant


def _difference(original: str, text: str) -> tuple[str, str]:
    """The lines that differ, from the first to the last of them."""
    old, new = original.splitlines(), text.splitlines()
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    before, after = (
        " / ".join(line.strip() for line in lines[start : len(lines) - end]) for lines in (old, new)
    )
    return before or "(nothing)", after or "(nothing)"


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec")
    except SyntaxError:
        return False
    return True


_SYMMETRIC = (
    "mse",
    "mse_loss",
    "l1_loss",
    "squared_error",
    "absolute_error",
    "max",
    "min",
    "maximum",
    "minimum",
)


def _canonical(text: str) -> str:
    """One text for code that plainly does the same: `(b - a) ** 2` and `(a - b) ** 2`, `mse(b, a)` and `mse(a, b)`."""

    class Canonical(ast.NodeTransformer):
        def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
            self.generic_visit(node)
            if isinstance(node.op, ast.Pow) and ast.unparse(node.right) in ("2", "2.0"):
                node.left = self._sorted_difference(node.left)
            return node

        def visit_Call(self, node: ast.Call) -> ast.AST:
            self.generic_visit(node)
            if _call_name(node) in _SYMMETRIC and len(node.args) == 2:
                node.args.sort(key=ast.unparse)
            if _call_name(node) in ("abs", "square") and isinstance(node.func, ast.Attribute):
                node.func.value = self._sorted_difference(node.func.value)
            if _call_name(node) == "zip":  # `strict` only checks, and changes nothing if lengths agree
                node.keywords = []
            return node

        def _sorted_difference(self, node: ast.expr) -> ast.expr:
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
                node.left, node.right = sorted((node.left, node.right), key=ast.unparse)
            return node

    return ast.unparse(Canonical().visit(ast.parse(text)))


# ---- where a change can be made

Function = ast.FunctionDef | None
_LEFT_ALONE = {"annotation", "returns", "decorator_list", "type_params", "ctx", "keywords_of_class", "bases"}


@dataclass(frozen=True)
class _Spot:
    """A node, the path to it from the root, and what contains it."""

    node: ast.AST | list[ast.stmt]  # a list of statements is a body
    path: tuple[tuple[str, int | None], ...]
    place: str
    function: Function

    def put(self, tree: ast.AST, replacement: ast.AST | list[ast.stmt]) -> ast.AST:
        """A copy of the tree with `replacement` here."""
        root = copy.deepcopy(tree)
        node = root
        *way, (field, index) = self.path
        for name, number in way:
            node = getattr(node, name) if number is None else getattr(node, name)[number]
        if index is None:
            setattr(node, field, copy.deepcopy(replacement))
        else:
            getattr(node, field)[index] = copy.deepcopy(replacement)
        return root


def _spots(node: ast.AST, path: tuple = (), place: str = "", function: Function = None) -> Iterator[_Spot]:
    if path:
        yield _Spot(node, path, place or "top level", function)
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        place = f"{place}.{node.name}" if place else node.name
        function = node if isinstance(node, ast.FunctionDef) else function
    for field, value in ast.iter_fields(node):
        if field in _LEFT_ALONE:
            continue
        if isinstance(value, list):
            if value and isinstance(value[0], ast.stmt) and not isinstance(node, (ast.Module, ast.ClassDef)):
                yield _Spot(value, (*path, (field, None)), place or "top level", function)
            for index, child in enumerate(value):
                if isinstance(child, ast.AST) and not _is_left_alone(child):
                    yield from _spots(child, (*path, (field, index)), place, function)
        elif isinstance(value, ast.AST) and not _is_left_alone(value):
            yield from _spots(value, (*path, (field, None)), place, function)


def _is_left_alone(node: ast.AST) -> bool:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return True
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)  # a docstring


# ---- operators: from a node to its possible replacements

Operator = Callable[[object, Function], Iterator[object]]
OPERATORS: dict[Operator, str] = {}


def _operator(name: str) -> Callable[[Operator], Operator]:
    def register(function: Operator) -> Operator:
        OPERATORS[function] = name
        return function

    return register


def _call_name(node: object) -> str:
    """The last part of the called name: "zero_grad" for `optimizer.zero_grad()`."""
    if not isinstance(node, ast.Call):
        return ""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _parse(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@_operator("statement left out")
def _left_out(node: object, _: Function) -> Iterator[object]:
    if isinstance(node, (ast.Expr, ast.AugAssign, ast.Raise, ast.Assert, ast.Break, ast.Continue)):
        yield ast.Pass()
    if isinstance(node, ast.Assign) and not isinstance(node.targets[0], ast.Name):  # self.x = …, x[i] = …
        yield ast.Pass()
    if isinstance(node, (ast.For, ast.While, ast.If)):
        yield ast.Pass()
    if isinstance(node, list) and len(node) > 1:
        for index, statement in enumerate(node):
            rebinds = isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
            if rebinds and statement.targets[0].id in _names_read(statement.value):  # x = f(x)
                yield [*node[:index], *node[index + 1 :]]


@_operator("statements in another order")
def _reordered(node: object, _: Function) -> Iterator[object]:
    if not isinstance(node, list):
        return
    for index in range(len(node) - 1):
        first, second = node[index : index + 2]
        fixed = (ast.Return, ast.Raise, ast.FunctionDef)
        if any(isinstance(s, fixed) or _is_left_alone(s) for s in (first, second)):
            continue
        if _independent(first, second):
            continue
        yield [*node[:index], second, first, *node[index + 2 :]]


def _independent(first: ast.stmt, second: ast.stmt) -> bool:
    """Whether the order cannot matter: both only bind names, none of which the other reads. Calls may do anything."""
    return (
        isinstance(first, ast.Assign)
        and isinstance(second, ast.Assign)
        and not _names_bound(first) & _names_read(second)
        and not _names_bound(second) & _names_read(first)
        and not _names_bound(second) & _names_bound(first)
    )


def _names_read(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _names_bound(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


@_operator("moved into or out of the loop")
def _moved(node: object, _: Function) -> Iterator[object]:
    if not isinstance(node, list):
        return
    for index, loop in enumerate(node):
        if not isinstance(loop, (ast.For, ast.While, ast.With)):
            continue
        if len(loop.body) > 1:
            shorter = copy.copy(loop)
            shorter.body = loop.body[:-1]
            yield [*node[:index], shorter, loop.body[-1], *node[index + 1 :]]
            shorter = copy.copy(loop)
            shorter.body = loop.body[1:]
            yield [*node[:index], loop.body[0], shorter, *node[index + 1 :]]
        if index + 1 < len(node):
            longer = copy.copy(loop)
            longer.body = [*loop.body, node[index + 1]]
            yield [*node[:index], longer, *node[index + 2 :]]


@_operator("a block without its head")
def _unwrapped(node: object, _: Function) -> Iterator[object]:
    if not isinstance(node, list):
        return
    for index, statement in enumerate(node):
        if isinstance(statement, (ast.With, ast.If, ast.Try)):  # no_grad lost, a guard lost
            yield [*node[:index], *statement.body, *node[index + 1 :]]
        if isinstance(statement, ast.If) and statement.orelse:
            yield [*node[:index], *statement.orelse, *node[index + 1 :]]


@_operator("one round of a loop")
def _one_round(node: object, _: Function) -> Iterator[object]:
    if isinstance(node, (ast.For, ast.While)):
        short = copy.copy(node)
        short.body = [*node.body, ast.Break()]
        yield short


_SIGNS: dict[type[ast.operator], list[type[ast.operator]]] = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div],
    ast.Div: [ast.Mult],
    ast.FloorDiv: [ast.Mult, ast.Div],
    ast.Mod: [ast.FloorDiv],
    ast.Pow: [ast.Mult],
    ast.MatMult: [ast.Mult],
    ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd],
}


@_operator("another operator")
def _arithmetic(node: object, _: Function) -> Iterator[object]:
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        for sign in _SIGNS.get(type(node.op), []):
            changed = copy.copy(node)
            changed.op = sign()
            yield changed


@_operator("a term or a factor lost")
def _lost_operand(node: object, _: Function) -> Iterator[object]:
    if isinstance(node, ast.BinOp):
        yield node.left
        yield node.right
    if isinstance(node, ast.BoolOp):
        for index in range(len(node.values)):
            rest = [*node.values[:index], *node.values[index + 1 :]]
            yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    if isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
        yield node.operand


@_operator("operands the other way round")
def _swapped_operands(node: object, _: Function) -> Iterator[object]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Sub, ast.Div, ast.MatMult, ast.Pow)):
        yield ast.BinOp(node.right, node.op, node.left)


@_operator("transposed")
def _transposed(node: object, _: Function) -> Iterator[object]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        yield ast.BinOp(_transpose(node.left), node.op, node.right)
        yield ast.BinOp(node.left, node.op, _transpose(node.right))
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield node.value
    flat = (
        "squeeze",
        "sum",
        "mean",
        "item",
        "stack",
        "flatten",
    )  # one dimension or none: nothing to transpose
    if isinstance(node, ast.Return) and isinstance(node.value, (ast.BinOp, ast.Call)):
        yield from [] if _call_name(node.value) in flat else [ast.Return(_transpose(node.value))]


def _transpose(node: ast.expr) -> ast.expr:
    return ast.Attribute(node, "T", ast.Load())


_COMPARISONS: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq, ast.GtE, ast.LtE],
    ast.NotEq: [ast.Eq],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
}


@_operator("another comparison")
def _comparison(node: object, _: Function) -> Iterator[object]:
    if isinstance(node, ast.Compare):
        for index, old in enumerate(node.ops):
            for new in _COMPARISONS.get(type(old), []):
                yield ast.Compare(
                    node.left, [*node.ops[:index], new(), *node.ops[index + 1 :]], node.comparators
                )
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)


@_operator("always or never")
def _fixed_condition(node: object, _: Function) -> Iterator[object]:
    if isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse
        yield ast.IfExp(node.test, node.orelse, node.body)
    if isinstance(node, ast.comprehension) and node.ifs:
        yield ast.comprehension(node.target, node.iter, [], node.is_async)


@_operator("another constant")
def _constant(node: object, _: Function) -> Iterator[object]:
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        others = [not value]
    elif isinstance(value, int):
        others = [value + 1, value - 1, *([-value] if value else [])]
    elif isinstance(value, float):
        others = [2 * value, value / 2, -value] if value else [1.0, -1.0]
    elif isinstance(value, str):
        others = [f"{value}_"]
    else:
        return
    for other in others:
        yield _parse(repr(other))


@_operator("another message")
def _message(node: object, _: Function) -> Iterator[object]:
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        if node.exc.args:
            yield ast.Raise(ast.Call(node.exc.func, [ast.Constant("wrong")], []), None)
        other = "TypeError" if _call_name(node.exc) != "TypeError" else "ValueError"
        yield ast.Raise(ast.Call(ast.Name(other, ast.Load()), node.exc.args, []), None)


@_operator("sign or factor")
def _scaled(node: object, _: Function) -> Iterator[object]:
    """The whole value of a return or an assignment, or each entry of a tuple, is negated or doubled."""
    if not isinstance(node, (ast.Return, ast.Assign, ast.AugAssign)) or node.value is None:
        return
    parts = node.value.elts if isinstance(node.value, (ast.Tuple, ast.List)) else [node.value]
    for index, part in enumerate(parts):
        if not isinstance(part, (ast.BinOp, ast.Call, ast.Name, ast.Subscript)):
            continue
        for scaled in (ast.UnaryOp(ast.USub(), part), ast.BinOp(ast.Constant(2), ast.Mult(), part)):
            changed = copy.deepcopy(node)
            if part is node.value:
                changed.value = scaled
            else:
                changed.value.elts[index] = scaled
            yield changed


_OTHER_NAMES = {
    "sum": ["mean"],
    "mean": ["sum", "median"],
    "max": ["min"],
    "min": ["max"],
    "amax": ["amin"],
    "argmax": ["argmin"],
    "argmin": ["argmax"],
    "std": ["var"],
    "var": ["std"],
    "relu": ["tanh", "sigmoid"],
    "ReLU": ["Tanh", "Sigmoid", "Identity"],
    "tanh": ["sigmoid", "relu"],
    "Tanh": ["Sigmoid", "ReLU", "Identity"],
    "sigmoid": ["tanh", "relu", "logsigmoid"],
    "Sigmoid": ["Tanh", "ReLU", "Identity"],
    "softmax": ["log_softmax", "sigmoid"],
    "log_softmax": ["softmax"],
    "Softmax": ["LogSoftmax"],
    "exp": ["expm1"],
    "log": ["log2", "log1p"],
    "sin": ["cos"],
    "cos": ["sin"],
    "abs": ["square"],
    "sqrt": ["square"],
    "square": ["abs"],
    "zeros": ["ones"],
    "ones": ["zeros"],
    "zeros_like": ["ones_like"],
    "ones_like": ["zeros_like"],
    "randn": ["rand", "zeros", "ones"],
    "rand": ["randn", "zeros"],
    "zeros_": ["ones_"],
    "normal_": ["uniform_", "zeros_"],
    "xavier_normal_": ["xavier_uniform_", "kaiming_normal_", "zeros_"],
    "xavier_uniform_": ["xavier_normal_", "kaiming_uniform_", "zeros_"],
    "kaiming_normal_": ["kaiming_uniform_", "xavier_normal_", "zeros_"],
    "kaiming_uniform_": ["kaiming_normal_", "xavier_uniform_", "zeros_"],
    "mse_loss": ["l1_loss"],
    "MSELoss": ["L1Loss"],
    "l1_loss": ["mse_loss"],
    "BCELoss": ["BCEWithLogitsLoss", "MSELoss"],
    "BCEWithLogitsLoss": ["BCELoss", "MSELoss"],
    "binary_cross_entropy": ["binary_cross_entropy_with_logits", "mse_loss"],
    "binary_cross_entropy_with_logits": ["binary_cross_entropy", "mse_loss"],
    "cross_entropy": ["nll_loss", "mse_loss"],
    "CrossEntropyLoss": ["NLLLoss", "MultiMarginLoss"],
    "SGD": ["Adam"],
    "Adam": ["SGD"],
    "train": ["eval"],
    "eval": ["train"],
    "no_grad": ["enable_grad"],
    "MaxPool2d": ["AvgPool2d"],
    "max_pool2d": ["avg_pool2d"],
    "ModuleList": ["list"],
    "add_": ["sub_"],
    "sub_": ["add_"],
    "cumsum": ["cumprod"],
    "cumprod": ["cumsum"],
    "floor": ["ceil"],
    "ceil": ["floor"],
    "any": ["all"],
    "all": ["any"],
    "sorted": ["list"],
    "reversed": ["list"],
    "extend": ["append"],
    "float32": ["float64", "int64"],
    "float64": ["float32", "int64"],
    "long": ["float"],
    "int64": ["float32"],
}


@_operator("a neighbour's name")
def _renamed(node: object, _: Function) -> Iterator[object]:
    if isinstance(node, ast.Attribute):
        for other in _OTHER_NAMES.get(node.attr, []):
            if other == "list":
                yield ast.Name("list", ast.Load())
            else:
                yield ast.Attribute(node.value, other, node.ctx)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        for other in _OTHER_NAMES.get(node.func.id, []):
            yield ast.Call(ast.Name(other, ast.Load()), node.args, node.keywords)


@_operator("a call lost")
def _lost_call(node: object, _: Function) -> Iterator[object]:
    """`x.detach()` becomes `x`, `torch.relu(x)` becomes `x`: activations, clones, scalings, parameters."""
    if not isinstance(node, ast.Call):
        return
    name = _call_name(node)
    if node.args and not isinstance(node.args[0], (ast.Starred, ast.GeneratorExp)) and name not in ("range",):
        yield node.args[0]
    if isinstance(node.func, ast.Attribute) and not _is_module(node.func.value):
        yield node.func.value


def _is_module(node: ast.expr) -> bool:
    names = ("torch", "nn", "F", "np", "pd", "math", "init", "functional", "optim", "linalg", "utils")
    return (isinstance(node, ast.Name) and node.id in names) or (
        isinstance(node, ast.Attribute) and node.attr in names and _is_module(node.value)
    )


@_operator("arguments swapped")
def _swapped_arguments(node: object, _: Function) -> Iterator[object]:
    if isinstance(node, ast.Call):
        for index in range(len(node.args) - 1):
            if any(isinstance(arg, ast.Starred) for arg in node.args):
                continue
            first, second = node.args[index : index + 2]
            args = [*node.args[:index], second, first, *node.args[index + 2 :]]
            yield ast.Call(node.func, args, node.keywords)
    if isinstance(node, (ast.Tuple, ast.List)) and isinstance(node.ctx, ast.Load):
        for index in range(len(node.elts) - 1):
            first, second = node.elts[index : index + 2]
            yield type(node)([*node.elts[:index], second, first, *node.elts[index + 2 :]], node.ctx)


@_operator("an argument lost")
def _lost_argument(node: object, _: Function) -> Iterator[object]:
    """A keyword or a last argument is left out, or an element of a list, or a layer of a Sequential."""
    if isinstance(node, ast.Call):
        for index in range(len(node.keywords)):
            rest = [*node.keywords[:index], *node.keywords[index + 1 :]]
            yield ast.Call(node.func, node.args, rest)
        every = _call_name(node) in ("Sequential", "ModuleList", "cat", "stack")
        for index in range(len(node.args)):
            if every or (index == len(node.args) - 1 and index > 0):
                yield ast.Call(node.func, [*node.args[:index], *node.args[index + 1 :]], node.keywords)
    if isinstance(node, ast.List) and isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        for index in range(len(node.elts)):
            yield ast.List([*node.elts[:index], *node.elts[index + 1 :]], node.ctx)
    if isinstance(node, ast.Dict) and len(node.keys) > 1:
        for index in range(len(node.keys)):
            keys, values = ([*part[:index], *part[index + 1 :]] for part in (node.keys, node.values))
            yield ast.Dict(keys, values)


@_operator("without a bias")
def _without_bias(node: object, _: Function) -> Iterator[object]:
    layers = ("Linear", "Conv2d", "Conv1d")
    if _call_name(node) in layers and "bias" not in [keyword.arg for keyword in node.keywords]:
        yield ast.Call(node.func, node.args, [*node.keywords, ast.keyword("bias", ast.Constant(False))])


@_operator("another axis")
def _axis(node: object, _: Function) -> Iterator[object]:
    if isinstance(node, ast.keyword) and node.arg in ("dim", "axis") and isinstance(node.value, ast.Constant):
        for other in {0, 1, -1} - {node.value.value}:
            yield ast.keyword(node.arg, _parse(str(other)))
    if isinstance(node, ast.keyword) and node.arg == "keepdim":
        yield ast.keyword("keepdim", ast.Constant(False))


@_operator("another range")
def _range(node: object, _: Function) -> Iterator[object]:
    if _call_name(node) == "range" and not node.keywords:
        last = len(node.args) > 1
        for change in ("+ 1", "- 1"):
            end = _parse(f"({ast.unparse(node.args[int(last)])}) {change}")
            args = [node.args[0], end, *node.args[2:]] if last else [end]
            yield ast.Call(node.func, args, [])
        if not last:
            yield ast.Call(node.func, [ast.Constant(1), node.args[0]], [])
    if isinstance(node, ast.Slice):
        for field in ("lower", "upper", "step"):
            if getattr(node, field) is not None:
                changed = copy.copy(node)
                setattr(changed, field, None)
                yield changed
    if isinstance(node, ast.For):
        for text in ("{}[1:]", "{}[:-1]"):
            changed = copy.copy(node)
            changed.iter = _parse(text.format(f"list({ast.unparse(node.iter)})"))
            if _call_name(node.iter) != "range":
                yield changed


@_operator("another of the arguments")
def _other_parameter(node: object, function: Function) -> Iterator[object]:
    """The test set for the train set, the target for the prediction: a parameter is replaced by another of the same
    kind."""
    if function is None or not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
        return
    kinds = {
        arg.arg: ast.unparse(arg.annotation) if arg.annotation else ""
        for arg in (*function.args.args, *function.args.kwonlyargs)
        if arg.arg != "self"
    }
    for other, kind in kinds.items():
        if node.id in kinds and other != node.id and kind == kinds[node.id]:
            yield ast.Name(other, node.ctx)


_IN_PLACE = {ast.Add: "add_", ast.Sub: "sub_", ast.Mult: "mul_", ast.Div: "div_"}


@_operator("in place, or no longer")
def _in_place(node: object, function: Function) -> Iterator[object]:
    """A caller's argument is changed in place; a parameter is replaced where it should be updated."""
    if isinstance(node, ast.BinOp) and type(node.op) in _IN_PLACE:
        parameters = {arg.arg for arg in function.args.args} if function else set()
        if isinstance(node.left, ast.Name) and node.left.id in parameters:
            method = ast.Attribute(node.left, _IN_PLACE[type(node.op)], ast.Load())
            yield ast.Call(method, [node.right], [])
    if isinstance(node, ast.AugAssign):
        load = copy.deepcopy(node.target)
        load.ctx = ast.Load()
        yield ast.Assign([node.target], ast.BinOp(load, node.op, node.value), lineno=0)
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and len(node.targets) == 1:
        target, left = node.targets[0], node.value.left
        if ast.unparse(target) == ast.unparse(left):
            yield ast.AugAssign(target, node.value.op, node.value.right)


@_operator("never reset")
def _shared_start(node: object, _: Function) -> Iterator[object]:
    """A list or a sum that is started afresh in each round is started only once: `losses = []` moves out of the
    loop."""
    if isinstance(node, list):
        for index, loop in enumerate(node):
            if not isinstance(loop, (ast.For, ast.While)):
                continue
            for at, statement in enumerate(loop.body):
                if isinstance(statement, ast.Assign) and isinstance(
                    statement.value, (ast.List, ast.Constant, ast.Dict)
                ):
                    shorter = copy.copy(loop)
                    shorter.body = [*loop.body[:at], *loop.body[at + 1 :]]
                    if shorter.body:
                        yield [*node[:index], statement, shorter, *node[index + 1 :]]
