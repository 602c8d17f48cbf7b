"""Bounds the memory of a trajectory's processes together; the kernel's own limit is for each process.

A process of its own, so that measuring many large processes never delays a fork.
"""
import os
import select
import time

INTERVAL, MIB = 0.15, 1 << 20


class Guard:
    """The fork server's end. `reports` becomes readable when a process tree is over its limit."""

    def __init__(self, pid, orders, reports):
        self.pid, self.orders, self.reports, self.rest = pid, orders, reports, b''

    def watch(self, pid, memory_mb):
        os.write(self.orders, f'{pid} {memory_mb * MIB}\n'.encode())

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
    for pid, limit in (map(int, line.split()) for line in lines):
        if limit:
            limits[pid] = limit
        else:
            limits.pop(pid, None)
    return rest


def _measure(limits, reports):
    """The quick sum counts pages shared after a fork once per process; only when it trips, the exact one is read."""
    for pid, limit in list(limits.items()):
        if _total(pid, _quick) > limit and _total(pid, _exact) > limit:
            os.write(reports, f'{pid}\n'.encode())
            del limits[pid]


def _total(root, size_of):
    total, pids = 0, [root]
    while pids:
        pid = pids.pop()
        try:
            total += size_of(pid)
            for task in os.listdir(f'/proc/{pid}/task'):
                with open(f'/proc/{pid}/task/{task}/children') as file:
                    pids += map(int, file.read().split())
        except (OSError, ValueError, IndexError):
            continue
    return total


def _quick(pid):
    return _kilobytes(f'/proc/{pid}/status', ('RssAnon:', 'RssShmem:'))


def _exact(pid):
    return _kilobytes(f'/proc/{pid}/smaps_rollup', ('Pss_Anon:', 'Pss_Shmem:'))


def _kilobytes(path, names):
    with open(path) as file:
        return 1024 * sum(int(line.split()[1]) for line in file if line.startswith(names))
