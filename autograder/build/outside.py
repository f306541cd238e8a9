"""Test cells that run inside the notebook, rewritten as hidden tests that judge from outside.

In nbgrader and otter a test cell shares its process with the student's code. Here calls go to the notebook through
`student`, plain data comes back, and the asserts are evaluated in the judge: `assert squares(2) == [1, 4]` becomes
`assert_equal(student.squares(2), [1, 4], name="squares(…)")`. What needs the student's process is left to the author:
replaced functions, captured output, generators.
"""

from __future__ import annotations

import ast
import builtins
import copy
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from autograder.build import autotests
from autograder.build.foreign import Check
from autograder.build.statements import bound, changed, defined, parsed, used

_INSIDE = {
    "redirect_stdout": "it captures what the student's code prints",
    "capsys": "it captures what the student's code prints",
    "patch": "it replaces something in the student's process",
    "mock": "it replaces something in the student's process",
    "inspect": "it reads the student's source code",
    "globals": "it looks into the student's process",
    "locals": "it looks into the student's process",
    "get_ipython": "it needs IPython",
    "In": "it reads the cells that were run",
    "exec": "it runs code of its own in the student's process",
    "eval": "it runs code of its own in the student's process",
}
"""What a judge cannot do from outside, by the name that reveals it."""
_AUTOTEST = (
    "nbgrader writes this test from the solution, whose value is no plain data: say what should come out"
)
_NOTHING = "it uses nothing that an answer defines"
_FILES = {
    "open",
    "read_csv",
    "read_json",
    "read_excel",
    "load",
    "loadtxt",
    "genfromtxt",
    "read_table",
    "imread",
}
_RAISES = ("assert_raises", "raises")
_NUMPY_NUMBER = re.compile(r"np\.(float|int|uint|complex|str_|bytes_)\d*")
_SHOWN = {"print", "display", "plot", "show", "figure"}
"""Calls that only display something."""
_BUILTINS = set(dir(builtins))


class ByHand(Exception):
    """This statement is left to the author; the message says why."""


@dataclass(frozen=True)
class Notebook:
    """What is known about the notebook when a test cell is reached."""

    student: frozenset[str]
    """The names that answers define, and what is computed from them."""
    callables: frozenset[str]
    """Those of the student's names that are functions or classes."""
    given: tuple[ast.stmt, ...]
    """The statements of the cells above, and of earlier test cells, that are the same for everybody."""
    carried: tuple[ast.stmt, ...]
    """The statements of earlier test cells that keep what an answer returned."""
    imports: dict[str, str]
    """The import statement that brings each name."""


@dataclass
class Line:
    """A statement of a hidden test."""

    node: ast.stmt
    original: str
    """The statement in the test cell."""
    judges: bool
    """Whether it checks something about the student's work."""


@dataclass
class Rewritten:
    """A hidden test."""

    lines: list[Line] = field(default_factory=list)
    imports_known: dict[str, str] = field(default_factory=dict)
    """The import statement that brings each name."""
    left: list[tuple[str, str]] = field(default_factory=list)
    """Statements that the author must rewrite, each with the reason."""

    @property
    def judges(self) -> bool:
        return any(line.judges for line in self.lines)

    @property
    def body(self) -> list[str]:
        """Its statements as Python."""
        merged = _merged([line.node for line in self.lines])
        return [ast.unparse(ast.fix_missing_locations(node)) for node in merged]

    @property
    def imports(self) -> set[str]:
        return {self.imports_known[name] for name in self._names & set(self.imports_known) - _TOOLKIT}

    @property
    def helpers(self) -> set[str]:
        """The names that it needs from the toolkit."""
        return self._names & _TOOLKIT

    @property
    def _names(self) -> set[str]:
        return set().union(*(used(line.node) for line in self.lines))


