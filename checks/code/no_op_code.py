"""Finds cells that do nothing. It parses code and never runs any.

What a name holds is either constant (bound to nothing but literals), a module, an idle function (its body does
nothing), or, by default, alive: the image, a calculation, something unknown. A cell works where it reads a living
name, calls what is not idle, or calculates. One that only binds names works where a later working cell reads them.
"""
import ast
import builtins
import re

# Calls that show, wait, wrap or set up: whether they do anything depends on what they are given.
IDLE = set(
    'print display show pprint repr str int float bool complex list tuple dict set frozenset range enumerate zip '
    'reversed iter type format join strip upper lower title capitalize encode decode sleep exit quit write flush '
    'array asarray zeros ones empty arange linspace new DataFrame Series date datetime namedtuple defaultdict deque '
    'copy deepcopy append extend add update figure subplots close axis tight_layout xlabel ylabel legend grid seed '
    'dumps items keys values get split splitlines replace pop sort strftime '
    'filterwarnings simplefilter use set_printoptions set_option isinstance callable super object'.split()
)
LASTING = set('open save savefig imwrite write write_text write_bytes dump to_csv to_json tofile system chdir'.split())
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
BLOCKS = ('body', 'orelse', 'finalbody')


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
        # Names that were bound together, such as a figure and its axes: what is given to one is given to all.
        self.kin = []

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
        together = set().union(*map(stored, heads))
        self.kin.append(together)
        idle = 'idle function' if isinstance(getattr(node, 'value', None), ast.Lambda) else 'constant'
        self.bind(together, None if alive else idle)
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
        alive = names.union(*(kin for kin in self.kin if kin & names))
        self.holds = {name: held for name, held in self.holds.items() if held != 'constant' or name not in alive}

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


def is_comment(node):
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return text or isinstance(node, ast.Pass)


def touched(tree):
    """Names whose value a cell may have changed in place: what it calls methods of, fills, or hands to a function."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            names.add(root(node.func) if isinstance(node.func, ast.Attribute) else None)
        if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, (ast.Store, ast.Del)):
            names.add(root(node))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            names |= {each.id for each in node.value.args if isinstance(each, ast.Name)}
    return {name for name in names - {None} if not re.fullmatch(r'image_\d+', name)}


def leaves_something(tree):
    """Whether a cell calls what lasts outside of names: files, settings."""
    return any(isinstance(node, ast.Call) and called(node) in LASTING for node in ast.walk(tree))


SIGNS = re.compile(r'[\W_]+')
# Letters and digits from which a literal repeats what was shown by more than chance.
REPEATED = 20


def plain(text):
    return SIGNS.sub('', text).lower()


def computes_on_shown(tree, shown):
    """Whether a cell has a literal that repeats what was shown, as a text or a list, and does more than print it."""
    literals = (ast.List, ast.Tuple, ast.Dict, ast.Constant)
    texts = [plain(ast.unparse(node)) for node in ast.walk(tree) if isinstance(node, literals)]
    work = (ast.Compare, ast.Subscript, ast.For, ast.comprehension, ast.BinOp)
    return any(len(text) >= REPEATED and text in shown for text in texts) and any(
        isinstance(node, work) or isinstance(node, ast.Call) and called(node) not in ('print', 'display')
        for node in ast.walk(tree)
    )


def measure(code, holds, shown):
    """What a cell is, what it binds, what it reads, what it may have changed, and what names hold after it."""
    try:
        tree = parse(code)
        cell = Cell(holds).run(tree.body)
        cell.works = cell.works or computes_on_shown(tree, shown)
        changed = {'*'} if leaves_something(tree) else touched(tree)
    except UNREADABLE:
        return 'works', set(), set(re.findall(r'\w+', code)), {'*'}, holds
    kind = 'works' if cell.works else 'comment_only' if all(map(is_comment, tree.body)) else 'idle'
    return kind, cell.binds, cell.reads, changed, cell.holds


def analyse(cells):
    """For each cell of a session, in order, why it does nothing, or None."""
    holds, measured, verdicts, needed = {}, [], [], set()
    for cell in cells:
        *found, holds = measure(cell['code'], holds, plain(cell['shown']))
        measured.append((*found, cell['silent']))
    for kind, binds, reads, changed, silent in reversed(measured):
        works = kind == 'works' or bool(binds & needed)
        unused = works and silent and '*' not in changed and not (binds | changed) & needed
        needed = needed | reads if works and not unused else needed
        verdicts.append('unused' if unused else None if works else kind)
    return verdicts[::-1]
