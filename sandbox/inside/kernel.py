"""Runs cells, inside the jail. Nothing it says is believed about time, limits or how the process ended.

A message either way is a line of JSON and, where it has `size`, that many raw bytes after it.
"""
import ast
import builtins
import gc
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
_open, _read, _close = os.open, os.read, os.close
_signal, _sleep, _no_hang, _peek, _objects = signal.signal, time.sleep, os.WNOHANG, os.waitid, gc.get_objects
ENDED = os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT

# A class may hide any attribute behind a property, and make text that is no plain text.
_name_of = type.__dict__['__name__'].__get__
_trace_of = BaseException.__dict__['__traceback__'].__get__
_plain = str.__str__

MAX_TEXT, MAX_VALUE, REAP_SECONDS, CHUNK = 20_000, 2_000, 10, 1 << 18
# How long what is about to end may take: a joined thread and a closed pool are gone a moment later, and one that wants
# to run may have to wait for a processor.
WAITS_SECONDS, RUNS_SECONDS = 0.05, 1
# Processes that multiprocessing starts once and keeps for itself. They run nothing of the cell's.
HELPERS = b'from multiprocessing.resource_tracker import main', b'from multiprocessing.forkserver import main'


class Kernel:
    """`channel` is a socket's descriptor; `outputs` are spare descriptors of stdout and stderr that cells do not know."""

    def __init__(self, channel, outputs, order, owns_processes):
        self.channel, self.outputs, self.work = channel, outputs, os.getcwd()
        self.requests = os.fdopen(channel, 'rb', buffering=1 << 16, closefd=False)
        self.pid, self.cells, self.without, self.left = _getpid(), 0, order['without'], set()
        self.owns_processes = owns_processes
        self.images = images.Images(self.send, order['images'])
        main = types.ModuleType('__main__')
        main.__builtins__, main.display = builtins, self.images.display
        sys.modules['__main__'], self.names = main, main.__dict__

    def send(self, header, payload=b''):
        write_all(self.channel, _dumps({**header, 'size': len(payload)}).encode() + b'\n')
        write_all(self.channel, payload)

    def loop(self):
        ignore_interrupts()
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
        self.flush()
        self.mark(request['nonce'])
        self.send({'type': 'done', 'nonce': request['nonce'], 'dropped': self.images.dropped, **leftover, **reply})

    def run(self, code, name):
        """An interrupt that comes when the code is through still is of this cell: it must not go further than here."""
        try:
            try:
                _signal(signal.SIGINT, signal.default_int_handler)
                return {'status': 'ok', 'result': self.execute(code, name), 'error': None}
            finally:
                ignore_interrupts()
        except BaseException as error:
            ignore_interrupts()
            status = 'exit' if issubclass(type(error), SystemExit) else 'error'
            return {'status': status, 'result': None, 'error': describe(error)}

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
        return None if self.images.shown(value, 'result') else _plain(repr(value))[: MAX_TEXT + 1]

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
        begin, owners = _now(), None
        while True:
            owners = self.reap(owners)
            threads, processes = threads_left(), processes_left() if self.owns_processes else []
            if not may_end(threads - self.left, processes, _now() - begin):
                break
            _sleep(0.001)
        self.left = threads
        if processes and 'leftovers' not in self.without:
            self.kill_everything(owners)
        return {'threads': len(threads), 'processes': len(processes)}

    def kill_everything(self, owners):
        end = _now() + REAP_SECONDS
        try:
            while _now() < end:
                _kill(-1, signal.SIGKILL)
                owners = self.reap(owners)
                _sleep(0.002)
        except OSError:
            return

    def reap(self, owners):
        """Collects children that have ended. Whoever holds one looks how it ended first: later nobody can know."""
        while self.owns_processes and (pid := ended_child()):
            owners = process_owners() if owners is None else owners
            for owner in owners:
                poll(owner)
            collect(pid)
        return owners

    def mark(self, nonce):
        for descriptor in self.outputs:
            _write(descriptor, f'\0{nonce}\0'.encode())


def write_all(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[_write(descriptor, view):]


def ignore_interrupts():
    """A handler that does nothing, because Python tells of a signal that came just before it was to be ignored."""
    _signal(signal.SIGINT, lambda *_: None)


def threads_left():
    """Threads besides the first, which has the process's own number."""
    return {task for task in _listdir('/proc/self/task') if int(task) != _getpid()}


def processes_left():
    own = 1, _getpid()
    pids = [name for name in _listdir('/proc') if name.isdigit() and int(name) not in own]
    return [pid for pid in pids if not any(helper in read_bytes(f'/proc/{pid}/cmdline') for helper in HELPERS)]


def may_end(threads, processes, waited):
    if not (threads or processes):
        return False
    return waited < (RUNS_SECONDS if any(map(wants_to_run, threads)) else WAITS_SECONDS)


def wants_to_run(task):
    return read_bytes(f'/proc/self/task/{task}/stat').rpartition(b') ')[2][:1] not in (b'S', b'')


def read_bytes(path):
    """Nothing where what it tells of is gone."""
    try:
        file = _open(path, os.O_RDONLY)
        try:
            return _read(file, 4096)
        finally:
            _close(file)
    except OSError:
        return b''


def ended_child():
    try:
        ended = _peek(*ENDED)
    except ChildProcessError:
        return None
    return ended and ended.si_pid


def process_owners():
    """The objects that hold a process: of subprocess, and of multiprocessing."""
    try:
        names = 'subprocess', 'multiprocessing.popen_fork'
        kinds = [sys.modules[name].Popen for name in names if name in sys.modules]
        kinds = tuple(kind for kind in kinds if type(kind) is type)
        return [thing for thing in _objects() if issubclass(type(thing), kinds)]
    except BaseException:
        return []


def poll(owner):
    try:
        owner.poll()
    except BaseException:
        return


def collect(pid):
    try:
        _waitpid(pid, _no_hang)
    except ChildProcessError:
        return


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
    kind, trace = type(error), _trace_of(error)
    while trace and not trace.tb_frame.f_code.co_filename.startswith(('<cell', '<prelude')):
        trace = trace.tb_next
    try:
        text = _plain(''.join(_format(kind, error, trace, limit=20)))[-MAX_TEXT:]
        value = _plain(str(error))[:MAX_VALUE]
    except BaseException:
        text, value = '<unprintable>', '<unprintable>'
    return {'name': _name_of(kind), 'value': value, 'traceback': text}


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
