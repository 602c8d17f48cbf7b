import { describe, expect, test } from 'vitest'
import { type LicencesOptions, licences } from '../../filters/licences.ts'
import { OptionsError } from '../../schemas/options.ts'
import type { Turn } from '../../schemas/trajectory.ts'
import { filterConformance } from '../conformance/filter.ts'
import { answerTurn, observation, reply, trajectory } from '../fixtures.ts'

/** A row under a licence whose search found pages under these. */
const row = (licence: string, found: (string | null)[] = []) => {
  const results = found.map(licence => ({ id: 'p', title: 'P', snippet: '', licence, image: null, score: 1 }))
  const data = { kind: 'results' as const, provider: 'pages', query: 'q', results }
  const search: Turn = { reply: reply(), observations: [observation({ data })] }
  const base = trajectory({ turns: [search, answerTurn('8')] })
  return { trajectory: { ...base, task: { ...base.task, source: { name: 'photos', licence } } }, facts: [] }
}

describe('licences', () => {
  filterConformance({
    filter: licences({ allow: ['cc-by-4.0'] }),
    kept: row('CC-BY-4.0'),
    dropped: row('proprietary'),
  })
})

const kept = { keep: true }
const refused = (detail: string) => ({ keep: false, reason: 'licence_not_allowed', detail })
const unknown = (detail: string) => ({ keep: false, reason: 'licence_unknown', detail })

test.each<[string, LicencesOptions, Parameters<typeof row>, object]>([
  ['as it is written', { allow: ['mit'] }, ['mit'], kept],
  ['in other capitals', { allow: ['Apache-2.0'] }, ['APACHE-2.0'], kept],
  ['with spaces', { allow: ['cc-by-sa-4.0'] }, ['CC BY-SA 4.0'], kept],
  ['with underscores', { allow: ['CC BY 4.0'] }, [' cc_by_4.0 '], kept],
  ['one of several', { allow: ['mit', 'cc0-1.0'] }, ['CC0-1.0'], kept],
  ['another', { allow: ['mit'] }, ['GPL-3.0'], refused('"GPL-3.0" of "photos"')],
  ['another version', { allow: ['cc-by-4.0'] }, ['cc-by-3.0'], refused('"cc-by-3.0" of "photos"')],
  ['a stricter one', { allow: ['cc-by-4.0'] }, ['cc-by-nc-4.0'], refused('"cc-by-nc-4.0" of "photos"')],
  ['a choice of two', { allow: ['mit'] }, ['MIT OR GPL-3.0'], refused('"MIT OR GPL-3.0" of "photos"')],
  ['one that nobody knows', { allow: ['mit'] }, ['unknown'], unknown('"photos"')],
  ['SPDX for that', { allow: ['mit'] }, ['NOASSERTION'], unknown('"photos"')],
  ['one that is allowed though nobody knows it', { allow: ['unknown'] }, ['unknown'], kept],
  ['what searches found is not asked', { allow: ['mit'] }, ['mit', ['gpl-3.0', null]], kept],
  ['good ones of searches', { allow: ['mit'], searches: true }, ['mit', ['MIT']], kept],
  [
    'another of searches',
    { allow: ['mit'], searches: true },
    ['mit', ['mit', 'gpl-3.0']],
    refused('"gpl-3.0" of "pages"'),
  ],
  ['an unknown one of searches', { allow: ['mit'], searches: true }, ['mit', [null]], unknown('"pages"')],
])('%s', (_, options, given, verdict) => {
  expect(licences(options).begin()(row(...given))).toEqual(verdict)
})

test('a list that allows nothing is refused', () => {
  expect(() => licences({ allow: [] })).toThrow(OptionsError)
})
