import { expect, test } from 'vitest'
import { compareFunnels } from '../../../pipeline/compare/compare-funnels.ts'
import { compareManifests } from '../../../pipeline/compare/compare-manifests.ts'
import type { JsonObject } from '../../../schemas/json.ts'

const base = {
  manifest_version: 1,
  before: null,
  name: 'run',
  versions: { kindling: '0.1.0', node: 'v24' },
  config: {
    teachers: [{ name: 'one', options: { model: 'm' }, samples: 1 }],
    checks: [{ name: 'answer', version: 1, options: {} }],
    filters: [{ name: 'passed', version: 1, options: { checks: ['answer'] } }],
    limits: { turns: 9 },
  },
  teachers: [{ name: 'one', options: { model: 'm' } }],
  prompts: [{ name: 'system', sha256: 'a' }],
  environments: [{ kind: 'bubblewrap', libraries: { numpy: '1.0' } }],
  sources: [{ name: 'own', licence: 'CC0', url: null, rows: 5 }],
  checks: [{ check: 'answer', passed: 5, failed: 1, could_not_tell: 0 }],
  funnel: { trajectories: 6, kept: 5, rejected: [], rescued: [] },
  targets: [{ name: 'hf', options: {}, select: 'kept', columns: ['id'], rows: 5 }],
  files: [{ path: 'hf/data/train-00000-of-00001.parquet', sha256: 'x' }],
} satisfies JsonObject

type Changes = Partial<Record<keyof typeof base, unknown>>
const changed = (changes: Changes) => JSON.parse(JSON.stringify({ ...base, ...changes }))
const config = (changes: object) => ({ config: { ...base.config, ...changes } })

const made: [string, Changes, [what: string, before: string | null, after: string | null][]][] = [
  ['nothing', {}, []],
  ['files, rows and the manifest before', { files: [], before: { export: '0001' }, funnel: {} }, []],
  [
    'a version',
    { versions: { ...base.versions, kindling: '0.2.0' } },
    [['versions kindling', '0.1.0', '0.2.0']],
  ],
  ['a prompt', { prompts: [{ name: 'system', sha256: 'b' }] }, [['prompts system sha256', 'a', 'b']]],
  [
    'a library',
    { environments: [{ kind: 'bubblewrap', libraries: { numpy: '2.0' } }] },
    [['environments libraries numpy', '1.0', '2.0']],
  ],
  [
    'a version of a check',
    config({ checks: [{ name: 'answer', version: 2, options: {} }] }),
    [['config checks answer version', '1', '2']],
  ],
  [
    'a check more',
    config({ checks: [...base.config.checks, { name: 'new', version: 1, options: {} }] }),
    [['config checks new', null, '{"name":"new","options":{},"version":1}']],
  ],
  [
    'an option of a filter',
    config({ filters: [{ name: 'passed', version: 1, options: { checks: ['answer', 'new'] } }] }),
    [['config filters passed options checks', '["answer"]', '["answer","new"]']],
  ],
  [
    'a filter less',
    config({ filters: [] }),
    [['config filters passed', '{"name":"passed","options":{"checks":["answer"]},"version":1}', null]],
  ],
  [
    'the model of a teacher, once',
    {
      ...config({ teachers: [{ name: 'one', options: { model: 'n' }, samples: 1 }] }),
      teachers: [{ name: 'one', options: { model: 'n' } }],
    },
    [['config teachers one options model', 'm', 'n']],
  ],
  ['the limits', config({ limits: { turns: 5 } }), [['config limits turns', '9', '5']]],
  [
    'the columns of a target',
    { targets: [{ ...base.targets[0], columns: ['id', 'key'] }] },
    [['targets hf columns', '["id"]', '["id","key"]']],
  ],
  [
    'another prompt of a name',
    { prompts: [...base.prompts, { name: 'system', sha256: 'b' }] },
    [['prompts system (2)', null, '{"name":"system","sha256":"b"}']],
  ],
]

test.each(made)('of %s is said what it was and is', (_, changes, lines) => {
  const found = compareManifests(changed({}), changed(changes))
  expect(found.made.map(({ what, before, after }) => [what.join(' '), before, after])).toEqual(lines)
  expect(found.counts).toEqual([])
})

test('rows are counted by kind, where one side has none of a kind, too', () => {
  const after = changed({
    sources: [{ name: 'own', licence: 'CC-BY', url: null, rows: 4 }],
    checks: [...base.checks, { check: 'new', passed: 4, failed: 0, could_not_tell: 2 }],
  })
  const { counts, made } = compareManifests(changed({}), after)
  expect(counts.map(({ what, before, after }) => [what.join(' '), before, after])).toEqual([
    ['sources own / CC0', 5, 0],
    ['sources own / CC-BY', 0, 4],
    ['checks new passed', 0, 4],
    ['checks new could_not_tell', 0, 2],
  ])
  expect(made).toEqual([])
})

test('what only one side speaks of is not compared but named', () => {
  const { licences: _, ...older } = changed({})
  const found = compareManifests(older, { ...changed({}), licences: [{ licence: 'cc0', rows: 5 }] })
  expect(found).toEqual({ counts: [], made: [], alone: ['licences'] })
})

test('funnels are compared in the order of the stages, with what one side does not have', () => {
  const drop = (stage: string, reason: string, rows: number) => ({ stage, reason, rows })
  const found = compareFunnels(
    { trajectories: 6, kept: 5, rejected: [drop('passed', 'wrong', 1)], rescued: [], refused: [] },
    {
      refused: [drop('intake', 'twice', 3)],
      screening: { tasks: 9, sft: 8, rl: 0, unscreened: 0, dropped: [drop('screen', 'easy', 1)] },
      trajectories: 8,
      kept: 8,
      rejected: [],
      rescued: [],
    },
  )
  expect(
    found.filter(({ before, after }) => before || after).map(each => [...each.what, each.before, each.after]),
  ).toEqual([
    ['refused', 'intake/twice', 0, 3],
    ['screening', 'tasks', 0, 9],
    ['screening', 'sft', 0, 8],
    ['screened out', 'screen/easy', 0, 1],
    ['trajectories', 6, 8],
    ['kept', 5, 8],
    ['dropped', 'passed/wrong', 1, 0],
  ])
})
