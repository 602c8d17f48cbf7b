import { expect } from 'vitest'
import { type Abuse, at } from './abuse.ts'

const calls = {
  x64: {
    mount: [165, "b'tmpfs', b'/tmp', b'tmpfs', 0, 0"],
    unshare_user: [272, '0x10000000'],
    unshare_mounts: [272, '0x20000'],
    setns: [308, '0, 0'],
    ptrace: [101, '0, 1, 0, 0'],
    process_vm_readv: [310, '1, 0, 0, 0, 0, 0'],
    bpf: [321, '0, 0, 0'],
    perf_event_open: [298, '0, 0, 0, 0, 0'],
    io_uring_setup: [425, '1, 0'],
    keyctl: [250, '0, 0'],
    userfaultfd: [323, '0'],
    clone3: [435, '0, 0'],
    clone_new_user: [56, '0x10000011, 0, 0, 0, 0'],
    chroot: [161, "b'/'"],
    pivot_root: [155, "b'/', b'/'"],
    kexec_load: [246, '0, 0, 0, 0'],
    open_by_handle_at: [304, '0, 0, 0'],
    shmget: [29, '0, 4096, 0o1600'],
    memfd_create: [319, "b'x', 0"],
    personality: [135, '0x0040000'],
    seccomp: [317, '0, 0, 0'],
    mknod: [133, "b'/work/n', 0o20666, 0x103"],
  },
  arm64: {
    mount: [40, "b'tmpfs', b'/tmp', b'tmpfs', 0, 0"],
    unshare_user: [97, '0x10000000'],
    unshare_mounts: [97, '0x20000'],
    setns: [268, '0, 0'],
    ptrace: [117, '0, 1, 0, 0'],
    bpf: [280, '0, 0, 0'],
    io_uring_setup: [425, '1, 0'],
    keyctl: [219, '0, 0'],
    clone3: [435, '0, 0'],
    clone_new_user: [220, '0x10000011, 0, 0, 0, 0'],
    chroot: [51, "b'/'"],
    shmget: [194, '0, 4096, 0o1600'],
    memfd_create: [279, "b'x', 0"],
    seccomp: [277, '0, 0, 0'],
    mknodat: [33, "-100, b'/work/n', 0o20666, 0x103"],
  },
}
const table: Record<string, (string | number)[]> = process.arch === 'arm64' ? calls.arm64 : calls.x64

/** Native code for another interface of the same processor, where it has one. */
const otherInterfaces = `
import mmap, subprocess
child = os.fork()
if child == 0:
    page = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=7)
    page.write(bytes([0xb8, 0x66, 0, 0, 0, 0xcd, 0x80, 0xc3]))
    os._exit(0 if ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))() >= 0 else 1)
print('32-bit', os.waitpid(child, 0)[1])
child = os.fork()
if child == 0:
    ctypes.CDLL(None).syscall(0x40000000 | 39)
    os._exit(0)
print('x32', os.waitpid(child, 0)[1])`

/** Rights that code must not have, nor be able to get. */
export const privilege: Abuse[] = [
  {
    title: 'it has no capability, cannot get any, and every call is filtered',
    cells: () => [`print(os.getuid(), os.geteuid())\nprint(open('/proc/self/status').read())`],
    check(results) {
      const { stdout } = at(results, 0)
      expect(stdout).not.toMatch(/^0|^\d+ 0/)
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
        expect(stdout).toMatch(new RegExp(`${set}:\\t0{16}`))
      expect(stdout).toMatch(/NoNewPrivs:\t1/)
      expect(stdout).toMatch(/Seccomp:\t2/)
    },
  },
  {
    title: 'calls that reach into the kernel or other processes are refused',
    cells: () => [
      `print({${Object.entries(table).map(([name, [number, given]]) => `'${name}': syscall(${number}, ${given})`)}})`,
    ],
    check: results => expect(at(results, 0).stdout.match(/: -\d+/g)).toHaveLength(Object.keys(table).length),
  },
  ...(process.arch === 'x64'
    ? [
        {
          title: 'the 32-bit and x32 interfaces end the process that tries them',
          cells: () => [otherInterfaces],
          check: (results: Parameters<Abuse['check']>[0]) =>
            expect(at(results, 0).stdout).toMatch(/^32-bit (?:31|159|139|11)\nx32 (?:31|159)\n$/),
        },
      ]
    : []),
  {
    title: 'programs that give rights give none',
    cells: () => [
      `import subprocess
for command in (['su', '-c', 'id'], ['unshare', '-Ur', 'id'], ['bwrap', '--bind', '/', '/', 'id']):
    print(attempt(lambda: subprocess.run(command, capture_output=True, timeout=30, stdin=subprocess.DEVNULL)))`,
    ],
    check(results) {
      expect(at(results, 0).stdout).not.toMatch(/uid=0/)
      expect(at(results, 0).stdout.trim().split('\n')).toHaveLength(3)
    },
  },
  {
    title: 'limits cannot be raised again',
    cells: () => [
      `import resource
for kind in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU):
    print(attempt(lambda: resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))))
print(attempt(lambda: os.nice(-5)))`,
    ],
    check: results => expect(at(results, 0).stdout.match(/ValueError|PermissionError/g)).toHaveLength(5),
  },
  {
    title: 'an out-of-memory of the machine takes the jail first, and no program of it can say otherwise',
    cells: () => [
      `import subprocess
print(open('/proc/self/oom_score_adj').read(), attempt(lambda: open('/proc/self/oom_score_adj', 'w').write('-1000')))
subprocess.run(['/bin/sh', '-c', 'echo 0 > /proc/self/oom_score_adj; cat /proc/self/oom_score_adj'])`,
    ],
    check: results => expect(at(results, 0).stdout).toMatch(/^1000\n1000\n \w+Error: .*\n$/),
  },
]
