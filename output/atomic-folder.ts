import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

export interface Draft extends AsyncDisposable {
  /** Where to write. */
  path: string
  /** Put what was written in place of what was there. */
  finish(): Promise<void>
}

/**
 * A folder that is written aside. It replaces `folder` when it is finished, and leaves it alone otherwise. Remains of
 * an interrupted predecessor are cleared away first. One writer per folder at a time.
 */
export async function openDraft(folder: string): Promise<Draft> {
  const target = resolve(folder)
  const path = `${target}.draft`
  const previous = `${target}.previous`
  await mkdir(dirname(target), { recursive: true })
  await recover(target, previous)
  await remove(path)
  await mkdir(path)
  return {
    path,
    async finish() {
      if (existsSync(target)) await rename(target, previous)
      await rename(path, target)
      await remove(previous)
    },
    [Symbol.asyncDispose]: () => remove(path),
  }
}

/** A predecessor may have been stopped between the two renames, or after them. */
async function recover(target: string, previous: string): Promise<void> {
  if (!existsSync(previous)) return
  if (existsSync(target)) await remove(previous)
  else await rename(previous, target)
}

const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true })