def rewritten(check: Check, notebook: Notebook) -> Rewritten:
    """The test cell, rewritten to judge from outside; without lines if nothing could be rewritten."""
    result = Rewritten()
    tree = parsed(check.source)
    if tree is None:
        result.left.append((check.source, "it is no Python"))
        return result
    result.left += [(line, _AUTOTEST) for line in check.source.split("\n") if autotests.LINE.match(line)]
    own_imports = imports_of(tree.body)
    rewriter = _Rewriter(notebook, _calls_in(check.visible))
    lines: list[Line] = []
    lost: set[str] = set()
    inlined = _inlined(tree.body, notebook)
    for statement in [*_carried(inlined, notebook), *inlined]:
        if isinstance(statement, (ast.Import, ast.ImportFrom, ast.Pass)):
            continue
        original, before = ast.unparse(ast.fix_missing_locations(statement)), rewriter.judged
        try:
            if missing := used(statement) & lost:
                raise ByHand(f"it uses `{sorted(missing)[0]}` of a line above that needs you")
            if statement is inlined[-1]:
                statement = _as_assert(statement, check.output)
            new = rewriter.statement(statement)
        except ByHand as reason:
            result.left.append((original, str(reason)))
            lost |= bound(statement)
        else:
            lines += [Line(node, original, rewriter.judged > before) for node in new]
    if not rewriter.judged:
        if not result.left:
            result.left.append((check.source, _NOTHING))
        return result
    try:
        prelude = _prelude([line.node for line in lines], notebook, set(own_imports))
    except ByHand as reason:
        result.left.append((check.source, str(reason)))
        return result
    result.lines = [*(Line(node, "", False) for node in prelude), *lines]
    result.imports_known = notebook.imports | own_imports
    return result


_TOOLKIT = {"assert_close", "assert_equal", "asserts", "expect_error"}


def imports_of(statements: Iterable[ast.stmt]) -> dict[str, str]:
    """The import statement that brings each name."""
    found = {}
    for statement in statements:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            for alias in statement.names:
                one = copy.copy(statement)
                one.names = [alias]
                for name in bound(one):
                    found[name] = ast.unparse(one)
    return found


# ---- before a test is read


def _inlined(statements: Sequence[ast.stmt], notebook: Notebook) -> list[ast.stmt]:
    """Unwraps otter's way of writing a test, a function whose parameters are names of the notebook: its body becomes
    the test."""
    tests = {
        node.name: node
        for node in statements
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test")
        and {arg.arg for arg in node.args.args} <= notebook.student | set(notebook.imports) | _given(notebook)
        and node.args.args
    }
    body: list[ast.stmt] = []
    for node in statements:
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(node, ast.FunctionDef) and node.name in tests:
            start = int(ast.get_docstring(node) is not None)
            body += node.body[start:]
        elif not (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
            and (call.func.id in tests or (tests and call.func.id.startswith("test_")))
        ):
            body.append(node)
    return body


def _carried(statements: list[ast.stmt], notebook: Notebook) -> list[ast.stmt]:
    """The kept results of earlier test cells that the test needs."""
    needed = set().union(*(used(statement) for statement in statements))
    chosen: list[ast.stmt] = []
    for statement in reversed(notebook.carried):
        if bound(statement) & needed:
            chosen.insert(0, statement)
            needed |= used(statement)
    return chosen


def _given(notebook: Notebook) -> set[str]:
    return set().union(*(bound(statement) for statement in notebook.given))


def _as_assert(statement: ast.stmt, output: str | None) -> ast.stmt:
    """Otter compares what the last expression shows: a comparison must be true, any other value must be unchanged.

    Raises:
        ByHand: what it shows cannot be compared from outside.
    """
    if not isinstance(statement, ast.Expr) or _is_docstring(statement):
        return statement
    last = statement.value
    name = _called(last)
    if name.startswith("assert") or name in _SHOWN:
        return statement
    true_or_false = isinstance(last, (ast.Compare, ast.BoolOp)) or name in (
        "isclose",
        "allclose",
        "isinstance",
        "all",
        "any",
        "array_equal",
        "callable",
    )
    if output is None:
        return ast.Assert(last, None) if true_or_false else statement
    try:
        expected = _WithoutNumpy().visit(ast.parse(output, mode="eval").body)
        value = ast.literal_eval(expected)
    except (ValueError, TypeError, SyntaxError):
        shown = output if len(output) <= 40 else f"{output[:40]}…"
        raise ByHand(f"it shows `{shown}`, which is no plain data: say what should come out") from None
    return ast.Assert(last if value is True else ast.Compare(last, [ast.Eq()], [expected]), None)


