import { SandboxError } from './sandbox.ts'

/** Processors the filter has a table for, as Node names them. */
type Architecture = 'x64' | 'arm64'

const classic = { load: 0x20, equal: 0x15, atLeast: 0x35, anyBit: 0x45, give: 0x06 }
const give = { allow: 0x7fff0000, kill: 0x80000000, error: (number: number) => 0x00050000 | number }
const EPERM = 1
const ENOSYS = 38
const EAFNOSUPPORT = 97
/** Offsets in `struct seccomp_data`: system call number, architecture, first and second argument. */
const at = { number: 0, architecture: 4, first: 16, second: 24 }
const AF_UNIX = 1
const TIOCSTI = 0x5412
const TIOCLINUX = 0x541c
const X32_BIT = 0x40000000
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
const NEW_NAMESPACES = 0x7e020000
const CLONE_THREAD = 0x10000

/** Refused with EPERM: [x86-64 number, arm64 number]; null where the processor has no such call. */
export const denied: Record<string, readonly [number | null, number | null]> = {
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  process_madvise: [440, 440],
  kcmp: [312, 272],
  pidfd_getfd: [438, 438],
  pidfd_open: [434, 434],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  keyctl: [250, 219],
  add_key: [248, 217],
  request_key: [249, 218],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  unshare: [272, 97],
  setns: [308, 268],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  move_mount: [429, 429],
  open_tree: [428, 428],
  mount_setattr: [442, 442],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  syslog: [103, 116],
  ioperm: [173, null],
  iopl: [172, null],
  open_by_handle_at: [304, 265],
  name_to_handle_at: [303, 264],
  lookup_dcookie: [212, 18],
  nfsservctl: [180, 42],
  fanotify_init: [300, 262],
  vhangup: [153, 58],
  modify_ldt: [154, null],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  adjtimex: [159, 171],
  uselib: [134, null],
  _sysctl: [156, null],
  move_pages: [279, 239],
  migrate_pages: [256, 238],
  mbind: [237, 235],
  set_mempolicy: [238, 237],
  mknod: [133, null],
  mknodat: [259, 33],
  personality: [135, 92],
  seccomp: [317, 277],
  landlock_create_ruleset: [444, 444],
  memfd_secret: [447, 447],
  memfd_create: [319, 279],
  semget: [64, 190],
  shmget: [29, 194],
  msgget: [68, 186],
  mq_open: [240, 180],
}

const machines = {
  x64: { audit: 0xc000003e, column: 0, socket: 41, clone: 56, ioctl: 16, forks: [57, 58] },
  arm64: { audit: 0xc00000b7, column: 1, socket: 198, clone: 220, ioctl: 29, forks: [] },
} as const
const CLONE3 = 435

type Instruction = [code: number, ifTrue: number, ifFalse: number, value: number]

const when = (number: number, then: Instruction[]): Instruction[] => [
  [classic.equal, 0, then.length, number],
  ...then,
]
const answer = (value: number): Instruction => [classic.give, 0, 0, value]
const load = (offset: number): Instruction => [classic.load, 0, 0, offset]

/** Only calls of this processor's own interface: another one's numbers mean other calls. */
function ownInterface(machine: (typeof machines)[Architecture]): Instruction[] {
  const x32: Instruction[] = [[classic.atLeast, 0, 1, X32_BIT], answer(give.kill)]
  return [
    load(at.architecture),
    [classic.equal, 1, 0, machine.audit],
    answer(give.kill),
    load(at.number),
    ...(machine.column === 0 ? x32 : []),
  ]
}

/** clone3 hides its flags behind a pointer; told that it does not exist, libc uses clone, whose flags show. */
function processes(machine: (typeof machines)[Architecture], threadsOnly: boolean): Instruction[] {
  const onlyThreads: Instruction[] = [[classic.anyBit, 1, 0, CLONE_THREAD], answer(give.error(EPERM))]
  return [
    ...when(CLONE3, [answer(give.error(ENOSYS))]),
    ...when(machine.clone, [
      load(at.first),
      [classic.anyBit, 0, 1, NEW_NAMESPACES],
      answer(give.error(EPERM)),
      ...(threadsOnly ? onlyThreads : []),
      answer(give.allow),
    ]),
    ...(threadsOnly ? machine.forks.flatMap(fork => when(fork, [answer(give.error(EPERM))])) : []),
  ]
}

function argumentsOf(machine: (typeof machines)[Architecture], noSockets: boolean): Instruction[] {
  const local: Instruction[] = [load(at.first), [classic.equal, 0, 1, AF_UNIX], answer(give.allow)]
  return [
    ...when(machine.socket, [...(noSockets ? [] : local), answer(give.error(EAFNOSUPPORT))]),
    ...when(machine.ioctl, [
      load(at.second),
      [classic.equal, 1, 0, TIOCSTI],
      [classic.equal, 0, 1, TIOCLINUX],
      answer(give.error(EPERM)),
      answer(give.allow),
    ]),
  ]
}

/**
 * The seccomp filter as BPF bytes: a deny list, x86-64 and arm64. `threadsOnly` also refuses
 * new processes and, because Landlock does not see them, all sockets.
 * Throws SandboxError for any other processor.
 */
export function seccompFilter(architecture: string = process.arch, threadsOnly = false): Buffer {
  if (architecture !== 'x64' && architecture !== 'arm64')
    throw new SandboxError(
      `no system call filter for ${architecture}: use an x86-64 or arm64 machine, or a remote sandbox`,
    )
  const machine = machines[architecture]
  const refused = Object.values(denied).flatMap(numbers => numbers[machine.column] ?? [])
  return encode([
    ...ownInterface(machine),
    ...processes(machine, threadsOnly),
    ...argumentsOf(machine, threadsOnly),
    ...refused.flatMap(number => when(number, [answer(give.error(EPERM))])),
    answer(give.allow),
  ])
}

/** `struct sock_filter`: 16-bit code, two 8-bit jumps, 32-bit value. */
function encode(program: Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8)
  program.forEach(([code, ifTrue, ifFalse, value], index) => {
    bytes.writeUInt16LE(code, index * 8)
    bytes.writeUInt8(ifTrue, index * 8 + 2)
    bytes.writeUInt8(ifFalse, index * 8 + 3)
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4)
  })
  return bytes
}
