import type { ColumnMetaData, SchemaTree } from 'hyparquet'

/** The columns that a mapping needs: all where one is not there and is to be explained, or those that are there. */
export type ReadColumns = string[] | { ofThese: string[] } | null

/** At the top level. Of a column in which only one value is named, by its path in the schema, nothing else is read. */
export function wantedColumns({ children }: SchemaTree, columns: ReadColumns): SchemaTree[] {
  const present = new Set(children.map(({ element }) => element.name))
  const names = columns && 'ofThese' in columns ? thereOf(columns.ofThese, present) : columns
  const needed = names?.map(name => (present.has(name) ? name : (name.split('.', 1)[0] ?? name)))
  if (!needed?.every(name => present.has(name))) return children
  const namedIn = ({ element }: SchemaTree) => names?.filter(name => name.split('.', 1)[0] === element.name)
  return children
    .filter(({ element }) => needed.includes(element.name))
    .map(child => alone(child, namedIn(child)) ?? child)
}

const thereOf = (names: readonly string[], present: ReadonlySet<string>): string[] =>
  names.filter(name => present.has(name.split('.', 1)[0] ?? name))

/** A column with one of its values alone; undefined where not just one is named. */
function alone(column: SchemaTree, [name, ...others]: string[] = []): SchemaTree | undefined {
  return name === undefined || others.length > 0 ? undefined : along(column, name.split('.').slice(1))
}

function along(tree: SchemaTree, [next, ...rest]: string[]): SchemaTree | undefined {
  if (next === undefined) return tree.children.length === 0 ? tree : undefined
  const child = tree.children.find(({ element }) => element.name === next)
  const kept = child && along(child, rest)
  return kept && { ...tree, children: [kept] }
}

/** Some writers leave the dictionary's place out or say 0: then it is before the first page of data. */
export const startOf = ({
  dictionary_page_offset: dictionary,
  data_page_offset: data,
}: ColumnMetaData): number => Number(dictionary && dictionary < data ? dictionary : data)