class _WithoutNumpy(ast.NodeTransformer):
    """`np.True_` and `np.float64(0.5)`, as NumPy 2 shows its numbers, are the plain `True` and `0.5`."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        plain = {"np.True_": True, "np.False_": False}
        return ast.Constant(plain[name]) if (name := ast.unparse(node)) in plain else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if _NUMPY_NUMBER.fullmatch(ast.unparse(node.func)) and len(node.args) == 1 and not node.keywords:
            return self.visit(node.args[0])
        return self.generic_visit(node)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _called(node: ast.AST | None) -> str:
    """The last part of the called name: "isclose" for `np.isclose(x, y)`; "" if it is not a call."""
    if not isinstance(node, ast.Call):
        return ""
    func = node.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _in_words(node: ast.AST | None) -> str:
    """The called name in nose's spelling: "assert_equal" for `tc.assertEqual(x, y)`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", _called(node)).lower()


def _options(call: ast.Call, *names: str) -> dict[str | None, ast.expr]:
    """The arguments of a call by name; None counts as not given.

    Args:
        names: those that may be positional, in order.
    """
    given = dict(zip(names, call.args, strict=False)) | {word.arg: word.value for word in call.keywords}
    return {
        name: value
        for name, value in given.items()
        if not (isinstance(value, ast.Constant) and value.value is None)
    }


def _raising(call: ast.Call) -> ast.Call | None:
    """The call `f(-1)` in `assert_raises(ValueError, f, -1)`."""
    if _in_words(call) not in _RAISES or len(call.args) < 2:
        return None
    return ast.Call(call.args[1], call.args[2:], call.keywords)


def _calls_in(visible: str) -> set[str]:
    """The calls in what students see, as Python writes them."""
    tree = parsed(visible)
    calls = [node for node in ast.walk(tree or ast.Module([], [])) if isinstance(node, ast.Call)]
    return {ast.unparse(call) for call in [*calls, *filter(None, map(_raising, calls))]}


# ---- statement by statement


