import { Schema } from 'apache-arrow'
import type { Json } from '../schemas/json.ts'
import { cardFeatures } from './columns.ts'
import { markdownTable } from './markdown.ts'
import type { TableFile } from './tables/table.ts'

const split = 'audit'

/** Tables without rows are no configs: `datasets` cannot load one. */
const loadable = (tables: readonly TableFile[]) => tables.filter(({ rows }) => rows > 0)

/** What the card's header says of tables: each is a config under its own name. */
export const tableConfigs = (tables: readonly TableFile[]): Json[] =>
  loadable(tables).map(({ table, file }) => ({
    config_name: table.name,
    data_files: [{ split, path: file.path }],
  }))

export const tableInfos = (tables: readonly TableFile[]): Json[] =>
  loadable(tables).map(({ table, rows, arrowBytes, file }) => ({
    config_name: table.name,
    features: cardFeatures(new Schema([...table.fields])),
    splits: [{ name: split, num_bytes: arrowBytes, num_examples: rows }],
    download_size: file.bytes,
    dataset_size: arrowBytes,
  }))

/** What its text says of them. */
export const tableSection = (tables: readonly TableFile[]): string =>
  tables.length === 0
    ? ''
    : `
## Tables

For SQL, notebooks and audits, not for training: all decided rollouts, kept and dropped, with \`key\` to join them on.

${markdownTable(
  ['file', 'a line is', 'lines'],
  tables.map(({ table, rows, file }) => [file.path, table.about, rows]),
)}
`
