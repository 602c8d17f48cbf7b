"""The warm parent in the outer jail. It never runs a cell: it forks one jailed process per trajectory.

Orders come in as lines of JSON on stdin, events leave as lines of JSON on stdout.
"""
import gc
import json
import os
import select
import signal
import socket
import sys

import jail
import kernel
import libraries
import watchdog

RUN, SOCKET, WORK = '/run/sandbox', '/run/sandbox/socket', '/work'
OWN_PIDS = os.open('/proc/self/ns/pid', os.O_RDONLY)


def tell(event):
    os.write(1, json.dumps(event).encode() + b'\n')


def connect(name):
    """Three connections to the host, each opened with the trajectory's secret name."""
    connections = []
    for role in ('control', 'stdout', 'stderr'):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(SOCKET)
        connection.sendall(f'{name} {role}'.ljust(64).encode())
        connections.append(connection.detach())
    return connections


def arrange(control, stdout, stderr):
    """Standard descriptors for the cells; 3 is the channel, 4 and 5 are the kernel's own way to both outputs."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for place, source in enumerate((nothing, stdout, stderr, control, stdout, stderr)):
        os.dup2(source, 100 + place)
    for place in range(6):
        os.dup2(100 + place, place)
    os.closerange(6, 4096)


def become_trajectory(order, program):
    """Runs in the new process, which is already the first of its own pid namespace."""
    without = order['without']
    jail.die_with_parent()
    connections = connect(order['name'])
    own = jail.own_folder()
    jail.end_first(own, without)
    jail.mount_own(RUN, without)
    os.chdir(WORK)
    jail.enter_own_namespaces(own, without)
    jail.drop_privileges(without)
    os.setsid()
    jail.die_with_parent()
    if 'seccomp' not in without:
        jail.filter_calls(program)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    arrange(*connections)
    kernel.serve(3, (4, 5), order, owns_processes=True, site='/sandbox/site')


class Server:
    def __init__(self, program, guard):
        self.program, self.guard, self.names = program, guard, {}
        self.wake, self.rest = self._wake_on_child(), b''

    @staticmethod
    def _wake_on_child():
        readable, writable = os.pipe()
        os.set_blocking(readable, False)
        os.set_blocking(writable, False)
        signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        return readable

    def loop(self):
        while True:
            ready, _, _ = select.select([0, self.wake, self.guard.reports], [], [])
            if self.guard.reports in ready:
                self.end_over_limit()
            if self.wake in ready:
                os.read(self.wake, 4096)
                self.reap()
            if 0 in ready:
                self.obey()

    def obey(self):
        data = os.read(0, 1 << 20)
        if not data:
            os._exit(0)
        *lines, self.rest = (self.rest + data).split(b'\n')
        for line in lines:
            order = json.loads(line)
            if order['type'] == 'fork':
                self.fork(order)
            elif order['type'] == 'kill':
                self.signal(order['name'], signal.SIGKILL)
            else:
                self.signal(order['name'], signal.SIGINT)
                tell({'type': 'interrupted', 'name': order['name']})

    def signal(self, name, number):
        for pid, known in self.names.items():
            if known == name:
                os.kill(pid, number)

    def fork(self, order):
        jail.unshare(jail.NEWPID)
        pid = os.fork()
        if pid == 0:
            self.child(order)
        jail.enter(OWN_PIDS, jail.NEWPID)
        self.names[pid] = order['name']
        tell({'type': 'forked', 'name': order['name'], 'pid': pid})
        if 'watchdog' not in order['without']:
            self.guard.watch(pid, order['limits']['memoryMb'], order['without'])

    def child(self, order):
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            become_trajectory(order, self.program)
        except BaseException as error:
            sys.__stderr__.write(f'the jail could not be set up: {error!r}\n')
            sys.__stderr__.flush()
        finally:
            os._exit(97)

    def end_over_limit(self):
        for pid in self.guard.over_limit():
            if pid in self.names:
                tell({'type': 'memory', 'name': self.names[pid]})
                os.kill(pid, signal.SIGKILL)

    def reap(self):
        while self.names:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            if pid == self.guard.pid:
                os._exit(98)
            name = self.names.pop(pid)
            self.guard.forget(pid)
            tell({'type': 'exit', 'name': name, 'code': os.waitstatus_to_exitcode(status)})


def main():
    guard = watchdog.start()
    libraries.install()
    if json.loads(sys.stdin.buffer.raw.readline())['warm']:
        libraries.offer_fonts()
        libraries.warm()
        gc.collect()
        gc.freeze()
        jail.gather_pages()
    with open('/sandbox/filter', 'rb') as file:
        program = file.read()
    tell({'type': 'up'})
    Server(program, guard).loop()


main()
