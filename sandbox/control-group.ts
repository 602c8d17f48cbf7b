import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'

const prefix = 'kindling-'
const controllers = ['cpu', 'memory'] as const
let made = 0

let known: Parent[][] | null = null

/** Where groups can be made, looked for once: every session needs it. Groups of runs that were killed go first. */
function places(): Parent[][] {
  known ??= controllers.map(parents)
  return known
}

/**
 * Puts a process, and all that it will start, into control groups of its own: groups share the processors, however
 * many processes each has, and hold at most `memoryMb` together, whatever holds it. Gives what takes the groups away
 * once they are gone; null where this user may not make one.
 */
export async function ownControlGroup(pid: number, memoryMb: number): Promise<(() => void) | null> {
  const joining = places().map(all => firstJoined(all, pid, memoryMb))
  const groups = (await Promise.all(joining)).filter(group => group !== null)
  return groups.length === 0 ? null : () => groups.forEach(removed)
}

async function firstJoined(all: Parent[], pid: number, memoryMb: number): Promise<string | null> {
  for (const parent of all) {
    try {
      return await joined(parent, pid, memoryMb)
    } catch {
      // A tree that is read-only, or of another user, or whose groups may not have groups in them.
    }
  }
  return null
}

/** The group, with the process in it. To move one takes the kernel some ten milliseconds. */
async function joined(parent: Parent, pid: number, memoryMb: number): Promise<string> {
  if (parent.unified) writeFileSync(path.join(parent.folder, 'cgroup.subtree_control'), '+cpu')
  made += 1
  const group = path.join(parent.folder, `${prefix}${process.pid}-${made}`)
  mkdirSync(group)
  try {
    if (parent.unified) allowed(parent.folder, group, memoryMb)
    if (parent.controller === 'memory')
      writeFileSync(path.join(group, 'memory.limit_in_bytes'), String(memoryMb * 2 ** 20))
    await writeFile(path.join(group, 'cgroup.procs'), String(pid))
    return group
  } catch (error) {
    removed(group)
    throw error
  }
}

/** Not every unified tree has memory to share out; processors are shared all the same. */
function allowed(parent: string, group: string, memoryMb: number): void {
  try {
    writeFileSync(path.join(parent, 'cgroup.subtree_control'), '+memory')
    writeFileSync(path.join(group, 'memory.max'), String(memoryMb * 2 ** 20))
  } catch {
    return
  }
}

/** A group in which others can be made, by the older or by the unified interface. */
interface Parent {
  folder: string
  controller: (typeof controllers)[number]
  unified: boolean
}

/** The unified interface has one group for all: it is asked for the processors, and bounds the memory, too. */
function parents(controller: Parent['controller']): Parent[] {
  const own = linesOf('/proc/self/cgroup').map(line => line.split(':'))
  const found = linesOf('/proc/self/mountinfo').flatMap((line): Parent[] => {
    const [before = '', after = ''] = line.split(' - ')
    const [folder = '', [kind, , options = '']] = [before.split(' ')[4], after.split(' ')]
    if (kind === 'cgroup2') return controller === 'cpu' ? [{ folder, controller, unified: true }] : []
    if (kind !== 'cgroup' || !options.split(',').includes(controller)) return []
    const [, , place = '/'] =
      own.find(([, controllers]) => controllers?.split(',').includes(controller)) ?? []
    return [{ folder: path.join(folder, place), controller, unified: false }]
  })
  for (const { folder } of found) sweep(folder)
  return found
}

/** Takes away groups of processes that were killed. */
function sweep(folder: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const [, owner] = /^kindling-(\d+)-\d+$/.exec(name) ?? []
    if (owner && !existsSync(`/proc/${owner}`)) removed(path.join(folder, name))
  }
}

/** One that still has a process is left to the next sweep. */
function removed(group: string): void {
  try {
    rmdirSync(group)
  } catch {
    return
  }
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n')
  } catch {
    return []
  }
}
