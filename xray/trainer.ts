import type { JsonObject } from '../schemas/json.ts'
import type { Model } from './model.ts'
import type { RenderedRow } from './span.ts'

/** A trainer, as far as it turns rows into what a model reads. */
export interface Trainer {
  name: string
  /** Folders of an export that are made for it; the first that is there is taken. */
  targets: readonly string[]
  /** Families whose own templates of this trainer are known here; all with a chat template where not said. */
  families?: readonly string[]
  /**
   * How a row is rendered and what is trained, by the trainer’s rules as they are at `version`. `settings` are those of
   * the training file.
   */
  render(row: JsonObject, model: Model, settings?: JsonObject): RenderedRow
  version: string
  /** How its own code is asked: a script that imports it, and what it imports. */
  own?: { script: URL; module: string }
}

/** How many pictures a row has in its column. */
export const picturesIn = ({ images }: JsonObject): number => (Array.isArray(images) ? images.length : 0)
