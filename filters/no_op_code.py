"""Finds cells that do nothing. It parses code and never runs any.

What a name holds is either constant (bound to nothing but literals), a module, an idle function (its body does
nothing), or, by default, alive: the image, a calculation, something unknown. A cell works where it reads a living
name, calls what is not idle, or calculates. One that only binds names works where a later working cell reads them.
"""
import ast
import builtins
import json
import re

# Calls that show, wait, wrap or set up: whether they do anything depends on what they are given.
IDLE = set(
    'print display show pprint repr str int float bool complex list tuple dict set frozenset range enumerate zip '
    'reversed iter type format join strip upper lower title capitalize encode decode sleep exit quit write flush '
    'array asarray zeros ones empty arange linspace new DataFrame Series date datetime namedtuple defaultdict deque '
    'copy deepcopy append extend add update figure subplots close axis tight_layout xlabel ylabel legend grid seed '
    'filterwarnings simplefilter use set_printoptions set_option isinstance callable super object'.split()
)
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
NO_NUMBERS = (ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
BLOCKS = ('body', 'orelse', 'finalbody')


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


def stored(node):
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    captures = {getattr(each, 'name', None) for each in ast.walk(node) if isinstance(each, ast.pattern)}
    return names | captures - {None}


def loaded(node):
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}


def parameters(node):
    arguments = getattr(node, 'args', None)
    return {each.arg for each in ast.walk(arguments) if isinstance(each, ast.arg)} if arguments else set()


class Cell:
    """What a cell does, given what the names hold when it starts; `holds` is what they hold when it ends."""

    def __init__(self, holds):
        self.holds, self.works, self.binds, self.reads = dict(holds), False, set(), set()
        # Inside a branch or a loop that depends on something alive, constants carry what it decided.
        self.depends = False

    def run(self, body):
        for node in body:
            self.statement(node)
        return self

    def statement(self, node):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self.bind({alias.asname or alias.name.split('.')[0] for alias in node.names}, 'module')
        elif isinstance(node, DEFINITIONS):
            self.define(node)
        elif isinstance(node, (ast.If, ast.While)) and isinstance(node.test, ast.Constant) and not node.test.value:
            self.run(node.orelse)
        else:
            self.head_and_blocks(node)

    def head_and_blocks(self, node):
        children = list(ast.iter_child_nodes(node))
        inside = {id(child) for field in BLOCKS for child in getattr(node, field, [])}
        clauses = [child for child in children if isinstance(child, (ast.ExceptHandler, ast.match_case))]
        heads = [child for child in children if id(child) not in inside and child not in clauses]
        heads += [clause.pattern for clause in clauses if isinstance(clause, ast.match_case)]
        alive = any([self.alive(head) for head in heads]) or calculates(node) or self.reads_target(node)
        self.works = self.works or alive
        self.bind(set().union(*map(stored, heads)), None if alive else 'constant')
        if alive or self.depends:
            self.enliven(set().union(*map(loaded, heads)))
        self.blocks(node, clauses, alive)

    def blocks(self, node, clauses, alive):
        outer, self.depends = self.depends, self.depends or alive
        for clause in clauses:
            self.bind({getattr(clause, 'name', None)} - {None}, 'constant')
        for block in [getattr(node, field, []) for field in BLOCKS] + [clause.body for clause in clauses]:
            self.run(block)
        self.depends = outer

    def reads_target(self, node):
        """`x += 1` reads x."""
        return isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and self.read(node.target.id)

    def enliven(self, names):
        """What stands beside something alive may have been given it: `found.append(living)`."""
        self.holds = {name: held for name, held in self.holds.items() if held != 'constant' or name not in names}

    def define(self, node):
        """A body does its work when it is called."""
        self.bind({node.name}, 'idle function')
        inner = Cell({**self.holds, **dict.fromkeys(parameters(node), 'constant')}).run(node.body)
        self.reads |= inner.reads
        self.enliven(set(self.holds) - set(inner.holds))
        self.bind({node.name}, None if inner.works else 'idle function')

    def bind(self, names, held):
        self.binds |= names
        for name in names:
            self.holds.pop(name, None)
            if held and not (self.depends and held == 'constant'):
                self.holds[name] = held

    def alive(self, node):
        """Whether an expression does anything. All of it is visited, to learn what it reads."""
        if isinstance(node, (ast.Lambda, *COMPREHENSIONS)):
            return self.scoped(node)
        if isinstance(node, ast.Name):
            return isinstance(node.ctx, ast.Load) and self.read(node.id)
        parts = [self.alive(child) for child in ast.iter_child_nodes(node)]
        return any(parts) or calculates(node) or (isinstance(node, ast.Call) and not self.is_idle(node.func))

    def scoped(self, node):
        """A lambda or a comprehension: its own names end with it."""
        outer, binds = dict(self.holds), set(self.binds)
        self.bind(parameters(node), 'constant')
        alive = False
        for each in getattr(node, 'generators', []):
            source = self.alive(each.iter)
            self.bind(stored(each.target), None if source else 'constant')
            alive = any([source, alive, *map(self.alive, each.ifs)])
        fields = ('body', 'elt', 'key', 'value')
        parts = [self.alive(getattr(node, field)) for field in fields if hasattr(node, field)]
        self.holds, self.binds = outer, binds
        return alive or any(parts)

    def is_idle(self, function):
        name = getattr(function, 'attr', getattr(function, 'id', ''))
        own = isinstance(function, ast.Name) and self.holds.get(name) == 'idle function'
        return own or name in IDLE

    def read(self, name):
        self.reads.add(name)
        return name not in self.holds and name != 'display' and not hasattr(builtins, name)


def parse(code):
    """As the session's kernel reads it: notebook lines that start with % or ! do nothing."""
    try:
        return ast.parse(code)
    except SyntaxError:
        return ast.parse(re.sub(r'^[%!].*', 'pass', code, flags=re.M))


def is_comment(node):
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return text or isinstance(node, ast.Pass)


def measure(code, holds):
    """What a cell is, what it binds, what it reads, and what names hold after it."""
    try:
        tree = parse(code)
        cell = Cell(holds).run(tree.body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 'works', set(), set(re.findall(r'\w+', code)), holds
    kind = 'works' if cell.works else 'comment_only' if all(map(is_comment, tree.body)) else 'idle'
    return kind, cell.binds, cell.reads, cell.holds


def no_op_cells(codes):
    """For each cell of a session, in order, why it does nothing, or None."""
    holds, measured, verdicts, needed = {}, [], [], set()
    for code in codes:
        kind, binds, reads, holds = measure(code, holds)
        measured.append((kind, binds, reads))
    for kind, binds, reads in reversed(measured):
        works = kind == 'works' or bool(binds & needed)
        needed = needed | reads if works else needed
        verdicts.append(None if works else kind)
    return verdicts[::-1]
