import { parseHTML } from 'linkedom'
import type { Chart, Figure } from '../../charts/chart.ts'
import type { ToldRollout } from '../../charts/told.ts'

export const blank = () => parseHTML('<!doctype html><html></html>').document

/** What a test says of a rollout; calls as `tool`, or `tool: mistake`. */
export type Given = Partial<ToldRollout['row']> & {
  calls?: string[]
  tokens?: [number, number]
  label?: string
}

export function told({ calls = [], tokens, label, ...row }: Given = {}): ToldRollout {
  return {
    row: {
      ...{
        key: 'k',
        teacher: 'one',
        category: 'seen',
        licence: 'MIT',
        kept: true,
        stage: null,
        reason: null,
      },
      ...{ turns: 2, checksFailed: [], cost: 0.01, tries: 1, solved: 1 },
      ...row,
    },
    turns: tokens ? [{ input: tokens[0], output: tokens[1] }] : [],
    calls: calls.map(each => {
      const [tool = '', mistake = null] = each.split(': ')
      return { tool, mistake }
    }),
    label: label ?? null,
  }
}

export const dropped = (stage: string, reason: string, more: Given = {}): ToldRollout =>
  told({ kept: false, stage, reason, ...more })

export const times = <Each>(count: number, each: Each): Each[] => Array.from({ length: count }, () => each)

export function figureOf(chart: Chart, all: readonly ToldRollout[]): Figure {
  const counting = chart.count()
  for (const each of all) counting.add(each)
  return counting.figure()
}
