import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { jailUser } from './outer-jail.ts'
import type { Protection } from './protections.ts'

const prefix = 'kindling-sandbox-'
const staleMs = 60_000

/**
 * A folder of its own where the jail's user reaches it. As long as something listens on `socket` in it, it is in use;
 * what killed processes left is swept first.
 */
export async function ownFolder(without: ReadonlySet<Protection>): Promise<string> {
  const parent = jailUser(without).uid === undefined ? tmpdir() : '/tmp'
  await sweep(parent)
  return mkdtemp(path.join(parent, prefix))
}

async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue
    const folder = path.join(parent, name)
    const age = await stat(folder).then(
      info => Date.now() - info.mtimeMs,
      () => 0,
    )
    if (age > staleMs && !(await answers(path.join(folder, 'socket'))))
      await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}

function answers(socket: string): Promise<boolean> {
  const probe = connect(socket)
  return once(probe, 'connect')
    .then(
      () => true,
      () => false,
    )
    .finally(() => probe.destroy())
}

/** Says that a folder is in use until it is closed or this process ends, however it ends. */
export async function occupy(folder: string): Promise<Server> {
  const server = createServer(visitor => visitor.destroy()).listen(path.join(folder, 'socket'))
  await once(server, 'listening')
  return server.unref()
}
