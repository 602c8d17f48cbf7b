// Writes an export to the link it is given and removes the older ones, and is killed before its KILL_AT-th step on the disk.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { second } from './exports.ts'

const [, , link = ''] = process.argv
const at = Number(process.env.KILL_AT)
let steps = 0

const { promises } = fs
for (const step of ['mkdir', 'rename', 'link', 'symlink', 'rm', 'rmdir', 'writeFile'] as const) {
  const real = promises[step]
  Object.assign(promises, {
    [step]: (...given: unknown[]) => {
      if (++steps === at) process.kill(process.pid, 'SIGKILL')
      return Reflect.apply(real, promises, given)
    },
  })
}
syncBuiltinESMExports()

const { olderExports, removeExport } = await import('../../../output/numbered/numbered-export.ts')
const { write } = await import('./writing.ts')
await write(link, second)
for (const { path } of await olderExports(link, 1)) await removeExport(path)
