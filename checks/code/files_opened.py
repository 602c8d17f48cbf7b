"""Finds which files cells open, where their code says it plainly. It parses code and never runs any."""

READING = set('open imread read_text read_bytes read_csv read_json read_excel loadtxt genfromtxt'.split())
# `np.load(path)` reads a file; `json.load(file)` reads what is open already.
LOADING = {'load': ('np', 'numpy'), 'connect': ('sqlite3',)}
WRITING = set(
    'save savez savefig savetxt imwrite imsave dump write_text write_bytes to_csv to_json to_excel copy copyfile move '
    'rename extractall urlretrieve symlink link'.split()
)


def name_of(node, known):
    """A path that is written out, or None."""
    if isinstance(node, ast.Call) and called(node) == 'Path' and len(node.args) == 1:
        return name_of(node.args[0], known)
    if isinstance(node, ast.Name):
        return known.get(node.id)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def path_of(node, known):
    """Of `open(path)`, `Image.open(path)`, `Path(path).read_text()`."""
    if called(node) in ('read_text', 'read_bytes', 'write_text', 'write_bytes') or (not node.args and called(node) == 'open'):
        return name_of(node.func.value, known) if isinstance(node.func, ast.Attribute) else None
    return name_of(node.args[0], known) if node.args else None


def writes(node):
    """Whether what is opened may be written: by its mode, as `w`, or one that the code does not say plainly."""
    modes = node.args[1:2] + [each.value for each in node.keywords if each.arg == 'mode']
    plain = [mode.value for mode in modes if isinstance(mode, ast.Constant)]
    return called(node) == 'open' and len(plain) < len(modes) or any(set(str(mode)) & set('wax+') for mode in plain)


def loads(node):
    return root(node.func) in LOADING.get(called(node), ())


def opened(code, known):
    try:
        tree = parse(code)
    except UNREADABLE:
        return {'reads': [], 'writes': ['*'], 'image': True}
    reads, written = [], []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Name) and name_of(node.value, known):
            known.update({each.id: name_of(node.value, known) for each in node.targets if isinstance(each, ast.Name)})
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if called(node) in WRITING or (called(node) in READING and writes(node)):
            paths = [name_of(each, known) for each in [*node.args, *[each.value for each in node.keywords]]]
            written += [path_of(node, known) or '*', *filter(None, paths)]
        elif (called(node) in READING or loads(node)) and path_of(node, known):
            reads.append(path_of(node, known))
    return {'reads': reads, 'writes': written, 'image': bool(re.search(r'\bimage_\d+\b', code))}


def analyse(codes):
    """For each cell of a session, in order, the paths it reads and writes, and whether it names an image."""
    known = {}
    return [opened(code, known) for code in codes]
