"""Finds what pieces of Python define and use, from the syntax tree."""

from __future__ import annotations

import ast
import re

_MAGIC = re.compile(r"^(\s*)([%!?].*|.*\?)$", re.MULTILINE)


def without_magics(source: str) -> str:
    """The cell as Python: lines for IPython or the shell do nothing."""
    return _MAGIC.sub(r"\1pass", source)


def parsed(source: str) -> ast.Module | None:
    """The syntax tree of a cell; None if it is not Python."""
    try:
        return ast.parse(without_magics(source))
    except (SyntaxError, ValueError):
        return None


def defined(source: str | ast.AST) -> set[str]:
    """The names that a cell, or a statement, leaves behind."""
    tree = parsed(source) if isinstance(source, str) else source
    return bound(tree) if tree is not None else set()


def used(source: str | ast.AST) -> set[str]:
    """The names that are read anywhere in it."""
    tree = parsed(source) if isinstance(source, str) else source
    if tree is None:
        return set()
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Load, ast.Del))
    }


def bound(tree: ast.AST) -> set[str]:
    """The names that it binds outside of functions, classes and comprehensions."""
    names: set[str] = set()

    def visit(node: ast.AST) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif not isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            for child in ast.iter_child_nodes(node):
                visit(child)

    visit(tree)
    return names


def changed(statement: ast.stmt) -> set[str]:
    """The names that it binds, and those whose objects it changes in place: `a[0] = 1`, `a.append(1)`."""
    names = bound(statement)
    for node in ast.walk(statement):
        if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            names |= {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        called = statement.value.func
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            names.add(called.value.id)
    return names
