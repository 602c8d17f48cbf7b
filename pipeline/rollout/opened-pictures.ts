import { availableParallelism } from 'node:os'
import { type CellResult, SandboxError } from '../../sandbox/sandbox.ts'
import type { Image } from '../../schemas/image.ts'
import { shortened } from '../../schemas/input-error.ts'
import { parseJson } from '../../schemas/json.ts'
import { problemList } from '../../schemas/problem-list.ts'
import type { Task } from '../../schemas/task.ts'
import { readFor } from '../../store/errors.ts'
import { eachConcurrent } from '../concurrent.ts'
import { interruptible } from '../interruptible.ts'
import { rolloutKeys } from '../plan.ts'
import type { Run } from '../run.ts'

/** What one session looks at: remote servers bound what they take at once, and all what a cell may say. */
const [batchPictures, batchBytes] = [64, 8 << 20]
const batchMs = 120_000

interface TaskPicture {
  image: Image
  bytes: Uint8Array
  /** The task and the picture's number in it. */
  place: string
}

/**
 * Open every picture of tasks that are to be solved once with the Pillow that code will have, and refuse those that it
 * does not open: a rollout would fail after its teacher was paid, and so would a trainer's loader. What was opened once
 * is remembered. Where no tool runs Python, nothing is opened. A sandbox that breaks is no fault of pictures: rollouts
 * say what is wrong with it.
 */
export async function demandOpened(tasks: AsyncIterable<Task>, run: Run): Promise<void> {
  if (!run.config.tools.some(tool => tool.stateful)) return
  const problems = problemList()
  const most = Math.min(4, availableParallelism(), run.config.limits.concurrency)
  const pictures = batches(unopened(interruptible(tasks, run.signal), run))
  const open = async (batch: TaskPicture[]) => problems.add(await faultsOf(batch, run))
  await eachConcurrent(pictures, most, open, run.signal).catch(error => {
    if (!(error instanceof SandboxError)) throw error
    run.listen({ kind: 'warning', message: `pictures were not all opened beforehand: ${error.message}` })
  })
  problems.refuse()
}

async function* unopened(tasks: AsyncIterable<Task>, run: Run): AsyncGenerator<TaskPicture> {
  const { store } = run
  const isSolved = solvedIn(run)
  for await (const task of tasks) {
    const { id, images } = task
    if (await isSolved(task)) continue
    for (const [index, image] of images.entries()) {
      if (await store.get('images', await keyOf(image, run))) continue
      const place = `task ${shortened(id)}: image ${index + 1}`
      yield { image, bytes: await readFor(id, store.getBlob(image.sha256)), place }
    }
  }
}

/** Whether a task's rollouts are all there: a run that is only written out once more needs no sandbox. */
function solvedIn(run: Run) {
  const { config, store } = run
  const keyOf = rolloutKeys(run)
  return async (task: Task) => {
    for (const teacher of config.teachers)
      for (let sample = 0; sample < teacher.samples; sample++)
        if (!(await store.get('trajectories', keyOf(task, teacher, sample)))) return false
    return true
  }
}

const keyOf = async ({ sha256 }: Image, run: Run) => `opened/${(await run.environment()).hash}/${sha256}`

async function* batches(pictures: AsyncIterable<TaskPicture>): AsyncGenerator<TaskPicture[]> {
  let [batch, bytes]: [Map<string, TaskPicture>, number] = [new Map(), 0]
  for await (const picture of pictures) {
    if (batch.has(picture.image.sha256)) continue
    batch.set(picture.image.sha256, picture)
    bytes += picture.bytes.length
    if (batch.size < batchPictures && bytes < batchBytes) continue
    yield [...batch.values()]
    ;[batch, bytes] = [new Map(), 0]
  }
  if (batch.size > 0) yield [...batch.values()]
}

/** A session that ends over a batch does not say over which picture, so each half has another one. */
async function faultsOf(batch: readonly TaskPicture[], run: Run): Promise<string[]> {
  const { cell, reasons } = await opened(batch, run)
  if (!reasons && batch.length > 1) {
    const half = batch.length >> 1
    return [...(await faultsOf(batch.slice(0, half), run)), ...(await faultsOf(batch.slice(half), run))]
  }
  const faults: string[] = []
  for (const [index, { image, place }] of batch.entries()) {
    const reason = reasons ? reasons[nameOf(index)] : cell.status
    if (reason === undefined) await run.store.put('images', await keyOf(image, run), true)
    else
      faults.push(
        `${place}: the sandbox's Python does not open it (${reason.replace(ourName, '')}); save it anew as a plain PNG or remove the row`,
      )
  }
  return faults
}

/** Why pictures are not opened, by their names; nothing of it where the session did not come to the end. */
async function opened(batch: readonly TaskPicture[], { config }: Run) {
  const files = Object.fromEntries(batch.map(({ bytes }, index) => [nameOf(index), bytes]))
  await using session = await config.sandbox.open({ files, prelude: opening(Object.keys(files)), seed: 0 })
  const cell: CellResult = await session.exec(loading, { timeoutMs: batchMs })
  if (cell.status === 'error') throw new SandboxError(`pictures cannot be opened: ${cell.error?.traceback}`)
  const reasons = parseJson(cell.stdout) as Record<string, string> | undefined
  return { cell, reasons: cell.status === 'ok' ? reasons : undefined }
}

const nameOf = (index: number) => `picture_${index + 1}`
/** As Pillow says it of a file, or of what stands for one in a remote sandbox. */
const ourName = / (?:'[^']*picture_\d+'|<_io\.BytesIO[^>]*>)/

/** A remote sandbox has the files only as long as its prelude runs. */
const opening = (names: readonly string[]) => `import json, PIL.Image
pictures, said = {}, {}
def attempt(name, work):
    try:
        return work()
    except Exception as error:
        said[name] = f'{type(error).__name__}: {error}'[:300]
for name in ${JSON.stringify(names)}:
    pictures[name] = attempt(name, lambda: PIL.Image.open(name))`

const loading = `while pictures:
    name, picture = pictures.popitem()
    if picture:
        attempt(name, lambda: (picture.load(), picture.getexif()))
print(json.dumps(said))`