class _Rewriter:
    def __init__(self, notebook: Notebook, shown: set[str]) -> None:
        self._notebook = notebook
        self._shown = shown
        """The calls that students see in the public checks."""
        self._local: set[str] = set()
        """Names that the test itself has bound."""
        self._theirs: set[str] = set()
        """Those of the test's names that hold what the student's code returned."""
        self._handed: set[str] = set()
        """Names of the test's own objects that were passed to the student's code, which may have changed them."""
        self.judged = 0
        """The number of checks of the student's work so far."""

    def statement(self, node: ast.stmt) -> list[ast.stmt]:
        """Its replacement in the hidden test; nothing if it only displays something.

        Raises:
            ByHand: it cannot be judged from outside.
        """
        if _is_docstring(node):
            return []
        if isinstance(node, ast.Expr) and _called(node.value) in _SHOWN:
            return []
        for name in used(node) | {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}:
            if name in _INSIDE and name not in self._local:
                raise ByHand(_INSIDE[name])
        if isinstance(node, (ast.Global, ast.Nonlocal, ast.AsyncFunctionDef, ast.Await)):
            raise ByHand("it changes the notebook")
        self._refuse_replaced(node)
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If)):
            self._handed |= self._handed_by(node)  # for the others, statement by statement
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            return self._definition(node)
        if isinstance(node, ast.Assert):
            return self._assert(node)
        if isinstance(node, ast.Try):
            return self._try(node)
        if isinstance(node, ast.With):
            return self._with(node)
        if isinstance(node, (ast.For, ast.While, ast.If)) and not self._is_theirs(
            node.iter if isinstance(node, ast.For) else node.test
        ):
            return self._block(node)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            return self._call(node)
        return self._other(node)

    # -- kinds of statements

    def _assert(self, node: ast.Assert) -> list[ast.stmt]:
        if not self._is_theirs(node.test):
            self._refuse_handed(node)
            return []
        self.judged += 1
        message = node.msg.value if isinstance(node.msg, ast.Constant) else ""
        test = node.test
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            left, right = test.left, test.comparators[0]
            if isinstance(test.ops[0], ast.Eq):
                close = self._equal(left, right) or self._equal(right, left)
                if close and not message:
                    return [close]
            if isinstance(test.ops[0], (ast.Lt, ast.LtE)) and self._is_distance(left) and not message:
                inner = left.args[0]
                for got, expected in ((inner.left, inner.right), (inner.right, inner.left)):
                    if self._is_answer(got) and not self._is_theirs(expected):
                        return [self._close(got, expected, atol=right)]
        while _called(test) in ("all", "bool") and (isinstance(test.func, ast.Attribute) or test.args):
            test = test.args[0] if test.args else test.func.value
        if _called(test) in ("allclose", "isclose") and not message and (close := self._allclose(test)):
            return [close]
        return [self._wrapped(ast.Assert(self._renamed(node.test), None), node.test, message)]

    def _equal(self, got: ast.expr, expected: ast.expr) -> ast.stmt | None:
        """`assert got == expected` as a helper with its own message, if the values are plain data."""
        if self._is_theirs(expected):
            return None
        if _called(got) == "round" and len(got.args) == 2 and self._is_answer(got.args[0]):
            digits = got.args[1]
            if isinstance(digits, ast.Constant) and isinstance(digits.value, int):
                return self._close(got.args[0], expected, atol=ast.Constant(float(f"6e-{digits.value + 1}")))
        if not self._is_answer(got):
            return None
        if _called(expected) == "approx" and expected.args:
            tolerances = _options(expected, "expected", "rel", "abs")
            atol = tolerances.get("abs", ast.Constant(1e-12))
            rtol = tolerances.get("rel", ast.Constant(0.0 if "abs" in tolerances else 1e-6))
            return self._close(got, expected.args[0], atol, rtol)
        try:
            value = ast.literal_eval(expected)
        except ValueError:
            return None
        if isinstance(value, float):
            return self._close(got, expected, ast.Constant(1e-9), ast.Constant(1e-9))
        if isinstance(value, (bool, set, type(None))) or "." in ast.unparse(expected):
            return None
        keywords = [ast.keyword("name", self._name(got))]
        return ast.Expr(ast.Call(_load("assert_equal"), [self._renamed(got), expected], keywords))

    def _allclose(self, call: ast.Call) -> ast.stmt | None:
        if len(call.args) < 2:
            return None
        options = _options(call, "got", "expected", "rtol", "atol")
        mathematical = isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "math"
        rtol = options.get("rtol", options.get("rel_tol", ast.Constant(1e-9 if mathematical else 1e-5)))
        atol = options.get("atol", options.get("abs_tol", ast.Constant(0.0 if mathematical else 1e-8)))
        for got, expected in (call.args[:2], call.args[1::-1]):
            if self._is_answer(got) and not self._is_theirs(expected):
                return self._close(got, expected, atol, rtol)
        return None

    def _close(
        self, got: ast.expr, expected: ast.expr, atol: ast.expr, rtol: ast.expr | None = None
    ) -> ast.stmt:
        keywords = [ast.keyword("atol", atol)]
        if rtol is not None:
            keywords.append(ast.keyword("rtol", rtol))
        keywords += [ast.keyword("name", self._name(got)), ast.keyword("shape", ast.Constant("any"))]
        args = [self._renamed(got), self._renamed(expected)]
        return ast.Expr(ast.Call(_load("assert_close"), args, keywords))

    def _call(self, node: ast.Expr) -> list[ast.stmt]:
        """A call as a statement: one of the many assert functions, or any other call."""
        call = node.value
        name = _in_words(call)
        if raising := _raising(call):
            return [self._raises(call.args[0], [ast.Expr(raising)])]
        if name == "fail" or (name == "exit" and not call.args):
            raise ByHand("it ends the test in a way of its own")
        if name.startswith("assert_") and not self._is_theirs(call):
            self._refuse_handed(call)
            return []
        if plain := _plain_assert(name, call):
            return self._assert(ast.Assert(plain, None))
        if name in _NUMPY_TOLERANCES and len(call.args) >= 2 and (close := self._numpy_assert(name, call)):
            self.judged += 1
            return [close]
        if name.startswith("assert_"):
            self.judged += 1
            return [self._wrapped(ast.Expr(self._renamed(call)), call)]
        return self._other(node)

    def _numpy_assert(self, name: str, call: ast.Call) -> ast.stmt | None:
        rtol, atol = _NUMPY_TOLERANCES[name]
        if name == "assert_allclose":
            options = _options(call, "got", "expected", "rtol", "atol")
        else:
            options = _options(call, "got", "expected", "places", "msg", "delta")
            digits = options.get("places", options.get("decimal"))
            if "delta" in options:
                options["atol"] = options["delta"]
            elif isinstance(digits, ast.Constant) and isinstance(digits.value, int):
                atol = 1.5 * 10.0**-digits.value
            elif digits is not None:
                return None
        for got, expected in (call.args[:2], call.args[1::-1]):
            if self._is_answer(got) and not self._is_theirs(expected):
                return self._close(
                    got,
                    expected,
                    options.get("atol", ast.Constant(atol)),
                    options.get("rtol", ast.Constant(rtol)) if rtol or "rtol" in options else None,
                )
        return None

    def _raises(self, kind: ast.expr, body: list[ast.stmt]) -> ast.stmt:
        """`with expect_error(kind): …`"""
        if not isinstance(kind, (ast.Name, ast.Attribute)):
            raise ByHand("it expects one of several kinds of errors")
        if not any(self._is_theirs(statement) for statement in body):
            raise ByHand("what should raise an error is no call of the student's code")
        self.judged += 1
        inside = [
            ast.Expr(self._renamed(s.value)) if isinstance(s, ast.Expr) else self._renamed(s) for s in body
        ]
        name = f"`{self._name(body[-1]).value}`"
        expected = ast.Call(_load("expect_error"), [kind], [ast.keyword("doing", ast.Constant(name))])
        return ast.With([ast.withitem(expected)], inside)

    def _try(self, node: ast.Try) -> list[ast.stmt]:
        """`try: f(0)`, `except ValueError: pass`, `else: raise AssertionError`, and its other spellings."""
        if not self._is_theirs(node):
            return [node]
        body = list(node.body)
        falls = bool(node.orelse) and _gives_up(node.orelse[-1])
        if not falls and len(body) > 1 and _gives_up(body[-1]):
            falls = bool(body.pop())
        handled = node.handlers[0] if len(node.handlers) >= 1 else None
        if not falls or handled is None or node.finalbody or any(_gives_up(s) for s in handled.body):
            raise ByHand("its `try` and `except` depend on errors in the student's process")
        return [self._raises(handled.type or _load("Exception"), body)]

    def _with(self, node: ast.With) -> list[ast.stmt]:
        first = node.items[0].context_expr
        if _in_words(first) in _RAISES and first.args:
            if node.items[0].optional_vars is not None and used(ast.Module(node.body, [])) & bound(
                node.items[0]
            ):
                raise ByHand("it looks into the error that was raised")
            return [self._raises(first.args[0], node.body)]
        if any(self._is_theirs(item) for item in node.items):
            raise ByHand("its `with` uses an object of the student's")
        return self._block(node)

    def _block(self, node: ast.For | ast.While | ast.If | ast.With) -> list[ast.stmt]:
        """A loop or a condition in the test: its body is rewritten."""
        before = set(self._local)
        self._local |= bound(node) - self._notebook.callables
        copied = copy.copy(node)
        copied.body = [new for old in node.body for new in self.statement(old)]
        if not isinstance(node, ast.With):
            copied.orelse = [new for old in node.orelse for new in self.statement(old)]
        if not copied.body:
            self._local = before
            return []
        return [copied]

    def _definition(self, node: ast.FunctionDef | ast.ClassDef) -> list[ast.stmt]:
        """A helper that the test defines; if it uses the student's code, its asserts are judged, too."""
        self._local.add(node.name)
        if isinstance(node, ast.ClassDef) or not (self._is_theirs(node) or _has_asserts(node)):
            return [node]
        inner = _Rewriter(self._notebook, self._shown)
        arguments = {arg.arg for arg in (*node.args.args, *node.args.kwonlyargs)}
        inner._local = self._local | arguments
        inner._theirs = self._theirs | arguments
        inner._handed = self._handed - arguments
        copied = copy.copy(node)
        start = int(ast.get_docstring(node) is not None)
        copied.body = [new for old in node.body[start:] for new in inner.statement(old)] or [ast.Pass()]
        copied.decorator_list = []
        self._theirs.add(node.name)
        self.judged += inner.judged
        return [copied]

    def _other(self, node: ast.stmt) -> list[ast.stmt]:
        """Assignments, returns, and all other statements."""
        theirs = self._is_theirs(node)
        if isinstance(node, ast.AugAssign):  # `x += 1` needs what `x` was
            theirs = theirs or any(self._is_theirs(_load(name)) for name in bound(node))
        renamed = self._renamed(node)
        names = bound(node)
        self._local |= names
        self._theirs = self._theirs | names if theirs else self._theirs - names
        handed = not theirs and bool(used(node) & self._handed)
        self._handed = self._handed | names if handed else self._handed - names
        if not theirs or isinstance(node, ast.Return):
            return [renamed]
        value = getattr(node, "value", None)
        simple = isinstance(node, ast.Assign) and all(isinstance(target, ast.Name) for target in node.targets)
        if (simple or isinstance(node, ast.Expr)) and self._is_answer(value):
            return [renamed]
        return [self._wrapped(renamed, value or node)]

    # -- questions

    def _refuse_replaced(self, node: ast.stmt) -> None:
        for name in (bound(node) & self._notebook.callables) - self._local:
            raise ByHand(f"it replaces `{name}` in the student's notebook")
        deleted = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Del)]
        for name in self._notebook.student.intersection(deleted) - self._local:
            raise ByHand(f"it deletes `{name}` in the student's notebook")

    def _refuse_handed(self, node: ast.AST) -> None:
        for name in sorted(used(node) & self._handed):
            raise ByHand(f"it checks what a call did to `{name}`: from outside, the notebook gets a copy")

    def _handed_by(self, node: ast.AST) -> set[str]:
        """The names whose objects it passes directly to the student's code: `x` in `f(x, y + 1)`."""
        names = set()
        for call in ast.walk(node):
            call = (_raising(call) or call) if isinstance(call, ast.Call) else None
            if call is None or not self._is_theirs(call.func):
                continue
            for value in [*call.args, *(word.value for word in call.keywords)]:
                while isinstance(value, (ast.Starred, ast.Subscript, ast.Attribute)):
                    value = value.value
                if isinstance(value, ast.Name) and not self._is_theirs(value):
                    names.add(value.id)
        return names - _BUILTINS - set(self._notebook.imports)

    def _is_theirs(self, node: ast.AST) -> bool:
        """Whether it needs or contains what the student's code returns."""
        return any(
            name in self._theirs or (name in self._notebook.student and name not in self._local)
            for name in used(node)
        )

    def _is_answer(self, node: ast.AST | None) -> bool:
        """Whether it is a call of the student's function on our own data, a student's variable, or a kept result of
        these."""
        if isinstance(node, ast.Name):
            return self._is_theirs(node)
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            return False
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        return self._is_theirs(node.func) and not any(self._is_theirs(argument) for argument in arguments)

    @staticmethod
    def _is_distance(node: ast.AST) -> bool:
        return (
            _called(node) in ("abs", "fabs")
            and len(node.args) == 1
            and isinstance(node.args[0], ast.BinOp)
            and isinstance(node.args[0].op, ast.Sub)
        )

    # -- making

    def _name(self, node: ast.AST) -> ast.Constant:
        """The name of the value in a message, without hidden inputs."""
        for inner in ast.walk(node):
            if (
                isinstance(inner, ast.Call)
                and isinstance(inner.func, ast.Name)
                and self._is_theirs(inner.func)
            ):
                whole = ast.unparse(inner)
                return ast.Constant(
                    whole if whole in self._shown and len(whole) <= 40 else f"{inner.func.id}(…)"
                )
        names = [name for name in _in_order(node) if self._is_theirs(ast.Name(name, ast.Load()))]
        return ast.Constant(names[0] if names else "your answer")

    def _wrapped(self, statement: ast.stmt, about: ast.AST, message: object = "") -> ast.With:
        arguments = [
            self._name(about),
            *([ast.Constant(message)] if isinstance(message, str) and message else []),
        ]
        return ast.With([ast.withitem(ast.Call(_load("asserts"), arguments, []))], [statement])

    def _renamed(self, node: ast.AST) -> ast.AST:
        """The node with the student's names reached through `student`."""
        rewriter = self

        class Renamer(ast.NodeTransformer):
            def visit_Call(self, node: ast.Call) -> ast.AST:
                self.generic_visit(node)
                if _called(node) == "next" and node.args:
                    node.func = ast.parse("student.library('builtins.next')", mode="eval").body
                return node

            def visit_Compare(self, node: ast.Compare) -> ast.AST:
                sets = any(_is_set(side) for side in (node.left, *node.comparators))
                theirs = rewriter._is_answer(node.left) and sets
                self.generic_visit(node)
                if theirs:  # sets cannot be sent to the student's process, lists can
                    listed = ast.parse("student.library('builtins.list')", mode="eval").body
                    node.left = ast.Call(_load("set"), [ast.Call(listed, [node.left], [])], [])
                return node

            def visit_Name(self, node: ast.Name) -> ast.AST:
                if not isinstance(node.ctx, ast.Load) or node.id in rewriter._local:
                    return node
                if node.id not in rewriter._notebook.student:
                    return node
                if node.id in rewriter._notebook.callables:
                    return ast.Attribute(_load("student"), node.id, ast.Load())
                return ast.Subscript(_load("student"), ast.Constant(node.id), ast.Load())

        return Renamer().visit(copy.deepcopy(node))


