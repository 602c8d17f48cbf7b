import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRun } from '../../../pipeline/jobs/open-run.ts'
import { settings } from '../../../pipeline/settings.ts'
import { bubblewrap } from '../../../sandbox/bubblewrap.ts'
import { StoreError } from '../../../store/errors.ts'
import { sqlite } from '../../../store/sqlite.ts'
import { temporaryFolder } from '../../fixtures.ts'
import { scripted, tasks } from '../scripted.ts'

test('a run whose store cannot be kept in its folder is refused before anything is made', async () => {
  await using here = await temporaryFolder()
  const config = settings({
    name: 'test',
    output: join(here.path, 'runs'),
    tasks: tasks(1),
    teachers: [scripted(() => ({}))],
    tools: [],
    sandbox: bubblewrap(),
    checks: [],
    filters: [],
    exports: [],
    store: { ...sqlite(), ready: () => Promise.reject(new StoreError('it lies on NFS')) },
  })
  const { signal } = new AbortController()
  await expect(openRun(config, { listen: () => {}, signal, asks: 'anybody' })).rejects.toThrow('NFS')
  expect(await readdir(here.path)).toEqual([])
})
