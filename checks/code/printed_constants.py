"""Finds what cells print just as their code has it. It parses code and never runs any.

Only what stands outside of loops, branches and functions is read, where each print happens once and whatever is true. A
name is constant while it is bound to nothing but literals.
"""
import builtins


# Calls that show what they are given in another form.
SHOWING = ('dumps', 'str', 'repr', 'format', 'join', 'array', 'Series', 'DataFrame')


def constant(node, known):
    """The value of an expression of literals; raises LookupError where it is none."""
    if isinstance(node, ast.Name) and node.id in known:
        return known[node.id]
    if isinstance(node, ast.Subscript):
        return constant(node.value, known)[constant(node.slice, known)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return returned(node, known)
    if isinstance(node, ast.JoinedStr):
        return ''.join(str(constant(each, known)) for each in node.values)
    if isinstance(node, ast.FormattedValue) and node.format_spec is None:
        return constant(node.value, known)
    try:
        return ast.literal_eval(node)
    except UNREADABLE as error:
        raise LookupError from error


def returned(node, known):
    """What a call gives: a conversion's, or that of a function of the cell's own that only returns a literal."""
    body = known.get((node.func.id, 'returns'))
    if body is not None:
        return constant(body, known)
    if node.func.id in ('str', 'int', 'float', 'round') and len(node.args) == 1:
        return getattr(builtins, node.func.id)(constant(node.args[0], known))
    raise LookupError


def texts(node, known):
    """The constant pieces of what is printed, in order."""
    try:
        value = constant(node, known)
        return [str(each) for each in value] if isinstance(value, (list, tuple)) else [str(value)]
    except (LookupError, TypeError, ValueError):
        return [text for each in pieces(node, known) for text in texts(each, known)]


def pieces(node, known):
    """What of an expression is printed beside one another."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [node.left, node.right] if any(map(is_text, (node.left, node.right))) else []
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and is_text(node.left):
        return [node.right]
    if isinstance(node, ast.Call):
        body = known.get((getattr(node.func, 'id', ''), 'returns'))
        return [body] if body is not None else node.args if called(node) in SHOWING else []
    if isinstance(node, (ast.FormattedValue, ast.Starred)):
        return [node.value]
    return node.values if isinstance(node, (ast.JoinedStr, ast.Dict)) else getattr(node, 'elts', [])


def is_text(node):
    """Whether adding to it joins texts: a sum is a calculation."""
    if isinstance(node, ast.BinOp):
        return is_text(node.left) or is_text(node.right)
    text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return text or isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Call) and called(node) == 'str')


def bind(node, known):
    """Take up what a statement does to names."""
    value = None
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        try:
            value = constant(node.value, known)
        except (LookupError, TypeError, ValueError):
            value = None
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load):
            known.pop(each.id, None)
        if isinstance(each, (ast.Attribute, ast.Subscript)) and not isinstance(each.ctx, ast.Load):
            known.pop(root(each), None)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute):
            known.pop(root(each.func), None)
    if value is not None:
        known[node.targets[0].id] = value


def define(node, known):
    known.pop(node.name, None)
    known.pop((node.name, 'returns'), None)
    returns = [each for each in ast.walk(node) if isinstance(each, ast.Return)]
    last = node.body[-1]
    # Names of its own may hold anything where it does more than return.
    own = set() if len(node.body) == 1 else {each.id for each in ast.walk(last) if isinstance(each, ast.Name)} & set(known)
    if returns == [last] and last.value is not None and not own:
        known[(node.name, 'returns')] = last.value


def printed(code, known):
    """What a cell prints as it stands, in order; `known` are the constants of its session, which go on."""
    try:
        body = parse(code).body
    except UNREADABLE:
        return []
    found = []
    for node in body:
        value = node.value if isinstance(node, ast.Expr) else None
        if isinstance(value, ast.Call) and called(value) in ('print', 'display'):
            found += [text for each in value.args for text in texts(each, known)]
        elif value is not None and node is body[-1]:
            found += texts(value, known)
        if isinstance(node, ast.FunctionDef):
            define(node, known)
        else:
            bind(node, known)
    return [text for text in found if text.strip()]


def analyse(codes):
    """For each cell of a session, in order, the texts that it prints as they stand in its code."""
    known = {}
    return [printed(code, known) for code in codes]
