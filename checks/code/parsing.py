"""How the analysers beside it read a cell. They parse code and never run any."""
import ast
import json
import re

ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
NO_NUMBERS = (ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp)
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


def parse(code):
    """As the session's kernel reads it: notebook lines that start with % or ! do nothing."""
    try:
        return ast.parse(code)
    except SyntaxError:
        return ast.parse(re.sub(r'^[%!].*', 'pass', code, flags=re.M))


def is_number(node):
    """Whether it may be an operand of a calculation."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, (int, float, complex)) and not isinstance(node.value, bool)
    if isinstance(node, ast.BinOp):
        return is_number(node.left) and is_number(node.right)
    return not isinstance(node, NO_NUMBERS)


def calculates(node):
    if isinstance(node, ast.AugAssign):
        return isinstance(node.op, ARITHMETIC) and is_number(node.value)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ARITHMETIC) and is_number(node)
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        return all(map(is_number, sides)) and len({ast.dump(side) for side in sides}) > 1
    return False


def called(node):
    """The name of what a call calls, without what it is called on."""
    return getattr(node.func, 'attr', getattr(node.func, 'id', ''))


def root(node):
    """The name that an expression such as a.b(c)[d].e starts from, or None."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None
