"""Bounds the memory that a trajectory holds; the kernel's own limit is for each process.

Held is what its processes have in memory or swapped out, their page tables, the files in its folders, which lie in
memory too, and what its sockets may have in their queues. Where a figure cannot be read it is over the limit: of a
process that is closed to others only the quick one can be.

A process of its own, so that measuring many large processes never delays a fork.
"""
import os
import select
import time

INTERVAL, MIB = 0.15, 1 << 20
FOLDERS = ('work', 'tmp', 'dev/shm')
# A queue takes one message more, of at most half its size, than it has room for. This is Linux's size for all sockets.
SOCKET = 212_992 * 3 // 2
GONE = (FileNotFoundError, ProcessLookupError)


class Guard:
    """The fork server's end. `reports` becomes readable when a process tree is over its limit."""

    def __init__(self, pid, orders, reports):
        self.pid, self.orders, self.reports, self.rest = pid, orders, reports, b''

    def watch(self, pid, memory_mb, without):
        os.write(self.orders, f'{pid} {memory_mb * MIB} {",".join(without)}\n'.encode())

    def forget(self, pid):
        os.write(self.orders, f'{pid} 0\n'.encode())

    def over_limit(self):
        data = os.read(self.reports, 4096)
        if not data:
            os._exit(98)
        *lines, self.rest = (self.rest + data).split(b'\n')
        return [int(line) for line in lines]


def start():
    """Forks the watchdog; it ends with the fork server, whose end of the pipe closes."""
    orders, orders_in = os.pipe()
    reports_out, reports = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(orders_in)
        os.close(reports_out)
        os.closerange(0, 2)
        _loop(orders, reports)
    os.close(orders)
    os.close(reports)
    return Guard(pid, orders_in, reports_out)


def _loop(orders, reports):
    limits, rest, due = {}, b'', time.monotonic()
    while True:
        wait = max(0, due - time.monotonic()) if limits else None
        if select.select([orders], [], [], wait)[0]:
            rest = _update(limits, orders, rest)
        if time.monotonic() >= due:
            _measure(limits, reports)
            due = time.monotonic() + INTERVAL


def _update(limits, orders, rest):
    data = os.read(orders, 4096)
    if not data:
        os._exit(0)
    *lines, rest = (rest + data).split(b'\n')
    for line in lines:
        pid, limit, *without = line.decode().split()
        if int(limit):
            limits[int(pid)] = int(limit), without[0].split(',') if without else ()
        else:
            limits.pop(int(pid), None)
    return rest


def _measure(limits, reports):
    """The quick sum counts pages shared after a fork once per process; only when it trips, the exact one is read."""
    for pid, (limit, without) in list(limits.items()):
        try:
            over = _held(pid, _quick, without) > limit and _held(pid, _exact, without) > limit
        except GONE:
            continue
        except (OSError, ValueError, IndexError):
            over = True
        if over:
            os.write(reports, f'{pid}\n'.encode())
            del limits[pid]


def _held(root, size_of, without):
    """`root` is the first of its pid namespace: when it has gone, everything has."""
    own, shared = _processes(root, size_of)
    files = 0 if 'files_in_memory' in without else sum(_used(f'/proc/{root}/root/{folder}') for folder in FOLDERS)
    queued = 0 if 'queues' in without else SOCKET * _sockets(root)
    return own + max(shared, files) + queued


def _processes(root, size_of):
    own, shared, pids = 0, 0, [root]
    while pids:
        pid = pids.pop()
        try:
            sizes = size_of(pid)
            for task in os.listdir(f'/proc/{pid}/task'):
                with open(f'/proc/{pid}/task/{task}/children') as file:
                    pids += map(int, file.read().split())
        except GONE:
            continue
        own, shared = own + sizes[0], shared + sizes[1]
    return own, shared


def _quick(pid):
    sizes = _kilobytes(f'/proc/{pid}/status')
    return sum(sizes.get(name, 0) for name in ('RssAnon', 'VmSwap', 'VmPTE')), sizes.get('RssShmem', 0)


def _exact(pid):
    sizes = _kilobytes(f'/proc/{pid}/smaps_rollup')
    tables = _kilobytes(f'/proc/{pid}/status').get('VmPTE', 0)
    return sizes.get('Pss_Anon', 0) + sizes.get('SwapPss', 0) + tables, sizes.get('Pss_Shmem', 0)


def _kilobytes(path):
    with open(path) as file:
        fields = (line.split() for line in file)
        return {words[0][:-1]: 1024 * int(words[1]) for words in fields if words[-1] == 'kB'}


def _used(folder):
    system = os.statvfs(folder)
    return (system.f_blocks - system.f_bfree) * system.f_frsize


def _sockets(pid):
    """All of the network namespace, also those that have no descriptor: in flight, or closed with a full queue."""
    with open(f'/proc/{pid}/net/sockstat') as file:
        return int(file.readline().split()[2])
