import Type, { type Static, type TObject } from 'typebox'
import { closed, from0 } from '../../schemas/options.ts'
import { validator } from '../../schemas/validate.ts'

/** What a script of one name does for every trainer that has it. */
export interface Kind {
  /** Configs beside this file whose exports it is called with, in this order. */
  configs: readonly string[]
  /** The heads of its table. */
  heads: readonly string[]
  /** A row of the table from the line that a script prints, and whether it shows a fault. Throws on any other line. */
  row(line: string): { cells: (string | number)[]; isFault: boolean }
}

interface Table<T extends TObject> {
  configs: readonly string[]
  columns: Record<string, (row: Static<T>) => string | number>
  isFault(row: Static<T>): boolean
}

function kind<T extends TObject>(printed: T, { configs, columns, isFault }: Table<T>): Kind {
  const read = validator(printed)
  return {
    configs,
    heads: Object.keys(columns),
    row(line) {
      const row = read(JSON.parse(line))
      if (!row.ok) throw new Error(`a row was printed whose ${row.field} ${row.message}`)
      const cells = Object.values(columns).map(cell => cell(row.value))
      return { cells, isFault: isFault(row.value) }
    },
  }
}

const common = {
  /** The target, and how it was read where there is a choice, such as `llamafactory (qwen3_vl)`. */
  target: Type.String(),
  /** The trainer and its version. */
  version: Type.String(),
  /** Rows of the target in the export. */
  rows: from0,
  /** What of the trainer's code or of what it imports was put aside. */
  stubbed: Type.Array(Type.String()),
}

/** What a trainer made of one target of the export. */
const Checked = closed({
  ...common,
  /** Of the rows, those that came out of the trainer's collator. */
  loaded: from0,
  /** Pictures of the rows for which there are as many image tokens as their sizes demand, each at its place. */
  pictures: from0,
  /** Whether the loss is on all that the assistant said in every row, and on nothing else. */
  trained_only_assistant: Type.Boolean(),
  /** Rows of which a call, a result, an answer or a picture was lost, such as by a cutoff. */
  lost: from0,
})

const losses = Type.Array(Type.Number(), { minItems: 2 })

/** How a trainer's own command trained a tiny model. */
const Trained = closed({
  ...common,
  /** After each step, the rows one after the other. */
  losses,
  /** After each step on one row, again and again. */
  repeated: losses,
  /** The most memory that the command's processes had, each. */
  peak_mb: from0,
})

/** How many rollouts were judged as the run's check `answer` had judged them, of how many. */
const asJudged = Type.Array(from0, { minItems: 2, maxItems: 2 })

/** What a trainer's own reward path gave for rollouts of the run, and for some that were made up for each task. */
const Rewarded = closed({
  ...common,
  /** Of the rows, those that the trainer made prompts of. */
  loaded: from0,
  /** Pictures of prompts in which there are as many image tokens as the sizes demand. */
  pictures: from0,
  kept: asJudged,
  rejected: asJudged,
  planted: asJudged,
  /** Rollouts that got a reward although kindling could not be asked. */
  silent: from0,
})

/** What the environment in which students are reinforced made of a target. */
const Played = closed({
  ...common,
  /** Of the rows, those that it took. */
  loaded: from0,
  /** Pictures that it showed. */
  pictures: from0,
  /** Of what is named, how many went as the rows say, of how many. */
  as_told: Type.Record(Type.String(), asJudged, { minProperties: 1 }),
})

const first = {
  target: (row: { target: string }) => row.target,
  trainer: (row: { version: string }) => row.version,
}
const last = { stubbed: (row: { stubbed: string[] }) => row.stubbed.join(', ') || 'nothing' }
const loaded = ({ loaded, rows }: { loaded: number; rows: number }) => `${loaded} of ${rows}`
const shown = (losses: readonly number[]) => losses.map(loss => loss.toFixed(2)).join(', ')
const ofAll = ([as, of]: readonly number[]) => `${as} of ${of}`

/** None at all is no proof either. */
const isShort = ([as = 0, of = 0]: readonly number[]) => of === 0 || as < of

/** By the name of the script. */
export const kinds = {
  check: kind(Checked, {
    configs: ['trainers.config.ts'],
    columns: {
      ...first,
      rows: loaded,
      pictures: ({ pictures }) => pictures,
      'loss on the assistant alone': row => (row.trained_only_assistant ? 'yes' : 'NO'),
      'rows cut': ({ lost }) => lost,
      ...last,
    },
    isFault: row => row.lost > 0 || row.loaded < row.rows || !row.trained_only_assistant,
  }),
  train: kind(Trained, {
    configs: ['small.config.ts'],
    columns: {
      ...first,
      rows: ({ rows }) => rows,
      'loss, another row each step': row => shown(row.losses),
      'loss, one row again and again': ({ repeated }) => shown(repeated),
      'peak, MB': row => row.peak_mb,
      ...last,
    },
    isFault: ({ repeated: [before = 0, ...later] }) => !((later.at(-1) ?? before) < before),
  }),
  rewards: kind(Rewarded, {
    configs: ['pool.config.ts', 'small.config.ts'],
    columns: {
      ...first,
      prompts: loaded,
      pictures: ({ pictures }) => pictures,
      'kept rows judged as the run judged them': row => ofAll(row.kept),
      'rejected rows': row => ofAll(row.rejected),
      'rows made up': row => ofAll(row.planted),
      'rewards without kindling': ({ silent }) => silent,
      ...last,
    },
    isFault: ({ rows, loaded, silent, ...row }) =>
      loaded < rows || silent > 0 || [row.kept, row.rejected, row.planted].some(isShort),
  }),
  plays: kind(Played, {
    configs: ['deepeyes.config.ts'],
    columns: {
      ...first,
      rows: loaded,
      pictures: ({ pictures }) => pictures,
      'as the rows say': row =>
        Object.entries(row.as_told)
          .map(([what, counts]) => `${what}: ${ofAll(counts)}`)
          .join(', '),
      ...last,
    },
    isFault: ({ rows, loaded, as_told }) => loaded < rows || Object.values(as_told).some(isShort),
  }),
} satisfies Record<string, Kind>
