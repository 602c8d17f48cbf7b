"""Runs cells without namespaces: Landlock for files, signals and sockets, a filter that refuses new processes.

argv: the order as JSON. Descriptors: 3 is the channel. The working folder is the current one.
"""
import ctypes
import json
import os
import struct
import sys

import jail
import kernel
import libraries

CREATE, ADD, RESTRICT, BY_VERSION, BENEATH = 444, 445, 446, 1, 1
EXECUTE, WRITE, READ_FILE, READ_FOLDER, MAKE_CHARACTER, MAKE_SOCKET, MAKE_PIPE, MAKE_BLOCK = (
    1 << bit for bit in (0, 1, 2, 3, 6, 9, 10, 11)
)
TRUNCATE, DEVICE_CONTROL, OLDEST = 1 << 14, 1 << 15, 6
EVERYTHING, NETWORK, SCOPES = (1 << 16) - 1, 3, 3
FOR_FILES = EXECUTE | WRITE | READ_FILE | TRUNCATE | DEVICE_CONTROL
SYSTEM = ('/usr', '/lib', '/lib64', '/etc/alternatives', '/etc/ld.so.cache', '/etc/matplotlibrc', '/etc/fonts')
# Not /dev/zero: mapped and shared it is memory that nobody counts.
DEVICES = ('/dev/null', '/dev/random', '/dev/urandom')
# Threads that other processes of the same user may start later without taking this session's share.
OTHERS = 256
# Asking for this exit code tells the host that the kernel here is too old.
TOO_OLD = 96

_libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    result = _libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), f'system call {number}')
    return result


def version():
    try:
        return call(CREATE, None, 0, BY_VERSION)
    except OSError:
        return 0


def allow(rules, path, access):
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):
        access &= FOR_FILES
    call(ADD, rules, BENEATH, struct.pack('<Qi', access, folder), 0)
    os.close(folder)


def restrict(folders):
    """From here on only these can be read, and only the working folder written."""
    attributes = struct.pack('<QQQ', EVERYTHING, NETWORK, SCOPES)
    rules = call(CREATE, attributes, len(attributes), 0)
    for path in (*SYSTEM, *folders, '/proc/self'):
        allow(rules, os.path.realpath(path), EXECUTE | READ_FILE | READ_FOLDER)
    for path in DEVICES:
        allow(rules, path, WRITE | READ_FILE)
    allow(rules, os.getcwd(), EVERYTHING & ~(EXECUTE | MAKE_CHARACTER | MAKE_SOCKET | MAKE_PIPE | MAKE_BLOCK))
    jail.forbid_new_privileges()
    call(RESTRICT, rules, 0)
    os.close(rules)


def threads_of_user():
    """Of all processes of this user: the kernel counts them together."""
    count = 0
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            if os.stat(f'/proc/{pid}').st_uid == os.getuid():
                count += len(os.listdir(f'/proc/{pid}/task'))
        except OSError:
            continue
    return count


def hold(order):
    """Ends with the host's process, before other programs where memory is short, and without rights or many threads."""
    without = order['without']
    if 'parent' not in without:
        jail.die_with_parent()
        if os.getppid() != order['parent']:
            sys.exit()
    own = jail.own_folder()
    jail.end_first(own, without)
    os.close(own)
    jail.drop_privileges(without)
    order['limits']['processes'] += threads_of_user() + OTHERS


def main():
    order = json.loads(sys.argv[1])
    if version() < OLDEST:
        sys.exit(TOO_OLD)
    hold(order)
    here = os.path.dirname(os.path.abspath(__file__))
    with open(f'{here}/filter', 'rb') as file:
        program = file.read()
    for place, output in ((4, 1), (5, 2)):
        os.dup2(output, place)
    libraries.install()
    restrict([here, *order['folders']])
    jail.filter_calls(program)
    kernel.serve(3, (4, 5), order, owns_processes=False, site=f'{here}/site')


main()
