import type { SchemaTree } from 'hyparquet'
import { expect, test } from 'vitest'
import { type ReadColumns, wantedColumns } from '../../../tasks/parquet/chunks.ts'

const tree = (name: string, ...children: SchemaTree[]): SchemaTree => ({
  children,
  count: 1,
  element: { name },
  path: [],
})

const picture = tree('element', tree('bytes'), tree('path'))
const root = tree('root', tree('id'), tree('images', tree('list', picture)), tree('meta', tree('page')))

/** Every path to a value. */
const pathsIn = ({ element, children }: SchemaTree): string[] =>
  children.length === 0 ? [element.name] : children.flatMap(pathsIn).map(rest => `${element.name}.${rest}`)

const [id, bytes, path, page] = root.children.flatMap(pathsIn)

const wanted: [columns: ReadColumns, read: unknown[]][] = [
  [null, [id, bytes, path, page]],
  [['id'], [id]],
  [
    ['id', 'images'],
    [id, bytes, path],
  ],
  [
    ['images.list.element.path', 'id'],
    [id, path],
  ],
  [
    ['images.list.element.path', 'images.list.element.bytes'],
    [bytes, path],
  ],
  [['images.other'], [bytes, path]],
  [['meta.page'], [page]],
  [
    ['id', 'none'],
    [id, bytes, path, page],
  ],
  [{ ofThese: ['id', 'none', 'images.list.element.path'] }, [id, path]],
  [{ ofThese: ['none'] }, []],
]

test.each(wanted)('of %j no more is read than %j', (columns, read) => {
  expect(wantedColumns(root, columns).flatMap(pathsIn)).toEqual(read)
})
