import type { TaskDraft, TaskSource } from '../../tasks/source.ts'
import { america } from './charts/america.ts'
import { licences } from './charts/data.ts'
import { nature } from './charts/nature.ts'
import { drawChart } from './charts/picture.ts'
import { askAbout } from './charts/questions.ts'
import { world } from './charts/world.ts'
import { random } from './random.ts'

const families = [...world, ...america, ...nature]

/**
 * Reasoning tasks: charts of the real tables in the npm package vega-datasets, with questions that need reading and
 * calculating. The seed decides every byte.
 */
export function charts({ seed, count }: { seed: number; count: number }): TaskSource {
  return {
    name: 'charts',
    options: { seed, count },
    async *read() {
      for (let index = 0; index < count; index++) yield await draft(seed, index)
    },
  }
}

async function draft(seed: number, index: number): Promise<TaskDraft> {
  const chance = random(`charts/${seed}/${index}`)
  const family = families[index % families.length] ?? world[0]
  const table = family(chance)
  const round = Math.floor(index / families.length)
  const { ask, text, ...answer } = askAbout(table, chance, index + round)
  const id = `charts/${String(index + 1).padStart(4, '0')}`
  return {
    place: id,
    id,
    question: text,
    images: [{ place: id, bytes: await drawChart(table, chance) }],
    choices: null,
    ...answer,
    category: 'reasoning',
    source: { name: 'vega-datasets', licence: 'BSD-3-Clause', url: 'https://github.com/vega/vega-datasets' },
    meta: { kind: table.form, ask, table: table.file, tableLicence: licences[table.file] },
  }
}
