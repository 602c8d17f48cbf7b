import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const prefix = 'kindling-'
let made = 0

/**
 * Puts a process, and all that it will start, into a control group of its own: groups share the processors, however
 * many processes each has. Gives what takes the group away once they are gone; null where this user may not make one.
 */
export function ownControlGroup(pid: number): (() => void) | null {
  for (const parent of parents()) {
    try {
      return joined(parent, pid)
    } catch {
      // A tree that is read-only, or of another user, or whose groups may not have groups in them.
    }
  }
  return null
}

function joined(parent: Parent, pid: number): () => void {
  sweep(parent.folder)
  if (parent.unified) writeFileSync(path.join(parent.folder, 'cgroup.subtree_control'), '+cpu')
  made += 1
  const group = path.join(parent.folder, `${prefix}${process.pid}-${made}`)
  mkdirSync(group)
  const remove = () => removed(group)
  try {
    writeFileSync(path.join(group, 'cgroup.procs'), String(pid))
    return remove
  } catch (error) {
    remove()
    throw error
  }
}

/** A group in which others can be made, by the older or by the unified interface. */
interface Parent {
  folder: string
  unified: boolean
}

function parents(): Parent[] {
  const own = linesOf('/proc/self/cgroup').map(line => line.split(':'))
  return linesOf('/proc/self/mountinfo').flatMap((line): Parent[] => {
    const [before = '', after = ''] = line.split(' - ')
    const [folder = '', [kind, , options = '']] = [before.split(' ')[4], after.split(' ')]
    if (kind === 'cgroup2') return [{ folder, unified: true }]
    if (kind !== 'cgroup' || !options.split(',').includes('cpu')) return []
    const [, , place = '/'] = own.find(([, controllers]) => controllers?.split(',').includes('cpu')) ?? []
    return [{ folder: path.join(folder, place), unified: false }]
  })
}

/** Groups of processes that were killed. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const [, owner] = /^kindling-(\d+)-\d+$/.exec(name) ?? []
    if (owner && linesOf(`/proc/${owner}/stat`).length === 0) removed(path.join(folder, name))
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
