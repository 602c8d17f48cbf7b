import { readdirSync, readFileSync } from 'node:fs'

interface Process {
  pid: number
  parent: number
  name: string
  /** Clock ticks since boot: with the pid it names one process for good. */
  started: string
}

/** A process that lives; null for none and for one that has ended. */
export function processOf(pid: number): Process | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'))
    return fields[0] === 'Z' ? null : { pid, parent: Number(fields[1]), name, started: fields[19] ?? '' }
  } catch {
    return null
  }
}

export const lives = ({ pid, started }: Process): boolean => processOf(pid)?.started === started

/** Every living process below one. */
export function descendants(root: number): Process[] {
  const all = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => processOf(Number(pid)) ?? [])
  const under = (parent: number): Process[] =>
    all.filter(one => one.parent === parent).flatMap(one => [one, ...under(one.pid)])
  return under(root)
}

/** Resident memory in MiB. */
export function residentMb(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

export const openFiles = (pid: number | 'self'): number => readdirSync(`/proc/${pid}/fd`).length
