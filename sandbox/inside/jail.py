"""What turns a forked process into a jailed one: namespaces, mounts, capabilities, system call filter, limits."""
import ctypes
import os
import resource
import signal
import struct
from mmap import PAGESIZE

NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000
READONLY, NOSUID, NODEV, NOEXEC, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 8, 4096, 16384, 1 << 18
PDEATHSIG, DUMPABLE, SECCOMP, BOUNDING_DROP, NO_NEW_PRIVS, AMBIENT = 1, 4, 22, 24, 38, 47
CAPABILITY_VERSION, LAST_CAPABILITY, AMBIENT_CLEAR, SECCOMP_FILTER = 0x20080522, 40, 4, 2
MIB = 1 << 20
HUGE_PAGE, ALLOW_HUGE, COLLAPSE = 2 * MIB, 14, 25

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result, what):
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f'{what}: {os.strerror(number)}')


def _prctl(option, *values):
    padded = (values + (0, 0, 0, 0))[:4]
    return _libc.prctl(option, *(ctypes.c_ulong(value) for value in padded))


def _mount(kind, target, flags, data=None):
    text = (kind or '').encode() or None
    _check(_libc.mount(text, target.encode(), text, ctypes.c_ulong(flags), data and data.encode()), f'mount {target}')


def _advise(begin, length, advice):
    _libc.madvise(ctypes.c_void_p(begin), ctypes.c_size_t(length), advice)


def gather_pages():
    """Moves what this process has written into huge pages where it can: a fork copies an entry for each page.

    The heap's free end will have them too. Failing costs only time: an old kernel does not know the calls.
    """
    with open('/proc/self/maps') as file:
        areas = [line.split() for line in file]
    present = os.open('/proc/self/pagemap', os.O_RDONLY)
    for span, access, _, _, inode, *name in areas:
        begin, end = (int(bound, 16) for bound in span.split('-'))
        if access != 'rw-p' or inode != '0':
            continue
        if name == ['[heap]']:
            _advise(begin, end - begin, ALLOW_HUGE)
        for page in range(-(-begin // HUGE_PAGE) * HUGE_PAGE, end - HUGE_PAGE + 1, HUGE_PAGE):
            entries = os.pread(present, 8 * HUGE_PAGE // PAGESIZE, 8 * page // PAGESIZE)
            if any(byte & 0x80 for byte in entries[7::8]):
                _advise(page, HUGE_PAGE, COLLAPSE)
    os.close(present)


def _write(folder, name, text):
    file = os.open(name, os.O_WRONLY, dir_fd=folder)
    os.write(file, text.encode())
    os.close(file)


def own_folder():
    """Of this process in the /proc that is mounted now, which can be written to."""
    return os.open('/proc/self', os.O_RDONLY | os.O_DIRECTORY)


def end_first(own, without):
    """When the machine has no memory left, it is to take this process, not the one that started the sandbox."""
    if 'oom_first' not in without:
        _write(own, 'oom_score_adj', '1000')


def unshare(flags):
    _check(_libc.unshare(flags), 'unshare')


def enter(namespace, kind):
    _check(_libc.setns(namespace, kind), 'setns')


def die_with_parent():
    _check(_prctl(PDEATHSIG, signal.SIGKILL), 'prctl')


def mount_own(hidden, without):
    """Fresh, bounded folders that belong to this process alone; `hidden` is covered by an empty one."""
    unshare(NEWNS)
    _mount(None, '/', RECURSIVE | PRIVATE)
    owner = f'uid={os.getuid()},gid={os.getgid()}'
    for folder, size, files in (('/work', 256, 4096), ('/tmp', 64, 4096), ('/dev/shm', 64, 1024)):
        inodes = '' if 'inodes' in without else f',nr_inodes={files}'
        bounds = owner if 'disk' in without else f'{owner},size={size}m{inodes}'
        _mount('tmpfs', folder, NOSUID | NODEV, f'{bounds},mode=0755')
    if 'hidden_socket' not in without:
        _mount('tmpfs', hidden, READONLY | NOSUID | NODEV | NOEXEC, 'size=4k,nr_inodes=2')
    _mount_proc(without)


def _mount_proc(without):
    """Nobody writes there: a process could take back that it is ended first. How the machine was started is hidden."""
    readonly = 0 if 'read_only_proc' in without else READONLY
    _mount('proc', '/proc', readonly | NOSUID | NODEV | NOEXEC)
    for name in ('/proc/cmdline', '/proc/bootconfig', '/proc/config.gz'):
        if os.path.exists(name) and 'host_details' not in without:
            _mount(os.devnull, name, BIND)


def enter_own_namespaces(own, without):
    """A user namespace of its own has no capability over anything outside; the rest follow it."""
    user, group = os.getuid(), os.getgid()
    network = 0 if 'network' in without else NEWNET
    unshare(NEWUSER | network | NEWIPC | NEWUTS | NEWCGROUP)
    _write(own, 'setgroups', 'deny')
    _write(own, 'uid_map', f'{user} {user} 1')
    _write(own, 'gid_map', f'{group} {group} 1')


def drop_privileges(without):
    if 'capabilities' in without:
        return
    for capability in range(LAST_CAPABILITY + 1):
        _prctl(BOUNDING_DROP, capability)
    _prctl(AMBIENT, AMBIENT_CLEAR)
    _check(_libc.capset(struct.pack('<II', CAPABILITY_VERSION, 0), b'\0' * 24), 'capset')


class _Program(ctypes.Structure):
    _fields_ = [('length', ctypes.c_ushort), ('filter', ctypes.c_void_p)]


def forbid_inspection():
    """Closes this process's memory and descriptors to others of the same user."""
    _check(_prctl(DUMPABLE, 0), 'prctl')


def forbid_new_privileges():
    _check(_prctl(NO_NEW_PRIVS, 1), 'no_new_privs')


def filter_calls(program):
    """Installs a seccomp filter, given as BPF bytes, for good."""
    forbid_new_privileges()
    code = ctypes.create_string_buffer(program, len(program))
    fprog = _Program(len(program) // 8, ctypes.addressof(code))
    _check(_prctl(SECCOMP, SECCOMP_FILTER, ctypes.addressof(fprog)), 'seccomp')


def limit(limits, without):
    """Bounds every resource the kernel can bound per process; `limits` is in MiB and counts."""
    bounds = {
        'core': (resource.RLIMIT_CORE, 0),
        'address_space': (resource.RLIMIT_AS, limits['addressSpaceMb'] * MIB),
        'file_size': (resource.RLIMIT_FSIZE, limits['fileMb'] * MIB),
        'open_files': (resource.RLIMIT_NOFILE, limits['openFiles']),
        'processes': (resource.RLIMIT_NPROC, limits['processes']),
        'locked_memory': (resource.RLIMIT_MEMLOCK, MIB),
        'messages': (resource.RLIMIT_MSGQUEUE, 0),
        'stack': (resource.RLIMIT_STACK, 8 * MIB),
        'cpu': (resource.RLIMIT_CPU, limits['cpuSeconds']),
    }
    for name, (kind, value) in bounds.items():
        if name not in without:
            hard = resource.getrlimit(kind)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (value, value))
