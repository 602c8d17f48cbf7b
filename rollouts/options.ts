import Type, { type Static } from 'typebox'
import { closed, filledText } from '../schemas/options.ts'
import { AnswerType } from '../schemas/task.ts'
import { Field } from '../tasks/fields.ts'
import { profileNames } from './profiles.ts'

/** What every source of rollouts may be told of its rows. Nothing has to be. */
export const RolloutOptions = closed({
  /** Under which licence the rows are; `unknown` by default, as rows and cards then say. */
  licence: Type.Optional(filledText),
  /** Who made them: the format's name by default. */
  source: Type.Optional(filledText),
  url: Type.Optional(filledText),
  /** The folder that paths of pictures begin in, and may not lead out of: that of the file by default. */
  images: Type.Optional(filledText),
  /** How code is run again; by default as the format has it. */
  profile: Type.Optional(Type.Enum(profileNames)),
  /** The column of the right answer. Without it nobody knows it, and `answer` cannot tell. */
  answer: Type.Optional(Field),
  /** Take what a row answers for right where no column says what is: only for what somebody has checked. */
  trustAnswer: Type.Optional(Type.Literal(true)),
  answerType: Type.Optional(AnswerType),
  id: Type.Optional(Field),
  choices: Type.Optional(Field),
  category: Type.Optional(Field),
  model: Type.Optional(Field),
})
export type RolloutOptions = Static<typeof RolloutOptions>
