import Type, { type Static } from 'typebox'
import { Prompt, prompt } from '../../prompts/prompt.ts'
import { hashOf } from '../../schemas/hash.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { closed } from '../../schemas/options.ts'
import type { Part } from '../../schemas/task.ts'
import type { Reply } from '../../schemas/trajectory.ts'
import { Teacher } from '../../teachers/teacher.ts'
import { type CheckContext, fail, type Measurement, pass } from '../check.ts'

/** Models that are asked for a verdict, and how many of them have to agree. */
export const PanelOptions = closed({
  /** Each has as many votes as it has `samples`, and is asked in this order. */
  models: Type.Array(Teacher),
  /** What has to accept: more than half of all votes (`majority`, the default) or every one (`all`). */
  quorum: Type.Optional(Type.Enum(['majority', 'all'])),
})
export type PanelOptions = Static<typeof PanelOptions>

export const RubricOptions = closed({
  ...PanelOptions.properties,
  /** How to judge, without blanks; by default as the project does. */
  rubric: Type.Optional(Prompt),
})
export type RubricOptions = Static<typeof RubricOptions>

/** What a check asks its panel. */
export interface Issue {
  check: string
  /** How to judge; it has no blanks. */
  rubric: Prompt
  /** The words a judge may choose from, in snake_case. The first accepts. */
  verdicts: readonly [string, ...string[]]
}

interface Panel {
  models: readonly Teacher[]
  options: JsonObject
  /**
   * Show the material to one judge after another until the result is certain. In doubt it is refused: a vote that is
   * not cast in the exact form counts for neither side, and still has to be outvoted.
   */
  judge(material: readonly Part[], context: JudgeContext): Promise<Measurement>
}

/** What asking needs. */
export type JudgeContext = Pick<CheckContext, 'models' | 'signal'>

/** One judge's vote; null where it did not keep to the form. */
interface Vote {
  model: string
  verdict: string | null
  said: string
}

const form = prompt('verdict')

/**
 * Throws where a panel has no model, or two of one name, whose votes could not be told apart, and where the rubric has
 * blanks.
 */
export function openPanel({ models, quorum = 'majority' }: PanelOptions, issue: Issue): Panel {
  refuse(models, issue.check)
  issue.rubric.fill({})
  const seats = models.flatMap(model =>
    Array.from({ length: model.samples }, (_, sample) => ({ model, sample })),
  )
  const needed = quorum === 'all' ? seats.length : Math.floor(seats.length / 2) + 1
  const [accepts] = issue.verdicts

  async function judge(material: readonly Part[], context: JudgeContext) {
    const votes: Vote[] = []
    const accepted = () => votes.filter(({ verdict }) => verdict === accepts).length
    for (const { model, sample } of seats) {
      if (accepted() >= needed || accepted() + seats.length - votes.length < needed) break
      votes.push(await voteOf(model, sample, { material, issue }, context))
    }
    const detail = tally(votes, seats.length)
    const data = { seats: seats.length, votes: votes.map(vote => ({ ...vote })) }
    return accepted() >= needed
      ? pass(detail, data)
      : fail(reasonOf(votes, seats.length, accepts), detail, data)
  }

  return { models, options: optionsOf(models, quorum, issue), judge }
}

function refuse(models: readonly Teacher[], check: string) {
  const names = models.map(({ name }) => name)
  const twin = names.find((name, index) => names.indexOf(name) !== index)
  if (twin) throw new Error(`${check}: two models are named ${twin}; give one another name`)
  if (names.length === 0) throw new Error(`${check}: there is no model to ask; name one in \`models\``)
}

const optionsOf = (models: readonly Teacher[], quorum: string, { rubric }: Issue): JsonObject => ({
  models: models.map(({ name, options, samples }) => ({ name, options, samples })),
  quorum,
  prompts: { [rubric.name]: rubric.sha256, [form.name]: form.sha256 },
})

interface Case {
  material: readonly Part[]
  issue: Issue
}

async function voteOf(
  model: Teacher,
  sample: number,
  { material, issue }: Case,
  context: JudgeContext,
): Promise<Vote> {
  // Whoever wrote the material cannot know it: it depends on all of the material.
  const code = hashOf({ rubric: issue.rubric.sha256, material }).slice(0, 12)
  const asked = form.fill({ code, verdicts: issue.verdicts.join(', ') })
  const reply = await context.models.ask(
    model,
    { system: issue.rubric.fill({}), question: [...material, { type: 'text', text: asked }], sample },
    context.signal,
  )
  return {
    model: model.name,
    verdict: verdictOf(reply, code, issue.verdicts),
    said: reply.text.slice(0, 300),
  }
}

/** The verdict stands in the last line, in the exact form, and nowhere else. */
function verdictOf({ text, stop }: Reply, code: string, verdicts: readonly string[]): string | null {
  const lines = text.trimEnd().split('\n')
  const cast = lines.filter(line => line.includes(code))
  if (stop !== 'end' || cast.length !== 1 || cast[0] !== lines.at(-1)) return null
  return verdicts.find(verdict => lines.at(-1) === `VERDICT ${code}: ${verdict}`) ?? null
}

/** What most seats say, or all that spoke. */
function reasonOf(votes: readonly Vote[], seats: number, accepts: string): string {
  const [[verdict, count] = ['no_verdict', seats], ...others] = [...countsOf(votes)].sort(
    ([, a], [, b]) => b - a,
  )
  const agreed = others.length === 0 || 2 * count > seats
  return agreed && verdict !== accepts ? verdict : 'judges_disagree'
}

const countsOf = (votes: readonly Vote[]) =>
  votes.reduce(
    (counts, { verdict }) =>
      verdict === null ? counts : counts.set(verdict, (counts.get(verdict) ?? 0) + 1),
    new Map<string, number>(),
  )

function tally(votes: readonly Vote[], seats: number): string {
  const silent = votes.filter(({ verdict }) => verdict === null).length
  const words = [...countsOf(votes)].map(([verdict, count]) => `${count} ${verdict}`)
  return `${[...words, ...(silent > 0 ? [`${silent} unreadable`] : [])].join(', ')} of ${seats} votes`
}
