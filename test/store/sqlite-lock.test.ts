import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { LockedError } from '../../store/errors.ts'
import { isHeld, lockFolder } from '../../store/sqlite-lock.ts'
import { temporaryFolder } from '../fixtures.ts'

test('a run is held by one at a time, and free again when it is let go of', async () => {
  await using folder = await temporaryFolder()
  {
    using _held = await lockFolder(folder.path)
    await expect(lockFolder(folder.path)).rejects.toThrow(LockedError)
  }
  using _again = await lockFolder(folder.path)
})

test('whether a run is held is seen by others, and looking does not stand in the way', async () => {
  await using folder = await temporaryFolder()
  expect(await isHeld(folder.path)).toBe(false)
  {
    using _held = await lockFolder(folder.path)
    expect(await isHeld(folder.path)).toBe(true)
    expect(await heldElsewhere(folder.path)).toBe('true')
  }
  expect(await isHeld(folder.path)).toBe(false)
  expect(await heldElsewhere(folder.path)).toBe('false')
})

/** What a process that can write nothing says. */
async function heldElsewhere(folder: string): Promise<string> {
  const module = join(import.meta.dirname, '../../store/sqlite-lock.ts')
  const script = `import { isHeld } from '${module}'; console.log(await isHeld('${folder}'))`
  const node = [process.execPath, '--input-type=module', '-e', script]
  const child = spawn('bwrap', ['--ro-bind', '/', '/', '--dev', '/dev', ...node], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return (await text(child.stdout)).trim()
}
