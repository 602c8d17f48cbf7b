import { readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { LockedError } from '../../store/errors.ts'
import type { Settings } from '../config.ts'
import { ConfigError } from '../errors.ts'
import { besideRun, partName, partNames, type RunPart } from '../run-part.ts'
import { askedOtherwise, type PartRecord, readPartRecord } from './part-record.ts'

/** A part of a run, and where it lies. */
export interface FoundPart extends PartRecord {
  folder: string
}

/** What of a run's parts is merged. */
export interface GivenParts {
  /** Folders of parts; those beside the run's folder where none is given. */
  folders: readonly string[]
  /** Merge what is there, though others are missing or not finished. */
  allowMissing: boolean
}

/**
 * The parts of a run, in their order. Throws ConfigError where they are not those of one run, or of another config;
 * where one is missing or not finished, if that is not allowed; LockedError while one is worked on.
 */
export async function foundParts(
  config: Settings,
  { folders, allowMissing }: GivenParts,
): Promise<FoundPart[]> {
  if (folders.length === 0)
    await config.store.pointBeside?.(config.folder, names => partNames(config.folder, names))
  const all = folders.length > 0 ? folders : await partsBeside(config.folder)
  const found: FoundPart[] = []
  for (const folder of all) found.push(await partIn(folder, config))
  found.sort((one, other) => one.index - other.index)
  demandOneRun(found)
  for (const part of found) demandAlike(part, config)
  if (!allowMissing) demandWhole(found)
  return found
}

/** The folders of all parts that lie beside the folder of a run. */
export const partsBeside = async (folder: string): Promise<string[]> =>
  partNames(folder, await readdir(dirname(folder)).catch(() => [])).map(name => besideRun(folder, name))

async function partIn(folder: string, { store: kind }: Settings): Promise<FoundPart> {
  if (!(await kind.isIn(folder)))
    throw new ConfigError(`${folder} holds no run; give folders that \`kindling run --shard\` wrote`)
  await using store = await kind.read(folder)
  const record = await readPartRecord(store)
  if (!record)
    throw new ConfigError(
      `${folder} is no part of a run, or one that was stopped before its first question; give folders that \`kindling run --shard\` wrote`,
    )
  if (await kind.isHeld(folder))
    throw new LockedError(`${folder}: ${partName(record)} is being worked on; wait for it or stop it`)
  return { ...record, folder }
}

/** Throws unless they are different parts of one whole, which asked everything anew equally often. */
function demandOneRun(found: readonly FoundPart[]): void {
  const [first] = found
  if (!first)
    throw new ConfigError(
      'there is no part of this run; make them by `kindling run <config> --shard 1/4`, 2/4, …',
    )
  for (const [at, part] of found.entries()) {
    const before = found[at - 1]
    if (part.of !== first.of)
      throw new ConfigError(
        `${first.folder} is ${partName(first)} and ${part.folder} ${partName(part)}; name the folders of one division`,
      )
    if (before?.index === part.index)
      throw new ConfigError(
        `${before.folder} and ${part.folder} are both ${partName(part)}; leave out one of them`,
      )
    if (part.generation !== first.generation)
      throw new ConfigError(
        `${partName(part)} has asked everything anew ${part.generation} times and ${partName(first)} ${first.generation} times (--refresh); run the one that is behind`,
      )
  }
}

function demandAlike(part: FoundPart, config: Settings): void {
  const otherwise = askedOtherwise(part, config)
  if (otherwise.length > 0)
    throw new ConfigError(
      `${partName(part)} (${part.folder}) was solved under another config: ${otherwise.join(', ')}; run it again with this one, or merge with that one`,
    )
}

function demandWhole(found: readonly FoundPart[]): void {
  const of = found[0]?.of ?? 0
  const missing = missingParts(found)
  const open = found.filter(({ finished }) => !finished)
  const said = [
    ...(missing.length > 0 ? [`of ${of} parts there is no ${numbersSaid(missing)}`] : []),
    ...(open.length > 0 ? [`not finished is ${numbersSaid(open.map(({ index }) => index))} of ${of}`] : []),
  ]
  const [index = open[0]?.index] = missing
  if (said.length > 0)
    throw new ConfigError(
      `${said.join('; ')}: run each, such as \`kindling run <config> --shard ${index}/${of}\`, or merge what is there with --allow-missing`,
    )
}

/** The numbers of parts that were not found. */
export function missingParts(found: readonly RunPart[]): number[] {
  const there = new Set(found.map(({ index }) => index))
  return Array.from({ length: found[0]?.of ?? 0 }, (_, at) => at + 1).filter(index => !there.has(index))
}

const mostNamed = 20

export const numbersSaid = (numbers: readonly number[]): string => {
  const named = numbers.slice(0, mostNamed).join(', ')
  return numbers.length > mostNamed ? `${named} and ${numbers.length - mostNamed} more` : named
}
