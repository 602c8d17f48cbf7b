"""Says what cells do, of the kinds in which DeepEyesV2 counts the use of tools: crop, mark, numerical analysis."""

# Their arguments are places in a picture: arithmetic there finds a place, it analyses nothing.
GEOMETRY = set(
    'crop resize thumbnail rotate expand pad paste rectangle rounded_rectangle ellipse polygon line lines arc chord '
    'circle text multiline_text putText polylines arrowedLine drawMarker Rectangle Circle Ellipse Polygon add_patch '
    'point annotate axhline axvline axvspan axhspan new zeros ones full figure subplots range arange linspace '
    'truetype load_default Canvas fillPoly set_xlim set_ylim'.split()
)
DRAWING = set('rectangle rounded_rectangle ellipse polygon line arc chord pieslice text multiline_text point'.split())
CV_DRAWING = set(
    'rectangle line circle putText polylines drawContours arrowedLine ellipse drawMarker fillPoly drawKeypoints '
    'drawMatches'.split()
)
PLOT_MARKS = set('add_patch annotate axhline axvline axvspan axhspan hlines vlines'.split())
PLOTTING = set('plot scatter text fill arrow'.split())
CV_ANALYSIS = set(
    'findContours contourArea boundingRect HoughLines HoughLinesP HoughCircles connectedComponents '
    'connectedComponentsWithStats countNonZero calcHist minAreaRect moments matchTemplate meanStdDev mean minMaxLoc '
    'inRange norm goodFeaturesToTrack cornerHarris arcLength approxPolyDP absdiff fitLine minEnclosingCircle '
    'distanceTransform kmeans'.split()
)
ANALYSIS_MODULES = set('math numpy scipy statistics sympy sklearn pandas fractions decimal skimage colorsys'.split())
# What only holds, makes or converts numbers.
NEUTRAL = set(
    'array asarray zeros ones zeros_like ones_like full empty arange linspace uint8 int32 int64 float32 float64 uint16 '
    'astype copy random seed set_printoptions Image fromarray DataFrame Series symbols stack hstack vstack concatenate '
    'resize rescale rotate rgb2gray imread imsave tile repeat pad expand_dims transpose flip fliplr flipud rot90 '
    'ascontiguousarray clip squeeze reshape gaussian unsharp_mask equalize_hist equalize_adapthist '
    'adjust_gamma adjust_log set_option read_csv'.split()
)
MEASURING = set(
    'mean sum std var median argmax argmin histogram getpixel getdata getcolors getextrema getbbox count corr describe '
    'value_counts groupby nonzero percentile quantile idxmax idxmin nunique cumsum dot most_common unique entropy '
    'index'.split()
)
BUILTINS = set('sum pow divmod abs len min max round Counter any all'.split())


def aliases(trees):
    """What names of modules, and of what is imported from them, stand for; these stand for the same everywhere."""
    found = {'cv2': 'cv2', 'np': 'numpy', 'math': 'math', 'pd': 'pandas'}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found.update({each.asname or each.name.split('.')[0]: each.name.split('.')[0] for each in node.names})
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.update({each.asname or each.name: node.module.split('.')[0] for each in node.names})
    return found


def inside(node):
    return {id(each) for each in ast.walk(node)}


def bounded(part):
    return isinstance(part, ast.Slice) and (part.lower is not None or part.upper is not None)


def is_slice(node):
    """A region of a picture as an array: two axes with bounds, or one of what was just made an array; read."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.ctx, ast.Load):
        return False
    if isinstance(node.value, ast.Attribute) and node.value.attr in ('loc', 'iloc'):
        return False
    if isinstance(node.slice, ast.Tuple):
        return sum(map(bounded, node.slice.elts)) >= 2
    return bounded(node.slice) and isinstance(node.value, ast.Call) and called(node.value) in ('array', 'asarray')


def is_geometry(node):
    return isinstance(node, ast.Call) and called(node) in GEOMETRY


def conditions(node):
    """Comparisons that only choose what to go on with."""
    tests = [node.test] if isinstance(node, (ast.If, ast.IfExp, ast.While)) else getattr(node, 'ifs', [])
    return [test for test in tests if isinstance(test, ast.Compare)]


def places(trees):
    """Ids of all nodes that analyse nothing: arguments of geometry, bounds, what they are named by, conditions."""
    geometric = set()
    for tree in trees:
        for node in ast.walk(tree):
            if is_geometry(node):
                geometric.update(*[inside(each) for each in [*node.args, *node.keywords]])
            elif isinstance(node, ast.Slice):
                geometric |= inside(node)
            geometric.update(*map(inside, conditions(node)))
    while more := named_places(trees, geometric) - geometric:
        geometric |= more
    return geometric


def named_places(trees, geometric):
    loads = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                loads.setdefault(node.id, []).append(id(node) in geometric)
    only = {name for name, uses in loads.items() if all(uses)}
    found = set()
    for tree in trees:
        for node in ast.walk(tree):
            targets = node.targets if isinstance(node, ast.Assign) else []
            names = {each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)}
            if names and names <= only:
                found |= inside(node.value)
    return found


def draws(tree):
    """Names that hold what one draws on a picture with."""
    made = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)]
    return {target.id for node in made if called(node.value) == 'Draw' for target in node.targets if isinstance(target, ast.Name)}


def is_mask(node):
    first = root(node.args[0]) if node.args else None
    return first is not None and 'mask' in first.lower()


def is_mark(node, modules, drawers, shows):
    if not isinstance(node, ast.Call):
        return False
    name, start = called(node), root(node.func)
    direct = isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call)
    if name in DRAWING and (start in drawers or (direct and called(node.func.value) == 'Draw')):
        return True
    if modules.get(start) == 'cv2':
        return name in CV_DRAWING and not is_mask(node)
    return isinstance(node.func, ast.Attribute) and (name in PLOT_MARKS or (shows and name in PLOTTING))


def is_numerical(node, modules):
    if isinstance(node, (ast.BinOp, ast.Compare, ast.AugAssign)):
        return calculates(node)
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Tuple) and not any(isinstance(each, ast.Slice) for each in node.slice.elts)
    if not isinstance(node, ast.Call):
        return False
    name, module = called(node), modules.get(root(node.func))
    if module == 'cv2':
        return name in CV_ANALYSIS
    if module in ANALYSIS_MODULES:
        return name not in NEUTRAL
    return name in MEASURING if isinstance(node.func, ast.Attribute) else name in BUILTINS


def is_crop(node):
    return is_slice(node) or (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and 'crop' in called(node).lower())


def kinds_of(tree, modules, geometric, drawers):
    nodes = list(ast.walk(tree))
    shows = any(isinstance(node, ast.Call) and called(node) == 'imshow' for node in nodes)
    found = []
    if any(is_crop(node) for node in nodes):
        found.append('crop')
    if any(is_mark(node, modules, drawers, shows) for node in nodes):
        found.append('mark')
    if any(id(node) not in geometric and is_numerical(node, modules) for node in nodes):
        found.append('numerical_analysis')
    return found


def tree_of(code):
    try:
        return parse(code)
    except UNREADABLE:
        return ast.parse('')


def analyse(codes):
    """For each cell of a session, in order, the kinds of what it does."""
    trees = [tree_of(code) for code in codes]
    modules, geometric = aliases(trees), places(trees)
    drawers = set().union(*map(draws, trees))
    return [kinds_of(tree, modules, geometric, drawers) for tree in trees]
