import { imagesIn } from '../../schemas/task.ts'
import type { BatchItem, Batching, Teacher, TeacherRequest } from '../../teachers/teacher.ts'

export type Batcher = Teacher & { batch: Batching }

interface Draft {
  items: Map<string, BatchItem>
  bytes: number
}

/**
 * Collects requests until a teacher's batch is full and then gives it to `handIn`. While a batch is being handed in,
 * new requests wait. So memory holds one batch per teacher, and one more.
 */
export function batchDrafts(
  handIn: (teacher: Batcher, items: BatchItem[]) => Promise<void>,
  most: (teacher: Batcher) => number,
) {
  const drafts = new Map<Batcher, Draft>()
  let sending = Promise.resolve()

  function send(teacher: Batcher, { items }: Draft): Promise<void> {
    const sent = sending.then(() => handIn(teacher, [...items.values()]))
    sending = sent.catch(() => {})
    return sent
  }

  async function add(teacher: Batcher, item: BatchItem): Promise<void> {
    await sending
    const bytes = await sizeOf(item.request)
    const { limits } = teacher.batch
    const draft = drafts.get(teacher) ?? { items: new Map(), bytes: 0 }
    const { size } = draft.items
    const full = size > 0 && (size >= most(teacher) || draft.bytes + bytes > limits.bytes)
    const into = full ? { items: new Map(), bytes: 0 } : draft
    into.items.set(item.id, item)
    into.bytes += bytes
    drafts.set(teacher, into)
    if (full) await send(teacher, draft)
  }

  async function flush(): Promise<void> {
    for (const [teacher, draft] of drafts) {
      drafts.delete(teacher)
      await send(teacher, draft)
    }
  }

  return { add, flush }
}

/** Bytes as they are sent: texts as JSON, images as base64. */
async function sizeOf({ bytes, ...request }: TeacherRequest): Promise<number> {
  const shown = request.turns.flatMap(({ observations }) => observations.flatMap(({ parts }) => parts))
  const images = await Promise.all(imagesIn([...request.question, ...shown]).map(image => bytes(image)))
  const base64 = images.reduce((sum, { length }) => sum + Math.ceil((length * 4) / 3), 0)
  return Buffer.byteLength(JSON.stringify(request)) + base64
}
