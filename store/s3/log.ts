import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { DamagedError } from '../errors.ts'
import type { Mirror } from './mirror.ts'
import type { Objects } from './objects.ts'
import { type LogEntry, packSegment, type Segment, unpackSegment } from './segment.ts'

/** Writes that come within so many milliseconds share a segment; so do all that come while one is on its way. */
const gatherMs = 5
/** Bytes after which a segment is full. */
const fullAt = 8 << 20
/** Segments that are fetched ahead of the one that is read. */
const ahead = 16

const digits = 12
const folder = 'log/'
export const segmentKey = (number: number) => `${folder}${String(number).padStart(digits, '0')}`

interface LogMeans {
  objects: Objects
  mirror: Mirror
  /** Rejects where this process may not write any more. */
  demandHeld(): Promise<void>
}

/**
 * The log of a run: numbered segments, each put only where nothing is. So whoever writes agrees with all others on one
 * order, and one that comes late reads what it missed and takes the next number.
 */
export function openLog({ objects, mirror, demandHeld }: LogMeans) {
  const waiting: { entry: LogEntry; settle: PromiseWithResolvers<void> }[] = []
  let working: Promise<void> | undefined

  const read = async (number: number): Promise<Segment | undefined> => {
    const found = await objects.read(segmentKey(number))
    return found && unpackSegment(found.bytes, objects.show(segmentKey(number)))
  }

  /** Puts a segment behind all others. */
  async function append({ id, entries }: Segment): Promise<void> {
    const bytes = await packSegment({ id, entries })
    for (;;) {
      const number = mirror.next()
      if (await objects.putNew(segmentKey(number), bytes)) return mirror.apply(number, entries)
      // Somebody else was before; or it is ours, and the answer to it was lost.
      const there = await read(number)
      if (there) mirror.apply(number, there.entries)
      if (there?.id === id) return
      await demandHeld()
    }
  }

  /** What is under way, and whether it was kept on this disk because the bucket does not take it at once. */
  let current: (Segment & { spilled: boolean; done: Promise<void> }) | undefined
  function spill() {
    if (!current || current.spilled) return
    mirror.spill(current.id, current.entries)
    current.spilled = true
  }

  async function carryOut(entries: readonly LogEntry[]): Promise<void> {
    await demandHeld()
    const segment = { id: randomUUID(), entries }
    const done = append(segment)
    current = { ...segment, spilled: false, done }
    try {
      await done
      if (current.spilled) mirror.unspill(segment.id)
    } catch (error) {
      spill()
      throw error
    } finally {
      current = undefined
    }
  }

  async function work(): Promise<void> {
    await sleep(gatherMs)
    while (waiting.length > 0) {
      const batch = taken()
      try {
        await carryOut(batch.map(({ entry }) => entry))
        for (const { settle } of batch) settle.resolve()
      } catch (error) {
        for (const { settle } of batch) settle.reject(error)
      }
    }
    working = undefined
  }

  /** The first of those that wait, as far as they fill a segment. */
  function taken() {
    let bytes = 0
    const rest = waiting.findIndex(({ entry }) => {
      const isFull = bytes > fullAt
      bytes += entry.kind === 'blob' ? entry.bytes.length : (entry.json?.length ?? 0)
      return isFull
    })
    return waiting.splice(0, rest === -1 ? waiting.length : rest)
  }

  return {
    /** Resolves when it would survive the loss of this machine. */
    write(entry: LogEntry): Promise<void> {
      const settle = Promise.withResolvers<void>()
      waiting.push({ entry, settle })
      working ??= work()
      return settle.promise
    },
    read,
    /** Reads all that is there and not read yet. Throws DamagedError where segments are gone that were read. */
    async catchUp(): Promise<void> {
      const known = mirror.next() - 1
      const keys = objects.keys(folder, known > 0 ? segmentKey(known - 1) : folder)
      if (known >= 0 && (await keys.next()).value !== segmentKey(known))
        throw new DamagedError(
          `${objects.show(segmentKey(known))} is gone; put it back from a copy of the bucket, or give the run another name to begin anew`,
        )
      for await (const { number, segment } of inOrder(keys, read)) mirror.apply(number, segment.entries)
    },
    /** Takes the next number, which somebody who lost the run may be about to: then they learn it. */
    fence: () => append({ id: randomUUID(), entries: [] }),
    /** To be called where the bucket does not answer: what is under way is kept on this disk until it does. */
    spill,
    /** Writes what was kept on this disk because the bucket did not take it. */
    async unspill(): Promise<void> {
      const { ids, entries } = mirror.spilled()
      if (entries.length > 0) await append({ id: randomUUID(), entries })
      for (const id of ids) mirror.unspill(id)
    },
    /** Where the bucket does not take what is under way, resolves when it has, and rejects where it never does. */
    settled: async () => (current?.spilled ? current.done : undefined),
    /** Resolves when nothing is under way. */
    idle: async () => working,
  }
}

/** Fetches several at once and gives them in order. */
async function* inOrder(keys: AsyncIterable<string>, read: (number: number) => Promise<Segment | undefined>) {
  const fetching: { number: number; segment: Promise<Segment | undefined> }[] = []
  for await (const key of keys) {
    const number = Number(key.slice(folder.length))
    const segment = read(number)
    // Whoever awaits it hears of it.
    segment.catch(() => {})
    fetching.push({ number, segment })
    if (fetching.length >= ahead) yield* first(fetching)
  }
  while (fetching.length > 0) yield* first(fetching)
}

async function* first(fetching: { number: number; segment: Promise<Segment | undefined> }[]) {
  const next = fetching.shift()
  const segment = await next?.segment
  if (next && segment) yield { number: next.number, segment }
}
