import type { Protection } from './protections.ts'
import { SandboxError } from './sandbox.ts'

/** Processors the filter has a table for, as Node names them. */
type Architecture = 'x64' | 'arm64'

const classic = { load: 0x20, equal: 0x15, atLeast: 0x35, anyBit: 0x45, give: 0x06 }
const give = { allow: 0x7fff0000, kill: 0x80000000, error: (number: number) => 0x00050000 | number }
const EPERM = 1
const ENOSYS = 38
const EAFNOSUPPORT = 97
/** Offsets in `struct seccomp_data`: system call number, architecture, the low halves of the first four arguments. */
const at = { number: 0, architecture: 4, first: 16, second: 24, third: 32, fourth: 40 }
const AF_UNIX = 1
/** Of the types of sockets only SOCK_STREAM and SOCK_SEQPACKET lack this bit: they have one peer for good. */
const SENDS_ANYWHERE = 2
const SOL_SOCKET = 1
const SO_SNDBUF = 7
const SO_PASSPIDFD = 76
const SO_PEERPIDFD = 77
const F_SETPIPE_SZ = 1031
const PR_SET_PDEATHSIG = 1
const PR_SET_DUMPABLE = 4
const MAP_SHARED = 0x1
const MAP_ANONYMOUS = 0x20
const MAP_HUGETLB = 0x40000
const TIOCSTI = 0x5412
const TIOCLINUX = 0x541c
const X32_BIT = 0x40000000
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
const NEW_NAMESPACES = 0x7e020000
const CLONE_THREAD = 0x10000

/** [x86-64 number, arm64 number]; null where the processor has no such call. */
type Numbers = readonly [number | null, number | null]

/** Refused with EPERM. */
export const denied: Record<string, Numbers> = {
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  process_madvise: [440, 440],
  kcmp: [312, 272],
  pidfd_getfd: [438, 438],
  pidfd_open: [434, 434],
  pidfd_send_signal: [424, 424],
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
  open_tree_attr: [467, 467],
  statmount: [457, 457],
  listmount: [458, 458],
  lsm_set_self_attr: [460, 460],
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
  set_mempolicy_home_node: [450, 450],
  mknod: [133, null],
  mknodat: [259, 33],
  personality: [135, 92],
  seccomp: [317, 277],
  landlock_create_ruleset: [444, 444],
  memfd_secret: [447, 447],
  memfd_create: [319, 279],
  semget: [64, 190],
  semop: [65, 193],
  semtimedop: [220, 192],
  semctl: [66, 191],
  shmget: [29, 194],
  shmat: [30, 196],
  shmctl: [31, 195],
  msgget: [68, 186],
  msgsnd: [69, 189],
  msgrcv: [70, 188],
  msgctl: [71, 187],
  mq_open: [240, 180],
  mq_unlink: [241, 181],
  // Counted for the whole machine or user, so one session could take all of them.
  io_setup: [206, 0],
  inotify_init: [253, null],
  inotify_init1: [294, 26],
}

/**
 * Pages that these put into a pipe or a socket stay there when they are unmapped, and nobody's figures count them.
 * `shutil` copies without sendfile where it is refused.
 */
export const pinning: Record<string, Numbers> = {
  sendfile: [40, 71],
  splice: [275, 76],
  tee: [276, 77],
  vmsplice: [278, 75],
}

/** What Landlock does not see, refused with EPERM where there is only Landlock. */
export const unseen: Record<string, Numbers> = {
  chown: [92, null],
  fchown: [93, 55],
  lchown: [94, null],
  fchownat: [260, 54],
  setxattr: [188, 5],
  lsetxattr: [189, 6],
  fsetxattr: [190, 7],
  setxattrat: [463, 463],
  removexattr: [197, 14],
  lremovexattr: [198, 15],
  fremovexattr: [199, 16],
  removexattrat: [466, 466],
  file_setattr: [469, 469],
  ioprio_set: [251, 30],
  connect: [42, 203],
}

/**
 * The same, answered with success and without effect: `shutil.copy`, `zipfile` and their like set modes and times, and
 * fail where that fails.
 */
export const pretended: Record<string, Numbers> = {
  chmod: [90, null],
  fchmod: [91, 52],
  fchmodat: [268, 53],
  fchmodat2: [452, 452],
  utime: [132, null],
  utimes: [235, null],
  futimesat: [261, null],
  utimensat: [280, 88],
}

/** Calls that name a process in their first argument; 0 is the caller. */
const ofProcess: Record<string, Numbers> = {
  prlimit64: [302, 261],
  sched_setparam: [142, 118],
  sched_setscheduler: [144, 119],
  sched_setaffinity: [203, 122],
  sched_setattr: [314, 274],
}

const machines = {
  x64: { audit: 0xc000003e, column: 0 },
  arm64: { audit: 0xc00000b7, column: 1 },
} as const
type Machine = (typeof machines)[Architecture]

/** How a filter is made. `threadsOnly`: for Landlock, which sees neither processes nor most of what sockets do. */
interface FilterOptions {
  architecture?: string
  threadsOnly?: boolean
  without?: ReadonlySet<Protection>
}

type Instruction = [code: number, ifTrue: number, ifFalse: number, value: number]

const when = (number: number | null, then: Instruction[]): Instruction[] =>
  number === null ? [] : [[classic.equal, 0, then.length, number], ...then]
const answer = (value: number): Instruction => [classic.give, 0, 0, value]
const load = (offset: number): Instruction => [classic.load, 0, 0, offset]
const allow = answer(give.allow)
const refuse = answer(give.error(EPERM))
const pretend = answer(give.error(0))
/** Answers so if what was loaded is the value; otherwise goes on. */
const ifEqual = (value: number, then: Instruction): Instruction[] => [[classic.equal, 0, 1, value], then]
const unlessEqual = (value: number, then: Instruction): Instruction[] => [[classic.equal, 1, 0, value], then]
const ifAnyBit = (bits: number, then: Instruction): Instruction[] => [[classic.anyBit, 0, 1, bits], then]

