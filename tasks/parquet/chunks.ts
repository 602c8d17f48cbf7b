import type { ColumnMetaData, SchemaTree } from 'hyparquet'

/** The top-level columns that a mapping needs; all, where one is not there and is to be explained. */
export function wantedColumns({ children }: SchemaTree, names: string[] | null): SchemaTree[] {
  const present = new Set(children.map(({ element }) => element.name))
  const needed = names?.map(name => (present.has(name) ? name : (name.split('.', 1)[0] ?? name)))
  if (!needed?.every(name => present.has(name))) return children
  return children.filter(({ element }) => needed.includes(element.name))
}

/** Some writers leave the dictionary's place out or say 0: then it is before the first page of data. */
export const startOf = ({
  dictionary_page_offset: dictionary,
  data_page_offset: data,
}: ColumnMetaData): number => Number(dictionary && dictionary < data ? dictionary : data)
