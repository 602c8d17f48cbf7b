import { decidedRows } from '../pipeline/decide/decisions.ts'
import { rescueRows, rescues, undoRescue } from '../pipeline/decide/rescue.ts'
import { ConfigError } from '../pipeline/errors.ts'
import type { Run } from '../pipeline/run.ts'
import { screenedTasks } from '../pipeline/screen/screened-list.ts'
import { dropName } from '../schemas/drop.ts'
import type { Store } from '../store/store.ts'
import { resultLine } from './scheduled/head.ts'
import { harmless } from './show.ts'

export interface RescueOptions {
  /** `stage/reason`, or a reason of any stage. */
  reason?: string
  /** Ids. */
  task?: string[]
  undo?: boolean
  list?: boolean
  json?: boolean
}

/** Rescue rows of a run or undo that, and say in one line what was done. */
export async function changeRescues(
  { config: { folder }, store }: Run,
  { reason, task: tasks, undo = false }: RescueOptions,
): Promise<string> {
  if (undo) return `${await undoRescue(store, { reason, tasks })} rescues taken back`
  if (reason === undefined)
    throw new ConfigError(
      '--reason: it is missing; give one that `kindling stats` shows, such as passed/answer_wrong',
    )
  const rows = decidedRows(folder, store)
  const { rescued, refused } = await rescueRows(store, rows, { reason, tasks }, screenedTasks(folder, store))
  const left = refused > 0 ? `; ${refused} have no answer or were not checked, and stay dropped` : ''
  return `${rescued} rows rescued from ${reason}; filters after it still judge them${left}`
}

export async function printRescues(store: Store, json: boolean): Promise<void> {
  let rows = 0
  for await (const each of rescues(store)) {
    rows++
    const line = `${each.task}  ${each.key.slice(0, 12)}  ${dropName(each)}`
    console.log(json ? JSON.stringify(each) : harmless(line))
  }
  if (json) console.log(resultLine({ rows }))
  else if (rows === 0) console.log('nothing was rescued')
}
