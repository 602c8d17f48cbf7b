"""Which cells are another program once DeepEyesV2's environment has indented them anew, as its fix_python_indentation
does: no line keeps its indentation, and a block that was begun ends at except, elif, else or finally alone."""
CLOSING = ('except', 'elif', 'else', 'finally')


def indented_anew(code):
    depth = 0
    lines = []
    for line in filter(None, (line.strip() for line in code.split('\n'))):
        if line.startswith(CLOSING):
            depth = max(0, depth - 1)
        lines.append('    ' * depth + line)
        if line.endswith(':'):
            depth += 1
    return '\n'.join(lines)


def tree(code):
    try:
        return ast.dump(parse(code))
    except UNREADABLE:
        return None


def analyse(codes):
    return [tree(code) != tree(indented_anew(code)) for code in codes]
