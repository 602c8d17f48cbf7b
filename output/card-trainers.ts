import { join } from 'node:path'
import { splitOf } from './export.ts'
import { markdownTable } from './markdown.ts'
import type { Written } from './target.ts'

/** The card's first table: which config is for which trainer, and how it is loaded there. */
export const trainersTable = (written: readonly Written[]): string =>
  markdownTable(['config', 'for', 'rows', 'how to load it'], written.map(lineOf))

const lineOf = ({ target, counts }: Written): (string | number)[] => {
  const { name, trainer } = target
  return trainer
    ? [name, trainer.name, counts.rows, trainer.load]
    : [
        name,
        splitOf(target) === 'rejected' ? 'auditing, no trainer' : 'reading, no trainer',
        counts.rows,
        readBy(target),
      ]
}

const readBy = ({ name, shards, schema }: Written['target']): string =>
  schema ? `datasets.load_dataset(folder, "${name}")` : `the lines of ${join(name, shards)}/`
