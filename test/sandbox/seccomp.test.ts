import { describe, expect, test } from 'vitest'
import { denied, pinning, pretended, seccompFilter, unseen } from '../../sandbox/seccomp.ts'

const constants = {
  allow: 0x7fff0000,
  kill: 0x80000000,
  permission: 0x00050001,
  noCall: 0x00050026,
  family: 0x00050061,
  pretended: 0x00050000,
}
const audit = { x64: 0xc000003e, arm64: 0xc00000b7 }

interface Call {
  number: number
  arguments?: number[]
  architecture: number
}

/** Runs a filter as the kernel does: the few instructions it is made of, over `struct seccomp_data`. */
function decide(program: Buffer, { number, arguments: given = [], architecture }: Call): number {
  const values = given.map((value, place): [number, number] => [16 + 8 * place, value])
  const data: Record<number, number> = { 0: number, 4: architecture, ...Object.fromEntries(values) }
  let loaded = 0
  for (let place = 0; ; place += 1) {
    const [code, value] = [program.readUInt16LE(place * 8), program.readUInt32LE(place * 8 + 4)]
    if (code === 0x06) return value
    if (code === 0x20) loaded = data[value] ?? 0
    else {
      const yes = code === 0x15 ? loaded === value : code === 0x35 ? loaded >= value : (loaded & value) !== 0
      place += program.readUInt8(place * 8 + (yes ? 2 : 3))
    }
  }
}

const machines = [
  { name: 'x64', column: 0, read: 0 },
  { name: 'arm64', column: 1, read: 63 },
] as const
type Machine = (typeof machines)[number]

const caller = ({ name }: Machine, threadsOnly = false) => {
  const filter = seccompFilter({ architecture: name, threadsOnly })
  return (number: number, ...given: number[]) =>
    decide(filter, { number, arguments: given, architecture: audit[name] })
}

test.each(machines)('$name: the listed calls are refused, others are not', machine => {
  const [inJail, alone] = [caller(machine), caller(machine, true)]
  const numbersOf = (list: typeof denied) => Object.values(list).flatMap(each => each[machine.column] ?? [])
  for (const number of numbersOf({ ...denied, ...pinning })) expect(inJail(number)).toBe(constants.permission)
  for (const number of numbersOf({ ...denied, ...pinning, ...unseen }))
    expect(alone(number)).toBe(constants.permission)
  for (const number of numbersOf(pretended)) expect(alone(number)).toBe(constants.pretended)
  for (const number of numbersOf({ ...pretended, ...unseen })) expect(inJail(number)).toBe(constants.allow)
  expect(inJail(machine.read)).toBe(constants.allow)
  expect(inJail(435)).toBe(constants.noCall)
})

test.each(machines)('$name: only calls of its own interface are let through', ({ name, read }) => {
  const filter = seccompFilter({ architecture: name })
  expect(decide(filter, { number: read, architecture: 0x40000003 })).toBe(constants.kill)
  const x32 = decide(filter, { number: 0x40000000 + read, architecture: audit[name] })
  expect(x32).toBe(name === 'x64' ? constants.kill : constants.allow)
})

/** A call with arguments, in a jail and where only threads may be made. */
interface Decision {
  call: string
  numbers: [x64: number, arm64: number]
  given: number[]
  jail: keyof typeof constants
  alone?: keyof typeof constants
}

