import { access, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { decisionsPath } from '../pipeline/decide/decisions.ts'
import { ConfigError } from '../pipeline/errors.ts'
import { pricesIn } from '../pipeline/spend/kept-prices.ts'
import { isRun, runFrom, storeOf } from '../store/default.ts'
import type { Store } from '../store/store.ts'
import { readPrices } from '../teachers/prices.ts'
import { guarded } from './guarded.ts'
import { costsOf, money } from './numbers/costs.ts'
import { statusPath } from './watching/status-file.ts'

/** A run by its folder, its name or its address in a bucket; without, `newest` says which. */
export async function runAt(given: string | undefined, newest = newestRun): Promise<string> {
  if (given === undefined) return newest('runs')
  if (given.startsWith('s3://')) return runFrom(given, 'runs')
  const named = join('runs', given)
  return !(await isRun(given)) && (await isRun(named)) ? named : given
}

/** Whether a folder or a name is a run's. */
export const namesRun = async (given: string): Promise<boolean> => isRun(await runAt(given))

async function demandRun(run: string): Promise<void> {
  if (!(await isRun(run)))
    throw new ConfigError(`${run} is neither the folder nor the name of a run; give one such as runs/demo`)
}

/** Read a run by its folder or its name, the newest in runs/ by default. */
export const reading = (
  folder: string | undefined,
  read: (store: Store, folder: string) => Promise<void>,
  newest: (folder: string) => Promise<string> = newestRun,
) =>
  guarded(async () => {
    const run = await runAt(folder, newest)
    await demandRun(run)
    await using store = await (await storeOf(run)).read(run)
    await read(store, run)
  })

/** The same for what shows decisions; one without says how far it is. */
export const readingDecided = (
  folder: string | undefined,
  read: (store: Store, folder: string) => Promise<void>,
) =>
  reading(folder, async (store, run) => {
    await access(decisionsPath(run)).catch(async () => {
      throw new ConfigError(
        `${run} has no decisions yet; ${await progressOf(store, run)}: run its config, which goes on from there and decides at the end`,
      )
    })
    await read(store, run)
  })

async function progressOf(store: Store, run: string): Promise<string> {
  const [planned, solved] = [await store.count('plan'), await store.count('trajectories')]
  const { total } = await costsOf(store, await readPrices(await pricesIn(run)), 0)
  return `${solved} of ${planned} planned rollouts are there, calls so far: ${total.calls} (${money(total.usd)})`
}

/** The same for what writes into a run, which need not be there yet. */
export const changing = (
  folder: string | undefined,
  write: (store: Store, folder: string) => Promise<void>,
) => guarded(async () => alone(await runAt(folder, newestRun), write))

/** The same for what works on a run that is there, alone. */
export const working = (folder: string | undefined, work: (store: Store, folder: string) => Promise<void>) =>
  guarded(async () => {
    const run = await runAt(folder, newestRun)
    await demandRun(run)
    await alone(run, work)
  })

async function alone(run: string, work: (store: Store, folder: string) => Promise<void>): Promise<void> {
  const kind = await storeOf(run)
  await kind.ready?.(run)
  await using _lock = await kind.lock(run)
  await using store = await kind.open(run)
  await work(store, run)
}

/** The run that was decided last, or else the one that was begun last. */
export async function newestRun(folder: string): Promise<string> {
  const paths = await pathsIn(folder)
  const runs = await Promise.all(paths.map(async path => ((await isRun(path)) ? [path] : [])))
  const newest = (await latest(paths, decisionsPath)) ?? (await latest(runs.flat(), path => path))
  if (newest === undefined) throw new ConfigError(`there is no run in ${folder}/; name its folder`)
  return newest
}

/** The run that a command worked on last. */
export async function lastWorkedOn(folder: string): Promise<string> {
  return (await latest(await pathsIn(folder), statusPath)) ?? newestRun(folder)
}

const pathsIn = async (folder: string) =>
  (await readdir(folder).catch(() => [])).map(name => join(folder, name))

/** The folder in which a file was written last; undefined where none has it. */
async function latest(folders: string[], fileIn: (folder: string) => string): Promise<string | undefined> {
  const times = await Promise.all(folders.map(folder => stat(fileIn(folder)).catch(() => undefined)))
  const newest = Math.max(...times.map(found => found?.mtimeMs ?? 0))
  return folders.find((_, index) => times[index]?.mtimeMs === newest)
}
