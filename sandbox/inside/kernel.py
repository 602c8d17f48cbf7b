"""Runs cells, inside the jail. Nothing it says is believed about time, limits or how the process ended.

A message either way is a line of JSON and, where it has `size`, that many raw bytes after it.
"""
import ast
import builtins
import io
import json
import linecache
import os
import signal
import sys
import time
import traceback
import types

import images
import jail
import libraries

# A cell may replace what it finds in modules; the kernel keeps its own references.
_dumps, _loads, _write, _format, _now = json.dumps, json.loads, os.write, traceback.format_exception, time.monotonic
_getpid, _exit, _kill, _waitpid, _listdir = os.getpid, os._exit, os.kill, os.waitpid, os.listdir
_signal, _sleep, _no_hang = signal.signal, time.sleep, os.WNOHANG

# A metaclass may hide `__name__`.
_name_of = type.__dict__['__name__'].__get__

MAX_TEXT, MAX_VALUE, REAP_SECONDS, CHUNK = 20_000, 2_000, 10, 1 << 18


class Kernel:
    """`channel` is a socket's descriptor; `outputs` are spare descriptors of stdout and stderr that cells do not know."""

    def __init__(self, channel, outputs, order, owns_processes):
        self.channel, self.outputs, self.work = channel, outputs, os.getcwd()
        self.requests = os.fdopen(channel, 'rb', buffering=1 << 16, closefd=False)
        self.pid, self.cells, self.without = _getpid(), 0, order['without']
        self.owns_processes = owns_processes
        self.images = images.Images(self.send, order['images'])
        main = types.ModuleType('__main__')
        main.__builtins__, main.display = builtins, self.images.display
        sys.modules['__main__'], self.names = main, main.__dict__

    def send(self, header, payload=b''):
        write_all(self.channel, _dumps({**header, 'size': len(payload)}).encode() + b'\n')
        write_all(self.channel, payload)

    def loop(self):
        _signal(signal.SIGINT, signal.SIG_IGN)
        self.send({'type': 'ready'})
        while True:
            line = self.requests.readline()
            if not line:
                _exit(0)
            request = _loads(line)
            if request['type'] == 'file':
                self.put(request['name'], request['size'])
            else:
                self.answer(request)

    def put(self, name, size):
        with open(os.path.join(self.work, name), 'wb', buffering=0) as file:
            while size:
                data = self.requests.read1(min(size, CHUNK))
                if not data:
                    _exit(0)
                write_all(file.fileno(), data)
                size -= len(data)

    def answer(self, request):
        """Runs one cell; the nonce that ends its frames also ends its part of stdout and stderr."""
        self.images.begin()
        reply = self.run(request['code'], f'<cell {self.cells}>' if self.cells else '<prelude>')
        self.cells += 1
        self.stay_only_kernel()
        if request['look']:
            self.images.look()
        else:
            self.images.files()
        self.flush()
        leftover = self.end_leftovers()
        self.mark(request['nonce'])
        self.send({'type': 'done', 'nonce': request['nonce'], 'dropped': self.images.dropped, **leftover, **reply})

    def run(self, code, name):
        try:
            _signal(signal.SIGINT, signal.default_int_handler)
            return {'status': 'ok', 'result': self.execute(code, name), 'error': None}
        except BaseException as error:
            status = 'exit' if isinstance(error, SystemExit) else 'error'
            return {'status': status, 'result': None, 'error': describe(error)}
        finally:
            _signal(signal.SIGINT, signal.SIG_IGN)

    def execute(self, code, name):
        tree, source = parse(code, name)
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(';'):
            last = ast.Expression(tree.body.pop().value)
        exec(compile(tree, name, 'exec'), self.names)
        value = None if last is None else eval(compile(last, name, 'eval'), self.names)
        result = None if value is None else self.result(value)
        self.images.figures()
        return result

    def result(self, value):
        self.names['_'] = value
        return None if self.images.shown(value, 'result') else repr(value)[: MAX_TEXT + 1]

    def stay_only_kernel(self):
        """A cell that forked comes back here in the copy too: it must not answer."""
        if _getpid() != self.pid and 'single_kernel' not in self.without:
            self.flush()
            _exit(0)

    def flush(self):
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except BaseException:
                continue

    def end_leftovers(self):
        """Kills what outlived the cell. In its own pid namespace -1 means this trajectory's processes only."""
        threads = len(_listdir('/proc/self/task')) - 1
        if not self.owns_processes:
            return {'threads': threads, 'processes': 0}
        reap()
        left = [name for name in _listdir('/proc') if name.isdigit() and int(name) not in (1, _getpid())]
        if left and 'leftovers' not in self.without:
            self.kill_everything()
        return {'threads': threads, 'processes': len(left)}

    @staticmethod
    def kill_everything():
        end = _now() + REAP_SECONDS
        try:
            while _now() < end:
                _kill(-1, signal.SIGKILL)
                if not reap():
                    return
                _sleep(0.002)
        except OSError:
            return

    def mark(self, nonce):
        for descriptor in self.outputs:
            _write(descriptor, f'\0{nonce}\0'.encode())