const decisions: Decision[] = [
  { call: 'socket(AF_UNIX)', numbers: [41, 198], given: [1, 1], jail: 'allow', alone: 'family' },
  ...[2, 10, 16, 17, 30, 40].flatMap((family): Decision[] => [
    { call: `socket(${family})`, numbers: [41, 198], given: [family, 1], jail: 'family' },
    { call: `socketpair(${family})`, numbers: [53, 199], given: [family, 1], jail: 'family' },
  ]),
  { call: 'socketpair(AF_UNIX, SOCK_STREAM)', numbers: [53, 199], given: [1, 0x80801], jail: 'allow' },
  { call: 'socketpair(AF_UNIX, SOCK_SEQPACKET)', numbers: [53, 199], given: [1, 5], jail: 'allow' },
  {
    call: 'socketpair(AF_UNIX, SOCK_DGRAM)',
    numbers: [53, 199],
    given: [1, 2],
    jail: 'allow',
    alone: 'family',
  },
  {
    call: 'socketpair(AF_UNIX, SOCK_RAW)',
    numbers: [53, 199],
    given: [1, 3],
    jail: 'allow',
    alone: 'family',
  },
  { call: 'setsockopt(SO_SNDBUF)', numbers: [54, 208], given: [3, 1, 7], jail: 'pretended' },
  { call: 'setsockopt(SO_PASSPIDFD)', numbers: [54, 208], given: [3, 1, 76], jail: 'permission' },
  { call: 'setsockopt(SO_REUSEADDR)', numbers: [54, 208], given: [3, 1, 2], jail: 'allow' },
  { call: 'setsockopt(another level)', numbers: [54, 208], given: [3, 6, 7], jail: 'allow' },
  { call: 'getsockopt(SO_PEERPIDFD)', numbers: [55, 209], given: [3, 1, 77], jail: 'permission' },
  { call: 'getsockopt(SO_ERROR)', numbers: [55, 209], given: [3, 1, 4], jail: 'allow' },
  { call: 'fcntl(F_SETPIPE_SZ)', numbers: [72, 25], given: [3, 1031], jail: 'permission' },
  { call: 'fcntl(F_SETFD)', numbers: [72, 25], given: [3, 2], jail: 'allow' },
  { call: 'mmap(shared, anonymous)', numbers: [9, 222], given: [0, 4096, 3, 0x21], jail: 'permission' },
  { call: 'mmap(validated, anonymous)', numbers: [9, 222], given: [0, 4096, 3, 0x23], jail: 'permission' },
  { call: 'mmap(private, huge)', numbers: [9, 222], given: [0, 4096, 3, 0x40022], jail: 'permission' },
  { call: 'mmap(private, anonymous)', numbers: [9, 222], given: [0, 4096, 3, 0x22], jail: 'allow' },
  { call: 'mmap(shared, of a file)', numbers: [9, 222], given: [0, 4096, 3, 1], jail: 'allow' },
  { call: 'prctl(PR_SET_DUMPABLE)', numbers: [157, 167], given: [4], jail: 'permission' },
  { call: 'prctl(PR_SET_PDEATHSIG)', numbers: [157, 167], given: [1], jail: 'permission' },
  { call: 'prctl(PR_SET_NAME)', numbers: [157, 167], given: [15], jail: 'allow' },
  { call: 'ioctl(TIOCSTI)', numbers: [16, 29], given: [0, 0x5412], jail: 'permission' },
  { call: 'ioctl(TIOCLINUX)', numbers: [16, 29], given: [0, 0x541c], jail: 'permission' },
  { call: 'ioctl(TCGETS)', numbers: [16, 29], given: [0, 0x5401], jail: 'allow' },
  { call: 'clone(a process)', numbers: [56, 220], given: [17], jail: 'allow', alone: 'permission' },
  { call: 'clone(a thread)', numbers: [56, 220], given: [0x3d0f00], jail: 'allow' },
  ...[0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000].map(
    (flag): Decision => ({
      call: `clone(${flag.toString(16)})`,
      numbers: [56, 220],
      given: [flag | 17],
      jail: 'permission',
    }),
  ),
  ...Object.entries({
    prlimit64: [302, 261],
    sched_setscheduler: [144, 119],
    sched_setaffinity: [203, 122],
  }).flatMap(([call, [x64 = 0, arm64 = 0]]): Decision[] => [
    { call: `${call}(self)`, numbers: [x64, arm64], given: [0], jail: 'allow' },
    { call: `${call}(another)`, numbers: [x64, arm64], given: [77], jail: 'allow', alone: 'permission' },
  ]),
  { call: 'setpriority(self)', numbers: [141, 140], given: [0, 0, 5], jail: 'allow' },
  { call: 'setpriority(another)', numbers: [141, 140], given: [0, 7, 5], jail: 'allow', alone: 'permission' },
  {
    call: 'setpriority(the user)',
    numbers: [141, 140],
    given: [2, 0, 5],
    jail: 'allow',
    alone: 'permission',
  },
]

describe.each(machines)('$name', machine => {
  const [inJail, alone] = [caller(machine), caller(machine, true)]
  test.each(decisions)(
    '$call is judged by its arguments',
    ({ numbers, given, jail, alone: there = jail }) => {
      const number = numbers[machine.column]
      expect([inJail(number, ...given), alone(number, ...given)]).toEqual([constants[jail], constants[there]])
    },
  )
})

test('another processor is refused with a reason', () => {
  expect(() => seccompFilter({ architecture: 'riscv64' })).toThrow(/no system call filter for riscv64/)
})
