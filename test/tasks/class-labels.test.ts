import type { FileMetaData } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { labelNames } from '../../tasks/class-labels.ts'
import { parquet } from '../../tasks/parquet.ts'
import { draftsOf, fields, folderWithImage, refusal, source } from './files.ts'

const label = { names: ['cat', 'dog', 'emu'], _type: 'ClassLabel' }
const number = { dtype: 'int32', _type: 'Value' }

const footer = (features: unknown) => [
  { key: 'other', value: 'x' },
  { key: 'huggingface', value: JSON.stringify({ info: { features } }) },
]

/** Features as versions of `datasets` from 1 to 5 write them. */
const cases: [title: string, feature: unknown, stored: unknown, named: unknown][] = [
  ['a column', label, 1, 'dog'],
  ['a column of 64 bits', label, 2n, 'emu'],
  ['no label', label, -1, null],
  ['nothing', label, null, null],
  ['a column that is text already', label, 'dog', 'dog'],
  ['a list', { feature: label, _type: 'List' }, [0, 2, -1], ['cat', 'emu', null]],
  ['a large list', { feature: label, _type: 'LargeList' }, [0], ['cat']],
  ['a list of the older spelling', [label], [0, 2], ['cat', 'emu']],
  ['a sequence of a length', { feature: label, length: 2, _type: 'Sequence' }, [0n, 2n], ['cat', 'emu']],
  ['a list of lists', { feature: [label], _type: 'Sequence' }, [[0], []], [['cat'], []]],
  ['a struct', { label, x: number }, { label: 1, x: 1 }, { label: 'dog', x: 1 }],
  ['an empty struct', { label }, null, null],
  ['a struct in a struct', { a: { b: label } }, { a: { b: 0 } }, { a: { b: 'cat' } }],
  [
    'a list of structs',
    { feature: { label }, _type: 'List' },
    [{ label: 0 }, null],
    [{ label: 'cat' }, null],
  ],
  ['a list of structs of the older spelling', [{ label }], [{ label: 0 }], [{ label: 'cat' }]],
  [
    'a struct of lists',
    { feature: { label, x: number }, _type: 'Sequence' },
    { label: [0, 1], x: [0, 1] },
    { label: ['cat', 'dog'], x: [0, 1] },
  ],
  ['a struct with a field called feature', { feature: label }, { feature: 1 }, { feature: 'dog' }],
  ['a column of another kind', number, 1, 1],
  ['labels without names', { _type: 'ClassLabel', num_classes: 3 }, 1, 1],
]

test.each(cases)('%s is read by its names', (_, feature, stored, named) => {
  const metadata = { key_value_metadata: footer({ column: feature }) }
  expect(labelNames(metadata as FileMetaData)({ column: stored, other: 1 })).toEqual({
    column: named,
    other: 1,
  })
})

test.each(['', 'x', '[]', '{"info": null}', '{"info": {"features": []}}'])(
  'no features in %j change nothing',
  value => {
    const metadata = { key_value_metadata: [{ key: 'huggingface', value }] }
    expect(labelNames(metadata as FileMetaData)({ column: 1 })).toEqual({ column: 1 })
  },
)

test('a label without a name is refused by its row, and no label is none', async () => {
  await using folder = await folderWithImage()
  const columnData = [
    { name: 'question', data: ['a', 'b', 'c', 'd'], type: 'STRING' as const },
    { name: 'answer', data: [0, 3, -1, -2], type: 'INT32' as const },
  ]
  const content = parquetWriteBuffer({ columnData, kvMetadata: footer({ answer: label }) })
  const file = await folder.write('tasks.parquet', Buffer.from(content))
  const { id: _, ...others } = fields
  const tasks = parquet(file, { fields: { ...others, images: { value: 'a.png' } }, source })
  expect((await draftsOf(tasks))[0]).toMatchObject({ answer: 'cat' })
  expect(await refusal([tasks], folder.path)).toEqual([
    'tasks.parquet:2: answer: is the class label 3, but the names are cat, dog, emu; correct the row',
    'tasks.parquet:3: answer: there is none; add the answer or remove the row',
    'tasks.parquet:4: answer: is the class label -2, but the names are cat, dog, emu; correct the row',
  ])
})