def _load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _in_order(node: ast.AST) -> list[str]:
    return [inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)]


def _is_set(node: ast.AST) -> bool:
    return isinstance(node, (ast.Set, ast.SetComp)) or _called(node) in ("set", "frozenset")


def _has_asserts(node: ast.AST) -> bool:
    return any(
        isinstance(inner, ast.Assert) or _called(inner).lower().startswith("assert")
        for inner in ast.walk(node)
    )


def _gives_up(node: ast.stmt) -> bool:
    """`raise AssertionError`, `assert False`, `pytest.fail()`."""
    if isinstance(node, ast.Raise):
        return "AssertionError" in ast.unparse(node) or "Exception" in ast.unparse(node)
    if isinstance(node, ast.Assert):
        return isinstance(node.test, ast.Constant) and not node.test.value
    return isinstance(node, ast.Expr) and _called(node.value) == "fail"


_NUMPY_TOLERANCES = {
    "assert_allclose": (1e-7, 0.0),
    "assert_almost_equal": (0.0, 1.5e-7),
    "assert_array_almost_equal": (0.0, 1.5e-6),
}
"""Relative and absolute tolerances, with numpy's defaults."""
_COMPARED: dict[str, type[ast.cmpop]] = {
    "assert_equal": ast.Eq,
    "assert_not_equal": ast.NotEq,
    "assert_in": ast.In,
    "assert_not_in": ast.NotIn,
    "assert_is": ast.Is,
    "assert_is_not": ast.IsNot,
    "assert_greater": ast.Gt,
    "assert_greater_equal": ast.GtE,
    "assert_less": ast.Lt,
    "assert_less_equal": ast.LtE,
}


