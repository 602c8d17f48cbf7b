import { expect, test } from 'vitest'
import { denied, seccompFilter } from '../../sandbox/seccomp.ts'

const constants = {
  allow: 0x7fff0000,
  kill: 0x80000000,
  permission: 0x00050001,
  noCall: 0x00050026,
  family: 0x00050061,
}
const audit = { x64: 0xc000003e, arm64: 0xc00000b7 }

interface Call {
  number: number
  arguments?: [number, number]
  architecture: number
}

/** Runs a filter as the kernel does: the few instructions it is made of, over `struct seccomp_data`. */
function decide(program: Buffer, { number, arguments: given = [0, 0], architecture }: Call): number {
  const data: Record<number, number> = { 0: number, 4: architecture, 16: given[0], 24: given[1] }
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
  { name: 'x64', column: 0, socket: 41, clone: 56, ioctl: 16, read: 0, fork: 57 },
  { name: 'arm64', column: 1, socket: 198, clone: 220, ioctl: 29, read: 63, fork: 220 },
] as const

test.each(machines)('$name: the listed calls are refused, others are not', ({ name, column, read }) => {
  const filter = seccompFilter(name)
  const call = (number: number) => decide(filter, { number, architecture: audit[name] })
  for (const numbers of Object.values(denied)) {
    const number = numbers[column]
    if (number !== null) expect(call(number)).toBe(constants.permission)
  }
  expect(call(read)).toBe(constants.allow)
  expect(call(435)).toBe(constants.noCall)
})

test.each(machines)('$name: only calls of its own interface are let through', ({ name, read }) => {
  const filter = seccompFilter(name)
  expect(decide(filter, { number: read, architecture: 0x40000003 })).toBe(constants.kill)
  const x32 = decide(filter, { number: 0x40000000 + read, architecture: audit[name] })
  expect(x32).toBe(name === 'x64' ? constants.kill : constants.allow)
})

test.each(machines)(
  '$name: sockets are local, processes make no namespace, terminals are not fed',
  machine => {
    const filter = seccompFilter(machine.name)
    const call = (number: number, first: number, second = 0) =>
      decide(filter, { number, arguments: [first, second], architecture: audit[machine.name] })
    expect(call(machine.socket, 1)).toBe(constants.allow)
    for (const family of [2, 10, 16, 17, 40]) expect(call(machine.socket, family)).toBe(constants.family)
    expect(call(machine.clone, 17)).toBe(constants.allow)
    for (const flag of [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000])
      expect(call(machine.clone, flag | 17)).toBe(constants.permission)
    expect(call(machine.ioctl, 0, 0x5401)).toBe(constants.allow)
    for (const request of [0x5412, 0x541c]) expect(call(machine.ioctl, 0, request)).toBe(constants.permission)
  },
)

test.each(machines)('$name: where processes are refused, threads still start', machine => {
  const filter = seccompFilter(machine.name, true)
  const call = (number: number, first: number) =>
    decide(filter, { number, arguments: [first, 0], architecture: audit[machine.name] })
  expect(call(machine.clone, 0x3d0f00)).toBe(constants.allow)
  expect(call(machine.clone, 17)).toBe(constants.permission)
  expect(call(machine.fork, 17)).toBe(constants.permission)
})

test('another processor is refused with a reason', () => {
  expect(() => seccompFilter('riscv64')).toThrow(/no system call filter for riscv64/)
})
