import { namingOf, type Profile, profileOf } from '../../rollouts/profiles.ts'
import { restarting } from '../../sandbox/restarting-session.ts'
import type { OpenOptions, Sandbox } from '../../sandbox/sandbox.ts'
import { canonicalJson } from '../../schemas/hash.ts'
import type { Image } from '../../schemas/image.ts'
import { imagesIn, type Part } from '../../schemas/task.ts'
import type { Consulted, Observation, Removed, ToolCall } from '../../schemas/trajectory.ts'
import { ImageError } from '../../store/errors.ts'
import { keepImage } from '../../store/images.ts'
import type { Store } from '../../store/store.ts'
import type { LeakJudge } from '../../tools/leaks.ts'
import { type Refused, roomBefore, withNote } from '../../tools/refused-pictures.ts'
import type { ToolContext } from '../../tools/tool.ts'
import type { Services } from '../ask.ts'
import type { PictureLimits } from '../config.ts'
import type { Run } from '../run.ts'
import { pictureKeeper, roomFor, roomWithin } from './picture-keeper.ts'
import { unleaked } from './unleaked.ts'

/** What a trajectory's tools work with: its Python and every image shown so far. */
export interface ToolContexts extends AsyncDisposable {
  /**
   * For one call, which may show as much as it did `before`, if it was made before; `removed`, `consulted` and
   * `refused` get to know what becomes of what it asks and shows.
   */
  context(
    signal: AbortSignal,
    before?: Observation,
  ): ToolContext & { removed: Removed[]; consulted: Consulted[]; refused: Refused }
  /** Tell it what the teacher has been shown, so that the next images are numbered after it. */
  show(parts: readonly Part[]): void
}

interface ToolContextParts {
  sandbox: Sandbox
  store: Store
  services: Services
  /** Says which search results are not shown. */
  leaks?: LeakJudge | undefined
  /** How many pictures its tools may show. */
  pictures?: PictureLimits | undefined
  /** How code of others was run, where it is run again. */
  profile?: Profile
}

export function openToolContexts(
  question: readonly Part[],
  { sandbox, store, services, leaks, pictures = {}, profile }: ToolContextParts,
): ToolContexts {
  const images = imagesIn(question)
  const asked = images.length
  const room = roomWithin(pictures, () => images.slice(asked), store)
  const session = restarting(sandbox, () => sessionOptions(imagesIn(question), store, profile))
  return {
    context(signal, before) {
      const removed: Removed[] = []
      const consulted: Consulted[] = []
      const keeper = pictureKeeper(store, before ? roomFor(roomBefore(before.parts)) : room, before?.parts)
      const consult = services(signal, each => void consulted.push(each))
      return {
        session: async () => session,
        images,
        keep: (bytes, of) => (of === 'service' ? keepOrNull(store, bytes) : keeper.keep(bytes)),
        bytes: image => store.getBlob(image.sha256),
        consult: leaks ? unleaked(consult, leaks, removed) : consult,
        signal,
        removed,
        consulted,
        refused: keeper.refused,
      }
    },
    show: parts => void images.push(...imagesIn(parts)),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  }
}

/** What model-written code draws need not be an image; that is no fault of ours. */
export const keepOrNull = (store: Store, bytes: Uint8Array): Promise<Image | null> =>
  keepImage(store, bytes).catch(error => {
    if (error instanceof ImageError) return null
    throw error
  })

/** The question's images under neutral names: a file's own name can hold the answer. */
export async function sessionOptions(
  images: readonly Image[],
  store: Store,
  profile = profileOf('kindling'),
): Promise<OpenOptions> {
  const named = images.map((image, index) => ({ name: `image_${index + 1}`, image }))
  const file = ({ name, image }: (typeof named)[number]) => `${name}.${image.mime.slice('image/'.length)}`
  const files = await Promise.all(
    named.map(async each => [file(each), await store.getBlob(each.image.sha256)] as const),
  )
  return {
    files: Object.fromEntries(files),
    prelude: namingOf(profile, named.map(file)),
    seed: 0,
  }
}

/**
 * Make a call on a trajectory’s tool contexts, and remember what the teacher was shown. `before` is what it gave when
 * it was made before, if it was.
 */
export async function observeOn(
  bench: ToolContexts,
  call: ToolCall,
  { observe, signal }: Pick<Run, 'observe' | 'signal'>,
  before?: Observation,
): Promise<Observation> {
  signal.throwIfAborted()
  const context = bench.context(signal, before)
  const observation = await observe(call, context)
  bench.show(observation.parts)
  const { removed, consulted, refused } = context
  return {
    ...observation,
    parts: withNote(observation.parts, refused),
    ...(removed.length > 0 && { removed }),
    ...(consulted.length > 0 && { consulted: inOrder(consulted) }),
  }
}

/** Each question once, with what came of it in the end. Which of two that are asked at once is first is chance. */
function inOrder(consulted: readonly Consulted[]): Consulted[] {
  const known = new Map(consulted.map(each => [canonicalJson({ ...each, answer: undefined }), each]))
  return [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each)
}