def write_all(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[_write(descriptor, view):]


def reap():
    """Collects children that have ended; False where none are left."""
    try:
        while _waitpid(-1, _no_hang)[0]:
            continue
    except ChildProcessError:
        return False
    return True


def parse(code, name):
    """Notebook lines that start with % or ! do nothing here. They are looked for only in what is not Python."""
    tree, fault = attempt(code, name)
    if fault is None:
        return tree, code
    lines = [f'pass  # {line}' if line.startswith(('%', '!')) else line for line in code.split('\n')]
    source = '\n'.join(lines)
    if source != code:
        tree, fault = attempt(source, name)
    if fault is not None:
        raise fault
    return tree, source


def attempt(source, name):
    """The tree, or what is wrong: raised where it is caught it would be the context of what is raised after it."""
    try:
        return ast.parse(source, name), None
    except SyntaxError as fault:
        return None, fault


def describe(error):
    """The error as text, from the cell's own frame on. Its methods are the cell's and may raise."""
    kind, trace = type(error), error.__traceback__
    while trace and not trace.tb_frame.f_code.co_filename.startswith(('<cell', '<prelude')):
        trace = trace.tb_next
    try:
        text = ''.join(_format(kind, error, trace, limit=20))[-MAX_TEXT:]
        value = str(error)[:MAX_VALUE]
    except BaseException:
        text, value = '<unprintable>', '<unprintable>'
    return {'name': _name_of(kind), 'value': str(value), 'traceback': str(text)}


def open_streams():
    """Any text can be printed: what UTF-8 cannot carry is escaped."""
    style = {'encoding': 'utf-8', 'errors': 'backslashreplace'}
    sys.stdout = io.TextIOWrapper(open(1, 'wb', closefd=False, buffering=8192), **style)
    sys.stderr = io.TextIOWrapper(open(2, 'wb', closefd=False, buffering=0), write_through=True, **style)
    sys.__stdout__, sys.__stderr__, sys.stdin = sys.stdout, sys.stderr, open(os.devnull)


def serve(channel, outputs, order, owns_processes, site):
    """Makes this process a kernel for good: limits, seeds, then cells until the channel closes."""
    ours = os.path.dirname(os.path.abspath(__file__))
    sys.argv = ['']
    sys.path[:] = ['', *(path for path in sys.path if path not in ('', ours)), site]
    for name in ('jail', 'kernel', 'images', 'libraries', 'watchdog'):
        sys.modules.pop(name, None)
    open_streams()
    libraries.offer_fonts()
    jail.limit(order['limits'], order['without'])
    libraries.reseed(order['seed'])
    try:
        Kernel(channel, outputs, order, owns_processes).loop()
    finally:
        _exit(99)
