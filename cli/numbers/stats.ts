import type { ExportRow, ScreenedTask } from '../../output/export.ts'
import type { Notes } from '../../pipeline/decide/decisions.ts'
import {
  counter,
  type Dropped,
  type Fate,
  type Funnel,
  type ScreenedCounts,
  unscreened,
} from '../../pipeline/decide/funnel.ts'
import { type SaidFault, saidCounter } from '../../pipeline/decide/said-faults.ts'
import type { CheckCounts } from '../../schemas/measurement.ts'
import type { Prices } from '../../teachers/prices.ts'
import { table } from '../printed-table.ts'
import { harmless } from '../show.ts'
import { adviser } from './advice.ts'
import { money } from './costs.ts'
import { type Planted, plantedCounter } from './planted-faults.ts'
import { type Manners, mannersCounter, reminderTable, signalTable } from './teachers.ts'

/** What a run's rows say. */
export interface Stats {
  /** Tasks that have rows, or were to be screened. */
  tasks: number
  funnel: Funnel
  /** Faults that a program teacher planted, and what became of the rollouts they were planted in. */
  planted: Planted[]
  /** Why rollouts failed, or ended by an error. */
  said: SaidFault[]
  /** Signals and reminders, by the name of the teacher. */
  teachers: Record<string, Manners>
  /** What is most likely wrong with it, in lines for a person. */
  advice: string[]
  /** What intake and selectors had to say, such as how many rows each benchmark has in common with the run. */
  notes: Notes
}

interface Beside {
  prices?: Prices
  /** Tasks that were to be screened before. */
  tasks?: AsyncIterable<ScreenedTask> | Iterable<ScreenedTask>
  notes?: Notes
}

/** Count a run's decided rows, and what stands beside them. */
export async function statsOf(
  rows: AsyncIterable<ExportRow>,
  { prices = [], tasks = [], notes = [] }: Beside = {},
): Promise<Stats> {
  const funnel = counter(prices)
  const planted = plantedCounter()
  const said = saidCounter()
  const manners = mannersCounter()
  const { add, advice } = adviser()
  const ids = new Set<string>()
  for await (const task of tasks) {
    funnel.addTask(task)
    ids.add(task.id)
  }
  for await (const row of rows) {
    ids.add(row.measured.trajectory.task.id)
    funnel.add(row)
    planted.add(row)
    said.add(row)
    manners.add(row)
    add(row)
  }
  const counted = funnel.funnel()
  return {
    tasks: ids.size,
    funnel: counted,
    planted: planted.counted(),
    said: said.counted(),
    teachers: manners.counted(),
    advice: advice(counted),
    notes,
  }
}

/** The same for a person; what there is none of is left out. */
export function printStats({ funnel, planted, said, teachers, advice, notes }: Stats): string {
  const { screened, rollouts, answered, kept, categories, checks, tools, removed, usage, turns } = funnel
  const counts = Object.entries({ rollouts, answered, kept }).map(([name, count]) => [name, `${count}`])
  const kinds = Object.entries(categories).map(([name, each]) => [
    name,
    `${each.kept} kept`,
    `of ${each.rollouts}`,
  ])
  const calls = Object.entries(tools).map(([name, each]) => [
    name || '(none)',
    `${each.calls} calls`,
    `${each.mistakes} mistakes`,
  ])
  const tokens = Object.entries({ turns, ...usage }).map(([name, count]) => [name, `${count}`])
  const sections: [title: string, body: string][] = [
    ['Tasks that were screened, and where they went', screened ? screenTable(screened) : ''],
    ['Funnel', table(counts)],
    ['Categories', table(kinds)],
    ['Checks', table(checks.map(checkLine))],
    ['Dropped, by stage and reason', dropTable(funnel)],
    [
      'What servers and tools said of it',
      table(said.map(({ message, count }) => [`${count}`, harmless(message)])),
    ],
    ['Dropped, but kept in by `rescue`', rescueTable(funnel.rescued)],
    ['What selectors say', noteTable(notes)],
    ['Tools', table(calls)],
    [
      'Search results that were not shown, by provider and reason',
      table(removed.map(({ provider, reason, count }) => [`${provider}/${reason}`, `${count}`])),
    ],
    ['Signals, by teacher', signalTable(teachers)],
    ['Reminders, by teacher', reminderTable(teachers)],
    ['Tokens', table(tokens)],
    ['Planted faults, and what became of their rollouts', plantedTable(planted)],
    ['What stands out', advice.map(line => `  ${harmless(line)}`).join('\n')],
  ]
  return sections.flatMap(([title, body]) => (body === '' ? [] : [`\n${title}`, body])).join('\n')
}

const checkLine = ({ check, passed, failed, could_not_tell }: CheckCounts) => [
  check,
  `${passed} passed`,
  `${failed} failed`,
  `${could_not_tell} could not tell`,
]

function screenTable({ usd, dropUsd, ...routes }: ScreenedCounts): string {
  const each = dropUsd !== null && routes.drop > 0 ? dropUsd / routes.drop : null
  return table([
    ...Object.entries(routes).map(([name, count]) => [name, `${count}`]),
    ['cost', money(usd)],
    ...(each === null ? [] : [['per dropped task', money(each)]]),
  ])
}

/**
 * Reasons by their stages, after what a stage dropped in all where it gave several, with their share of all rollouts.
 * Tasks that were screened out are a share of the tasks, and cost what it cost to screen them.
 */
function dropTable({ screened, rollouts, stages, dropped }: Funnel): string {
  const line = (stage: string, name: string, { count, usd }: Fate, examples: string[] = []) => [
    name,
    `${count}`,
    `${((100 * count) / (stage === 'screen' ? (screened?.tasks ?? 0) : rollouts)).toFixed(1)} %`,
    name === `screen/${unscreened}` ? '' : money(usd),
    examples.join(' '),
  ]
  return table(
    stages.flatMap(fate => {
      const own = dropped.filter(({ stage }) => stage === fate.stage)
      const lines = own.map(each => line(each.stage, `${each.stage}/${each.reason}`, each, each.examples))
      return own.length > 1 ? [line(fate.stage, fate.stage, fate), ...lines] : lines
    }),
  )
}

const rescueTable = (rescued: Dropped[]) =>
  table(
    rescued.map(({ stage, reason, count, examples }) => [
      `${stage}/${reason}`,
      `${count}`,
      examples.join(' '),
    ]),
  )

const noteTable = (notes: Notes) =>
  table(
    notes.map(({ by, about, counts, examples }) => [
      by,
      about,
      Object.entries(counts)
        .map(([name, count]) => `${name} ${count}`)
        .join(', '),
      examples.join(' '),
    ]),
  )

const plantedTable = (planted: Planted[]) =>
  table(
    planted.map(({ fault, count, became }) => [
      fault,
      `${count}`,
      Object.entries(became)
        .map(([fate, n]) => `${fate} ${n}`)
        .join(', '),
    ]),
  )