/** Only calls of this processor's own interface: another one's numbers mean other calls. */
function ownInterface({ audit, column }: Machine): Instruction[] {
  const x32: Instruction[] = [[classic.atLeast, 0, 1, X32_BIT], answer(give.kill)]
  return [
    load(at.architecture),
    ...unlessEqual(audit, answer(give.kill)),
    load(at.number),
    ...(column === 0 ? x32 : []),
  ]
}

/** A call, and the instructions that answer it by its arguments. */
type Rule = readonly [call: Numbers, does: Instruction[], protection?: Protection | undefined]

const onlyThreads: Instruction[] = [[classic.anyBit, 1, 0, CLONE_THREAD], refuse]

/** clone3 hides its flags behind a pointer; told that it does not exist, libc uses clone, whose flags show. */
const processes = (threadsOnly: boolean): Rule[] => [
  [[435, 435], [answer(give.error(ENOSYS))]],
  [
    [56, 220],
    [load(at.first), ...ifAnyBit(NEW_NAMESPACES, refuse), ...(threadsOnly ? onlyThreads : []), allow],
  ],
]

/**
 * Shared memory without a file lives as long as a piece of it is mapped somewhere, and no figure of a process says how
 * much that is; huge pages are in no figure at all.
 */
const memory: Rule[] = [
  [
    [9, 222],
    [
      load(at.fourth),
      ...ifAnyBit(MAP_HUGETLB, refuse),
      [classic.anyBit, 0, 2, MAP_ANONYMOUS],
      ...ifAnyBit(MAP_SHARED, refuse),
      allow,
    ],
    'shared_memory',
  ],
  [
    [157, 167],
    [load(at.first), ...ifEqual(PR_SET_DUMPABLE, refuse), ...ifEqual(PR_SET_PDEATHSIG, refuse), allow],
    'readable',
  ],
  [[72, 25], [load(at.second), ...ifEqual(F_SETPIPE_SZ, refuse), allow], 'buffers'],
]

const localOnly: Instruction[] = [load(at.first), ...unlessEqual(AF_UNIX, answer(give.error(EAFNOSUPPORT)))]
/** Landlock lets any socket of the machine with a path be sent to; only these have one peer for good. */
const onePeer: Rule = [
  [53, 199],
  [...localOnly, load(at.second), ...ifAnyBit(SENDS_ANYWHERE, answer(give.error(EAFNOSUPPORT))), allow],
  'one_peer',
]
const ofSocket = (then: Instruction[]): Instruction[] => [
  load(at.second),
  ...unlessEqual(SOL_SOCKET, allow),
  load(at.third),
  ...then,
  allow,
]

/** A socket holds as much as its buffer: one size for all, so that they can be counted. */
const sockets = (threadsOnly: boolean): Rule[] => [
  [[41, 198], threadsOnly ? [answer(give.error(EAFNOSUPPORT))] : [...localOnly, allow]],
  ...(threadsOnly ? [onePeer] : []),
  [[53, 199], [...localOnly, allow], 'socket_pairs'],
  [[54, 208], ofSocket([...ifEqual(SO_SNDBUF, pretend), ...ifEqual(SO_PASSPIDFD, refuse)]), 'buffers'],
  [[55, 209], ofSocket(ifEqual(SO_PEERPIDFD, refuse))],
]

const terminals: Rule = [
  [16, 29],
  [load(at.second), ...ifEqual(TIOCSTI, refuse), ...ifEqual(TIOCLINUX, refuse), allow],
]

const all = (calls: Record<string, Numbers>, does: Instruction[], protection?: Protection): Rule[] =>
  Object.values(calls).map(numbers => [numbers, does, protection])

/** Where there is no namespace, the caller's processes and files are the user's. */
const ofOthers: Rule[] = [
  [[57, null], [refuse]],
  [[58, null], [refuse]],
  ...all(unseen, [refuse], 'attributes'),
  ...all(pretended, [pretend], 'attributes'),
  ...all(ofProcess, [load(at.first), ...unlessEqual(0, refuse), allow], 'other_processes'),
  [
    [141, 140],
    [load(at.first), ...unlessEqual(0, refuse), load(at.second), ...unlessEqual(0, refuse), allow],
    'other_processes',
  ],
]

/**
 * The seccomp filter as BPF bytes: a deny list, x86-64 and arm64. `threadsOnly` also refuses new processes and,
 * because Landlock does not see them, all sockets, and what else reaches files and processes of the same user.
 * Throws SandboxError for any other processor.
 */
export function seccompFilter({
  architecture = process.arch,
  threadsOnly = false,
  without = new Set(),
}: FilterOptions = {}): Buffer {
  if (architecture !== 'x64' && architecture !== 'arm64')
    throw new SandboxError(
      `no system call filter for ${architecture}: use an x86-64 or arm64 machine, or a remote sandbox`,
    )
  const machine = machines[architecture]
  const rules: Rule[] = [
    ...memory,
    ...processes(threadsOnly),
    ...sockets(threadsOnly),
    terminals,
    ...(threadsOnly ? ofOthers : []),
    ...all(pinning, [refuse], 'pinned_pages'),
    ...all(denied, [refuse]),
  ]
  return encode([
    ...ownInterface(machine),
    ...rules
      .filter(([, , protection]) => !protection || !without.has(protection))
      .flatMap(([numbers, does]) => when(numbers[machine.column], does)),
    allow,
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
