"""Finds the regions that cells crop, as far as literals and the constants of earlier cells tell. It runs no code.

A region is (picture, left, top, right, bottom) in pixels of the question's picture. What cannot be worked out is None.
"""
import operator

# Calls that show, measure or convert a picture as it is: a cell that calls nothing else does nothing new with a crop.
PLAIN = set(
    'crop display show imshow print int round float min max abs copy convert load open figure subplots axis title '
    'set_title suptitle tight_layout str len format array asarray fromarray enumerate range zip xticks yticks '
    'get_ipython list tuple repr'.split()
)
SAME = ('copy', 'convert', 'load')
OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}
FUNCTIONS = {'int': int, 'round': round, 'float': float, 'abs': abs, 'min': min, 'max': max}
LOOPS = 20
# JSON has no infinite numbers, and no picture has as many pixels.
MOST = 1e9


class Region:
    def __init__(self, picture, box):
        self.picture, self.box = picture, box

    def part(self, box):
        left, top, right, bottom = self.box
        a, b, c, d = (left + box[0], top + box[1], left + box[2], top + box[3])
        return Region(self.picture, (max(a, left), max(b, top), min(c, right), min(d, bottom)))

    @property
    def size(self):
        left, top, right, bottom = self.box
        return (right - left, bottom - top)


