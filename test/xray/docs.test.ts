import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { trainers } from '../../xray/trainers/all.ts'
import { trainingFaults } from '../../xray/training-fault.ts'

const page = readFileSync(new URL('../../docs/xray.md', import.meta.url), 'utf8')
const cli = readFileSync(new URL('../../cli/main.ts', import.meta.url), 'utf8')

test('the page names every fault as it is told', () => {
  const rows = Object.entries(trainingFaults).map(([kind, said]) => `| \`${kind}\` | ${said} |`)
  expect(rows.filter(row => !page.includes(row))).toEqual([])
})

test('the help names every trainer', () => {
  const [, named = ''] = /'--trainer <name>', '([^']*)'/.exec(cli) ?? []
  expect(named.split(/, | or /)).toEqual(trainers.map(({ name }) => name))
})
