import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openBundle } from '../../publish/bundle.ts'
import { heldLicences, refusedLicences } from '../../publish/held-licences.ts'
import { temporaryFolder } from '../fixtures.ts'
import { licensedExport } from './licensed-export.ts'

test('licences are those of every row, kept or dropped', async () => {
  await using folder = await temporaryFolder()
  const path = await licensedExport(join(folder.path, 'export'), [
    'MIT',
    'MIT',
    'house rules',
    '-proprietary',
    '-MIT',
  ])
  expect(await heldLicences(await openBundle(path))).toEqual([
    { licence: 'MIT', whose: 'own', rows: 2 },
    { licence: 'house rules', whose: 'own', rows: 1 },
    { licence: 'proprietary', whose: 'rejected', rows: 1 },
    { licence: 'MIT', whose: 'rejected', rows: 1 },
  ])
})

test('an export of an older kindling says its licences, too', async () => {
  const path = join(import.meta.dirname, '../old-runs/c658440/old/export')
  expect(await heldLicences(await openBundle(path))).toContainEqual({
    licence: 'CC0-1.0',
    whose: 'own',
    rows: 5,
  })
})

const held = [
  { licence: 'MIT', whose: 'a', rows: 3 },
  { licence: 'proprietary', whose: 'b', rows: 1 },
  { licence: 'House Rules', whose: 'c', rows: 2 },
]

test.each<[allowed: string[], lines: RegExp[]]>([
  [
    [],
    [
      /^licence "proprietary" of b \(1 row\): it forbids .+--allow-licence "proprietary"/,
      /^licence "House Rules" of c \(2 rows\): nobody knows here .+--allow-licence "House Rules"/,
    ],
  ],
  [['house rules'], [/^licence "proprietary"/]],
  [['Proprietary', 'house_rules'], []],
  [['MIT'], [/^licence "proprietary"/, /^licence "House Rules"/]],
])('with %j allowed the others stop a push', (allowed, lines) => {
  expect(refusedLicences(held, allowed)).toEqual(lines.map(line => expect.stringMatching(line)))
})
