"""The first process of a container: runs a kernel and carries its channel and outputs over stdin and stdout.

Outwards everything is blocks: one byte that names the stream, four bytes of length, the bytes. Inwards only the
kernel's channel comes, after one line with the order.
"""
import json
import os
import select
import signal
import socket
import struct
import sys

import jail
import kernel
import libraries

CONTROL, STDOUT, STDERR = 0, 1, 2


def start(order):
    """Forks the kernel; gives its pid and this side's descriptors of its three streams."""
    ours, theirs = socket.socketpair()
    pipes = [os.pipe() for _ in range(2)]
    pid = os.fork()
    if pid == 0:
        for place, source in enumerate((os.open(os.devnull, os.O_RDONLY), pipes[0][1], pipes[1][1], theirs.fileno())):
            os.dup2(source, 100 + place)
        for place, source in enumerate((100, 101, 102, 103, 101, 102)):
            os.dup2(source, place)
        os.closerange(6, 4096)
        os.setsid()
        # Everything but the first process may be killed at the end of a cell, and only in a container is that ours.
        kernel.serve(3, (4, 5), order, owns_processes=os.getppid() == 1, site='/sandbox/site')
    theirs.close()
    for _, writable in pipes:
        os.close(writable)
    return pid, {ours.detach(): CONTROL, pipes[0][0]: STDOUT, pipes[1][0]: STDERR}


def write(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view):]


def reap(kernel_pid):
    """Collects what ended here; True once the kernel did."""
    try:
        while True:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid == kernel_pid:
                return True
            if pid == 0:
                return False
    except ChildProcessError:
        return True


def relay(kernel_pid, streams):
    control = next(descriptor for descriptor, name in streams.items() if name == CONTROL)
    while streams:
        ready, _, _ = select.select([0, *streams], [], [], 0.5)
        for descriptor in ready:
            data = os.read(descriptor, 1 << 16)
            if descriptor == 0:
                if not data:
                    os._exit(0)
                write(control, data)
            elif data:
                write(1, struct.pack('>BI', streams[descriptor], len(data)) + data)
            else:
                del streams[descriptor]
        if not ready and reap(kernel_pid):
            return


def read_order():
    line = b''
    while not line.endswith(b'\n'):
        line += os.read(0, 1)
    return json.loads(line)


def main():
    libraries.install()
    pid, streams = start(read_order())
    jail.forbid_inspection()
    signal.signal(signal.SIGINT, lambda *_: os.kill(pid, signal.SIGINT))
    relay(pid, streams)
    os._exit(0)


main()
