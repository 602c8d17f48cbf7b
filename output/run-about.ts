import type { Note } from '../filters/selector.ts'
import type { JsonObject } from '../schemas/json.ts'
import type { ToolKind } from '../schemas/trajectory.ts'
import type { Input, InputFile } from '../store/input-file.ts'

/** The signature of an export: the file that stands beside its manifest, where one was asked for. */
export const signatureName = 'manifest.sig'

/** Drops of one name, as people read it, and how many rows they are. */
export type ShownCount = { stage: string; reason: string; rows: number }

/** A tool as the config has it. */
export type OfferedTool = { name: string; kind: ToolKind; options: JsonObject }

/** A screen, a filter or a selector. */
export type ChosenBy = { name: string; version: number; options: JsonObject }

/** What a run read on this disk: tasks by their source, text that exports mix in, and rollouts that others made. */
export interface Inputs {
  tasks: readonly Input[]
  texts: { export: string; files: InputFile[] }[]
  /** Absent where there are none. Of a file that was not read to its end nothing is said. */
  rollouts?: { name: string; licence: string; rows: number; unread: number; files: InputFile[] }[]
}

/** By which name a model was asked, and which one its provider gave it in a reply. */
export type AnsweredAs = { name: string; asked: string; answered: string }

/** What a card and a manifest say about a run that its rows do not say themselves. No clock, no machine. */
export interface RunAbout {
  /** Name of the run, and title of the card. */
  name: string
  /** Names and options of all that ran. */
  config: JsonObject & { screens?: ChosenBy[]; filters?: ChosenBy[]; tools?: OfferedTool[] }
  /** Version of kindling. */
  version: string
  /** What was refused before it became a trajectory. */
  refused?: ShownCount[]
  /** What intake and selectors had to say, such as how many pictures were drawn anew. */
  notes?: readonly ({ by: string } & Note)[]
  /** Null where it was not put down. */
  inputs?: Inputs | null
  /** Not given where it was not put down from the start. */
  answerers?: readonly AnsweredAs[]
  /** Paths of prompts that are the user's own, by the sha256 of their text. */
  promptFiles?: Readonly<Record<string, string>>
}