def is_numeric(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def axes_of(index):
    """Of rows and of columns; what is not given, or stands for all before the colours, is all of them."""
    axes = index.elts if isinstance(index, ast.Tuple) else [index]
    if any(isinstance(axis, ast.Constant) and axis.value is ... for axis in axes):
        axes = [] if len(axes) < 3 else axes
    return [*axes, ast.Slice(), ast.Slice()][:2]


def narrows(index):
    """Whether less is left: a pixel, a mask, a colour and a turned picture are no region."""
    return any(isinstance(axis, ast.Slice) and (axis.lower or axis.upper) for axis in axes_of(index))


class Reader:
    """What names hold, and the crops of the cell that is being read."""

    def __init__(self, sizes):
        self.names = {name: Region(name, (0, 0, *size)) for name, size in sizes.items()}
        self.pictures = set(sizes)
        self.crops = []

    def cell(self, tree):
        self.crops = []
        self.block(tree.body)
        return self.crops

    def block(self, body):
        for node in body:
            self.statement(node)

    def statement(self, node):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            self.crops += [None for each in ast.walk(node) if self.is_crop(each)]
            self.names.pop(getattr(node, 'name', ''), None)
        elif isinstance(node, ast.For):
            self.loop(node)
        elif isinstance(node, (ast.If, ast.While, ast.Try, ast.With)):
            self.branches(node)
        else:
            self.simple(node)

    def simple(self, node):
        self.note(node)
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self.bind(target, self.value(node.value))
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            self.names[node.target.id] = self.calculated(node.op, self.names.get(node.target.id), self.value(node.value))
        elif isinstance(node, ast.AnnAssign) and node.value:
            self.bind(node.target, self.value(node.value))

    def loop(self, node):
        items = self.value(node.iter)
        for item in items[:LOOPS] if isinstance(items, tuple) else [None]:
            self.bind(node.target, item)
            self.block(node.body)
        self.block(node.orelse)
        if not isinstance(items, tuple):
            self.forget(node)

    def branches(self, node):
        """Any of them may have run, so what they bind is not known afterwards."""
        for field in ('test', 'items'):
            head = getattr(node, field, None)
            for each in head if isinstance(head, list) else [head] if head else []:
                self.note(each)
        for field in ('body', 'orelse', 'finalbody'):
            self.block(getattr(node, field, []))
        for handler in getattr(node, 'handlers', []):
            self.block(handler.body)
        self.forget(node)

    def forget(self, node):
        for each in ast.walk(node):
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                self.names.pop(each.id, None)

    def bind(self, target, value):
        if isinstance(target, ast.Name):
            self.names[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            values = value if isinstance(value, tuple) and len(value) == len(target.elts) else [None] * len(target.elts)
            for each, part in zip(target.elts, values):
                self.bind(each, part)

    def is_crop(self, node):
        if isinstance(node, ast.Call):
            return isinstance(node.func, ast.Attribute) and node.func.attr == 'crop'
        return isinstance(node, ast.Subscript) and narrows(node.slice) and isinstance(self.value(node.value), Region)

    def note(self, node):
        """Every crop of a statement, the outermost of those that stand in one another."""
        if isinstance(node, ast.expr) and self.is_crop(node):
            found = self.value(node)
            self.crops.append(found if isinstance(found, Region) else None)
            return
        for child in ast.iter_child_nodes(node):
            self.note(child)

    def value(self, node):
        if isinstance(node, ast.Constant):
            return node.value if is_numeric(node.value) or isinstance(node.value, str) else None
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, (ast.Tuple, ast.List)):
            return tuple(map(self.value, node.elts))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            value = self.value(node.operand)
            return -value if is_numeric(value) else None
        if isinstance(node, ast.BinOp):
            return self.calculated(node.op, self.value(node.left), self.value(node.right))
        handlers = {ast.Attribute: self.attribute, ast.Subscript: self.subscript, ast.Call: self.call}
        handler = handlers.get(type(node))
        return handler(node) if handler else None

    def calculated(self, sign, left, right):
        function = OPERATORS.get(type(sign))
        if not function or not is_numeric(left) or not is_numeric(right):
            return None
        try:
            return function(left, right)
        except (ZeroDivisionError, OverflowError):
            return None

    def attribute(self, node):
        held = self.value(node.value)
        if not isinstance(held, Region):
            return None
        width, height = held.size
        return {'size': (width, height), 'width': width, 'height': height, 'shape': (height, width, None)}.get(node.attr)

    def subscript(self, node):
        held = self.value(node.value)
        if isinstance(held, Region):
            return self.sliced(held, node.slice)
        if isinstance(node.slice, ast.Slice) and isinstance(held, tuple):
            bounds = [self.value(each) if each else None for each in (node.slice.lower, node.slice.upper)]
            return held[slice(*[each if isinstance(each, int) else None for each in bounds])]
        index = self.value(node.slice)
        return held[index] if isinstance(held, tuple) and isinstance(index, int) and -len(held) <= index < len(held) else None

    def sliced(self, region, node):
        """Rows first, as arrays have them."""
        rows, columns = axes_of(node)
        width, height = region.size
        if not all(isinstance(axis, ast.Slice) and axis.step is None for axis in (rows, columns)):
            return None
        (top, bottom), (left, right) = self.bounds(rows, height), self.bounds(columns, width)
        box = (left, top, right, bottom)
        return region.part(box) if all(map(is_numeric, box)) else None

    def bounds(self, axis, length):
        lower = self.value(axis.lower) if axis.lower else 0
        upper = self.value(axis.upper) if axis.upper else length
        return [each + length if is_numeric(each) and each < 0 else each for each in (lower, upper)]

    def call(self, node):
        name = called(node)
        if isinstance(node.func, ast.Attribute):
            held = self.value(node.func.value)
            if isinstance(held, Region):
                return self.cropped(held, node) if name == 'crop' else held if name in SAME else None
        arguments = tuple(map(self.value, node.args))
        if name in ('array', 'asarray', 'fromarray') and arguments:
            return arguments[0] if isinstance(arguments[0], Region) else None
        if name == 'open' and arguments and isinstance(arguments[0], str):
            return self.picture(arguments[0])
        return self.number(name, arguments)

    def picture(self, path):
        name = path.split('/')[-1].split('.')[0]
        return self.names.get(name) if name in self.pictures else None

    def cropped(self, region, node):
        given = node.args[0] if node.args else next((each.value for each in node.keywords if each.arg == 'box'), None)
        box = self.value(given) if given else None
        return region.part(box) if isinstance(box, tuple) and len(box) == 4 and all(map(is_numeric, box)) else None

    def number(self, name, arguments):
        numbers = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], tuple) else arguments
        if name not in FUNCTIONS or not numbers or not all(map(is_numeric, numbers)):
            return None
        single = name in ('int', 'float', 'abs', 'round')
        try:
            return FUNCTIONS[name](*arguments) if single else FUNCTIONS[name](numbers)
        except (TypeError, ValueError, OverflowError):
            return None


def is_plain(tree):
    return all(called(node) in PLAIN for node in ast.walk(tree) if isinstance(node, ast.Call))


def measure(reader, code):
    try:
        tree = parse(code)
        crops = reader.cell(tree)
    except UNREADABLE:
        return {'crops': None, 'plain': False}
    boxes = [[crop.picture, *crop.box] if crop and all(abs(edge) < MOST for edge in crop.box) else None for crop in crops]
    return {'crops': boxes, 'plain': is_plain(tree)}


def analyse(data):
    """For each cell of a session, in order, what it crops, and whether it does nothing else with that than show it."""
    reader = Reader(data['sizes'])
    return [measure(reader, code) for code in data['codes']]