def _plain_assert(name: str, call: ast.Call) -> ast.expr | None:
    """What one of unittest's or nose's functions asserts, as an expression."""
    if name in _COMPARED and len(call.args) >= 2:
        if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "attr", "") == "testing":
            return None  # numpy has its own
        return ast.Compare(call.args[0], [_COMPARED[name]()], [call.args[1]])
    if name in ("assert_true", "ok_", "assert_") and call.args:
        return call.args[0]
    if name == "assert_false" and call.args:
        return ast.UnaryOp(ast.Not(), call.args[0])
    if name == "assert_is_instance" and len(call.args) >= 2:
        return ast.Call(_load("isinstance"), call.args[:2], [])
    if name in ("assert_is_none", "assert_is_not_none") and call.args:
        operator = ast.Is() if name == "assert_is_none" else ast.IsNot()
        return ast.Compare(call.args[0], [operator], [ast.Constant(None)])
    return None


# ---- what a test needs from above


def _prelude(body: list[ast.stmt], notebook: Notebook, imported: set[str]) -> list[ast.stmt]:
    """The statements from above that define what the test uses, in their order.

    Raises:
        ByHand: a name is defined nowhere, or by a file that is not here.
    """
    module = ast.fix_missing_locations(ast.Module(body, []))
    wanted = used(module) - _BUILTINS - _TOOLKIT - {"student"}
    own = bound(module)
    needed = wanted - own - notebook.student - set(notebook.imports) - imported
    chosen: list[ast.stmt] = []
    random = any(word in ast.unparse(module) for word in ("np.random", "random."))
    for statement in reversed(notebook.given):
        seeds = random and _called(getattr(statement, "value", None)) == "seed"
        if not (changed(statement) & needed or seeds):
            continue
        if files := _calls(statement) & _FILES:
            raise ByHand(
                f"its data comes from a file (`{sorted(files)[0]}`): read it with a data set of the grader"
            )
        chosen.insert(0, statement)
        needed |= used(statement) - _BUILTINS - notebook.student - set(notebook.imports)
    known = _BUILTINS | set(notebook.imports) | notebook.student | imported
    for statement in [*chosen, *body]:
        known |= _bound_anywhere(statement)
    if unknown := (wanted | needed) - known:
        raise ByHand(f"`{sorted(unknown)[0]}` is not defined above it")
    return chosen


