import { randomUUID } from 'node:crypto'
import { catchUp, readSegment, segmentKey } from './catch-up.ts'
import { gathered } from './gathered.ts'
import type { Mirror } from './mirror.ts'
import type { Objects } from './objects.ts'
import { pack } from './packs.ts'
import { type LogEntry, packSegment, type Segment } from './segment.ts'

interface LogMeans {
  objects: Objects
  mirror: Mirror
  /** Rejects where this process may not write any more. */
  demandHeld(): Promise<void>
  /** So many segments are put together once more. */
  packAt: number
}

/**
 * The log of a run: numbered segments, each put only where nothing is. So whoever writes agrees with all others on one
 * order, and one that comes late reads what it missed and takes the next number.
 */
export function openLog({ objects, mirror, demandHeld, packAt }: LogMeans) {
  /** Puts a segment behind all others. */
  async function append({ id, entries }: Segment): Promise<void> {
    const bytes = await packSegment({ id, entries })
    for (;;) {
      const number = mirror.next()
      if (await objects.putNew(segmentKey(number), bytes)) return mirror.apply(number, { entries, bytes })
      // Somebody else was before; or it is ours, and the answer to it was lost.
      const there = await readSegment(objects, number)
      if (there) mirror.apply(number, there)
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

  // What cannot be put together now is with the next.
  const { add, idle } = gathered(carryOut, () => pack(objects, mirror, packAt).catch(() => {}))
  return {
    /** Resolves when it would survive the loss of this machine. */
    write: add,
    read: (number: number) => readSegment(objects, number),
    catchUp: () => catchUp(objects, mirror),
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
    idle,
  }
}
