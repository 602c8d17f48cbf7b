import type { Image } from '../../schemas/image.ts'
import { imagesIn } from '../../schemas/task.ts'
import type { Trajectory } from '../../schemas/trajectory.ts'
import { questionParts } from '../pictures.ts'

/** A picture of a rollout. Without `turn` it is the question's; turns, and the calls of one, count from 1. */
interface ShownPicture {
  image: Image
  role: 'question' | 'tool' | 'search'
  turn: number | null
  call: number | null
}

/** Every picture that was shown, in the order of the row's `images`. */
export const picturesOf = (trajectory: Trajectory): ShownPicture[] => [
  ...imagesIn(questionParts(trajectory)).map(image => ({
    image,
    role: 'question' as const,
    turn: null,
    call: null,
  })),
  ...trajectory.turns.flatMap(({ observations }, turn) =>
    observations.flatMap(({ parts, data }, call) =>
      imagesIn(parts).map(image => ({
        image,
        role: data?.kind === 'results' ? ('search' as const) : ('tool' as const),
        turn: turn + 1,
        call: call + 1,
      })),
    ),
  ),
]
