/** What dropped a row or a task, and why. */
export interface DropReason {
  /** `screen`, `synthesize`, or the name of the filter or selector. */
  stage: string
  /** The screen that decided, or the check that a filter went by; otherwise the stage itself. */
  by: string
  /** A stable snake_case code, of whoever decided. */
  reason: string
}

/** A drop, whole. */
export interface Drop extends DropReason {
  /** For a person. */
  detail: string
  /** Not the teacher's doing: another run may decide otherwise. */
  undecided: boolean
}

/** The reason as people read it within its stage, such as `answer_wrong`. */
export const reasonOf = ({ stage, by, reason }: DropReason): string =>
  by === stage ? reason : `${by}_${reason}`

/** The whole as people read and write it, such as `passed/answer_wrong`. */
export const dropName = (drop: DropReason): string => `${drop.stage}/${reasonOf(drop)}`

/** Both for a table or a record that people read. */
export const shownDrop = (drop: DropReason): { stage: string; reason: string } => ({
  stage: drop.stage,
  reason: reasonOf(drop),
})
