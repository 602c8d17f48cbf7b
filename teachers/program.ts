import Type, { type Static } from 'typebox'
import { closed, count, factory, share, thing } from '../schemas/options.ts'
import { faults } from './program/faults.ts'
import { program as made } from './program/program.ts'
import type { Skill } from './program/skill.ts'
import { Teacher } from './teacher.ts'

const skill = thing<Skill>('a skill', '{ name, fits, next }', {
  name: 'string',
  fits: 'function',
  next: 'function',
})

export const ProgramOptions = closed({
  /** Rollouts per task. */
  samples: Type.Optional(count),
  /** Another seed errs elsewhere. */
  seed: Type.Optional(Type.Integer()),
  /** Chance of a planted fault per turn, or of each kind; 0 plants none. */
  errors: Type.Optional(Type.Union([share, Type.Partial(Type.Record(Type.Enum(faults), share))])),
  /** What it can do, the first that fits first. */
  skills: Type.Optional(Type.Immutable(Type.Array(skill))),
})
export type ProgramOptions = Static<typeof ProgramOptions>

/**
 * A teacher that is a program, not a model. It measures, searches, reads what came back and answers from it, and errs
 * at a known rate. It is asked over HTTP on loopback, which is the path that a real model's answers take. It needs no
 * key. The files in `program/` hold what it says: their hash is its version, so its options stand out here.
 */
export const program = factory(Teacher, 'program', ProgramOptions, made)
