import type { Usage } from './trajectory.ts'

/** What a reply used: the tokens, and the images that were sent for it. `model` is the name its price is known by. */
export interface ReplyUse {
  model: string
  usage: Usage
  images: number
}
