import { readdirSync, readFileSync } from 'node:fs'

/** What the processes of a trajectory had of the processors, in milliseconds. */
export interface Had {
  /** Since the watch began. */
  wallMs: number
  /** What follows is since the first look, at a quarter of the limit. */
  sinceMs: number
  cpuMs: number
  /** The longest that one thread stood in line for a processor. */
  waitedMs: number
}

/**
 * Looks at them when `limitMs` have passed, and then every quarter of it as long as `goOn` wants it. Gives what ends
 * the watch. `pid` is their first process; of null nothing is known but the wall time.
 */
export function watchTime(pid: number | null, limitMs: number, goOn: (had: Had) => boolean): () => void {
  const begin = performance.now()
  let timer = setTimeout(first, limitMs / 4)

  function first() {
    const then = look(pid)
    timer = setTimeout(check, limitMs * 0.75)

    function check() {
      const now = look(pid)
      const had = { wallMs: now.at - begin, ...between(then, now) }
      if (goOn(had)) timer = setTimeout(check, limitMs / 4)
    }
  }

  return () => clearTimeout(timer)
}

interface Look {
  at: number
  cpuMs: number
  waitedMs: Map<number, number>
}

const between = (then: Look, now: Look) => ({
  sinceMs: now.at - then.at,
  cpuMs: now.cpuMs - then.cpuMs,
  waitedMs: Math.max(
    0,
    ...[...now.waitedMs].map(([task, waited]) => waited - (then.waitedMs.get(task) ?? 0)),
  ),
})

/** Milliseconds that a process and all below it have had of the processors. */
export const processorMs = (pid: number): number => look(pid).cpuMs

const clockTickMs = 10

/** Of a process and all below it, as the kernel counts it. What cannot be read counts as nothing. */
function look(root: number | null): Look {
  const found: Look = { at: performance.now(), cpuMs: 0, waitedMs: new Map() }
  const pids = root === null ? [] : [root]
  for (const pid of pids) {
    // Its own time and that of children it has waited for, in user and system mode.
    const times = fieldsAfterName(pid).slice(11, 15).map(Number)
    found.cpuMs += clockTickMs * times.reduce((sum, ticks) => sum + ticks, 0)
    for (const task of tasksOf(pid)) {
      pids.push(...childrenOf(pid, task))
      const [, waited = 0] = numbersIn(textOf(`/proc/${pid}/task/${task}/schedstat`))
      found.waitedMs.set(task, waited / 1e6)
    }
  }
  return found
}

/**
 * The pid here of the process that a fork server in an outer jail knows by `inner`, null where there is none: the jail
 * begins with two processes of bubblewrap's, and every trajectory is the first process of a namespace of its own.
 */
export function pidBelow(jail: number, inner: number): number | null {
  const trajectories = [jail].flatMap(below).flatMap(below).flatMap(below)
  const depth = namesOf(jail).length + 2
  const found = trajectories.find(pid => {
    const names = namesOf(pid)
    return names.length === depth && names.at(-2) === inner && names.at(-1) === 1
  })
  return found ?? null
}

const below = (pid: number): number[] => tasksOf(pid).flatMap(task => childrenOf(pid, task))

/** The pids of a process in the namespaces it is in, the outermost first. */
const namesOf = (pid: number): number[] =>
  numbersIn(/^NSpid:(.*)$/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? '')

function fieldsAfterName(pid: number): string[] {
  const text = textOf(`/proc/${pid}/stat`)
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

const childrenOf = (pid: number, task: number): number[] =>
  numbersIn(textOf(`/proc/${pid}/task/${task}/children`))

const numbersIn = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number)

function tasksOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number)
  } catch {
    return []
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
