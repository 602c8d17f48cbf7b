import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { bubblewrap } from '../../sandbox/bubblewrap.ts'

// Not below /tmp, which a jail replaces with its own.
const folder = mkdtempSync('/var/tmp/kindling-python-')
chmodSync(folder, 0o755)
afterAll(() => rmSync(folder, { recursive: true }))

function virtualEnvironment(name: string): string {
  const place = `${folder}/${name}`
  execFileSync('/usr/bin/python3', ['-m', 'venv', '--without-pip', '--system-site-packages', place])
  writeFileSync(`${place}/lib/python${version()}/site-packages/only_here.py`, 'word = "mine"')
  return place
}

const version = () =>
  execFileSync('/usr/bin/python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'])
    .toString()
    .trim()

test.each([false, true])("a user's own virtual environment runs with its modules, fresh: %s", async fresh => {
  await using sandbox = bubblewrap({ python: `${virtualEnvironment(`venv-${fresh}`)}/bin/python` })
  await using session = await sandbox.open({ files: {}, prelude: '', seed: 0, fresh })
  const cell = await session.exec('import only_here, sys, numpy\n(sys.prefix, only_here.word)')
  expect(cell.result).toBe(`('${folder}/venv-${fresh}', 'mine')`)
  expect(sandbox.options).toMatchObject({ python: `${folder}/venv-${fresh}/bin/python` })
})

test('a Python below a folder that the jail replaces is refused', async () => {
  const place = mkdtempSync('/tmp/kindling-python-')
  execFileSync('/usr/bin/python3', ['-m', 'venv', '--without-pip', place])
  await using sandbox = bubblewrap({ python: `${place}/bin/python` })
  await expect(sandbox.open({ files: {}, prelude: '', seed: 0 })).rejects.toThrow(/below \/tmp.*move it/s)
  rmSync(place, { recursive: true })
})

if (process.getuid?.() === 0)
  test('a Python in a private home is refused with what to do', async () => {
    const python = `${virtualEnvironment('private')}/bin/python`
    chmodSync(`${folder}/private`, 0o700)
    await using sandbox = bubblewrap({ python })
    await expect(sandbox.open({ files: {}, prelude: '', seed: 0 })).rejects.toThrow(
      /unreadable-path.*private home/s,
    )
  })