def _bound_anywhere(node: ast.AST) -> set[str]:
    """The names that it binds in any scope, including parameters and comprehensions."""
    names = {
        inner.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
    }
    names |= {inner.arg for inner in ast.walk(node) if isinstance(inner, ast.arg)}
    names |= {
        inner.name
        for inner in ast.walk(node)
        if isinstance(inner, (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler))
    }
    return names | bound(node)


def _calls(node: ast.AST) -> set[str]:
    return {_called(inner) for inner in ast.walk(node)} - {""}


def _merged(body: list[ast.stmt]) -> list[ast.stmt]:
    """Merges neighbouring blocks with the same `with asserts(…)`."""
    merged: list[ast.stmt] = []
    for statement in body:
        last = merged[-1] if merged else None
        if (
            isinstance(statement, ast.With)
            and isinstance(last, ast.With)
            and _called(statement.items[0].context_expr) == "asserts"
            and ast.dump(statement.items[0]) == ast.dump(last.items[0])
        ):
            merged[-1] = ast.With(last.items, [*last.body, *statement.body])
        else:
            merged.append(statement)
    return merged


def notebook_above(answers: Iterable[str], given: Iterable[str], tests: Iterable[str]) -> Notebook:
    """What is known at the place of a test cell.

    Args:
        answers: the sources of all answer cells of the notebook.
        given: the sources of the given cells above it.
        tests: the sources of the test cells above it.
    """
    student: set[str] = set()
    callables: set[str] = set()
    imports: dict[str, str] = {}
    for source in answers:
        tree = parsed(source)
        if tree is None:
            continue
        imports |= imports_of(tree.body)
        student |= defined(source) - set(imports_of(tree.body))
        callables |= {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        callables |= {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
    statements: list[ast.stmt] = []
    carried: list[ast.stmt] = []
    theirs: set[str] = set()
    for source, is_test in [*((text, False) for text in given), *((text, True) for text in tests)]:
        tree = parsed(source)
        for statement in tree.body if tree is not None else []:
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                imports |= imports_of([statement])
            elif not is_test and used(statement) & student:
                student |= bound(statement)  # in the notebook; values depend on answers
            elif is_test and used(statement) & (student | theirs):
                if isinstance(statement, (ast.Assign, ast.FunctionDef)) and not bound(statement) & student:
                    theirs |= bound(statement)
                    carried.append(statement)
            elif not isinstance(statement, ast.Expr) or isinstance(statement.value, ast.Call):
                statements.append(statement)
    return Notebook(frozenset(student), frozenset(callables), tuple(statements), tuple(carried), imports)
