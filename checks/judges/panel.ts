import Type, { type Static } from 'typebox'
import { Prompt, prompt } from '../../prompts/prompt.ts'
import { promptFor } from '../../prompts/twofold.ts'
import { hashOf } from '../../schemas/hash.ts'
import { isObject, type JsonObject, parseJson } from '../../schemas/json.ts'
import { closed, count, trueOrFalse } from '../../schemas/options.ts'
import { imagesIn, type Part } from '../../schemas/task.ts'
import { Teacher } from '../../teachers/teacher.ts'
import { type CheckContext, couldNotTell, fail, type Measurement, pass } from '../check.ts'

/** Models that are asked for a verdict, and how many of them have to agree. */
export const PanelOptions = closed({
  /** Each has as many votes as it has `samples`, and is asked in this order. */
  models: Type.Array(Teacher),
  /** What has to accept: more than half of all votes (`majority`, the default) or every one (`all`). */
  quorum: Type.Optional(Type.Enum(['majority', 'all'])),
  /** Tokens of a judge's reply, what it thinks included; `limits.maxTokens` of the run by default. */
  maxTokens: Type.Optional(count),
  /** Ask for the verdict as JSON, and have the server hold the reply to its schema where it can. */
  asJson: Type.Optional(trueOrFalse),
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
   * not cast in the exact form counts for neither side, and still has to be outvoted. Where no judge gave a verdict, it
   * could not tell (`no_verdict`).
   */
  judge(material: readonly Part[], context: JudgeContext): Promise<Measurement>
}

/** What asking needs. */
export type JudgeContext = Pick<CheckContext, 'models' | 'signal'>

/** One judge's vote; null where it did not keep to the form, or was cut before it could. */
interface Vote {
  model: string
  verdict: string | null
  said: string
  cut?: true
}

/** How a verdict is given: in the last line, or as JSON. */
interface Form {
  prompt: Prompt
  schema?: JsonObject
  verdictIn(text: string, code: string, verdicts: readonly string[]): string | null
}

/**
 * Throws where a panel has no model, or two of one name, whose votes could not be told apart, and where the rubric has
 * blanks.
 */
export function openPanel(given: PanelOptions, issue: Issue): Panel {
  const { models, quorum = 'majority', maxTokens, asJson = false } = given
  const form = asJson ? jsonForm(issue.verdicts) : lineForm
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
      votes.push(await voteOf(model, sample, { material, issue, form, maxTokens }, context))
    }
    const detail = tally(votes, seats.length)
    const data = { seats: seats.length, votes: votes.map(vote => ({ ...vote })) }
    if (accepted() >= needed) return pass(detail, data)
    const reason = reasonOf(votes, seats.length, accepts)
    return reason ? fail(reason, detail, data) : couldNotTell('no_verdict', detail, data)
  }

  const options = optionsOf(models, quorum, [issue.rubric, form.prompt])
  return { models, options: { ...options, ...(maxTokens !== undefined && { maxTokens }) }, judge }
}

function refuse(models: readonly Teacher[], check: string) {
  const names = models.map(({ name }) => name)
  const twin = names.find((name, index) => names.indexOf(name) !== index)
  if (twin) throw new Error(`${check}: two models are named ${twin}; give one another name`)
  if (names.length === 0) throw new Error(`${check}: there is no model to ask; name one in \`models\``)
}

const optionsOf = (models: readonly Teacher[], quorum: string, prompts: readonly Prompt[]): JsonObject => ({
  models: models.map(({ name, options, samples }) => ({ name, options, samples })),
  quorum,
  prompts: Object.fromEntries(prompts.map(({ name, sha256 }) => [name, sha256])),
})

interface Case {
  material: readonly Part[]
  issue: Issue
  form: Form
  maxTokens: number | undefined
}

async function voteOf(
  model: Teacher,
  sample: number,
  { material, issue, form, maxTokens }: Case,
  context: JudgeContext,
): Promise<Vote> {
  // Whoever wrote the material cannot know it: it depends on all of the material.
  const rubric = promptFor(imagesIn(material).length, issue.rubric)
  const code = hashOf({ rubric: rubric.sha256, material }).slice(0, 12)
  const asked = form.prompt.fill({ code, verdicts: issue.verdicts.join(', ') })
  const question = {
    system: rubric.fill({}),
    question: [...material, { type: 'text' as const, text: asked }],
    sample,
    ...(maxTokens !== undefined && { maxTokens }),
    ...(form.schema && { schema: form.schema }),
  }
  const { text, stop } = await context.models.ask(model, question, context.signal)
  return {
    model: model.name,
    verdict: stop === 'end' ? form.verdictIn(text, code, issue.verdicts) : null,
    said: text.slice(0, 300),
    ...(stop === 'length' && { cut: true }),
  }
}

/** The verdict stands in the last line, in the exact form, and nowhere else. */
const lineForm: Form = {
  prompt: prompt('verdict'),
  verdictIn(text, code, verdicts) {
    const lines = text.trimEnd().split('\n')
    const cast = lines.filter(line => line.includes(code))
    if (cast.length !== 1 || cast[0] !== lines.at(-1)) return null
    return verdicts.find(verdict => lines.at(-1) === `VERDICT ${code}: ${verdict}`) ?? null
  },
}

/** The whole reply is one object; servers that hold nothing to a schema may put a fence around it. */
const jsonForm = (verdicts: readonly string[]): Form => ({
  prompt: prompt('verdict-json'),
  schema: {
    type: 'object',
    properties: {
      reason: { type: 'string' },
      code: { type: 'string' },
      verdict: { type: 'string', enum: [...verdicts] },
    },
    required: ['reason', 'code', 'verdict'],
    additionalProperties: false,
  },
  verdictIn(text, code, verdicts) {
    const said = parseJson(text.trim().replace(/^```(?:json)?\n([\s\S]*)\n```$/, '$1'))
    if (!isObject(said) || said.code !== code) return null
    return verdicts.find(verdict => verdict === said.verdict) ?? null
  },
})

/** What most seats say, or all that spoke; nothing where nobody spoke. */
function reasonOf(votes: readonly Vote[], seats: number, accepts: string): string | undefined {
  const [most, ...others] = [...countsOf(votes)].sort(([, a], [, b]) => b - a)
  if (!most) return undefined
  const [verdict, count] = most
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
  const silent = votes.filter(({ verdict }) => verdict === null)
  const cut = silent.filter(vote => vote.cut).length
  const words = [...countsOf(votes)].map(([verdict, count]) => `${count} ${verdict}`)
  if (silent.length > cut) words.push(`${silent.length - cut} unreadable`)
  if (cut > 0) words.push(`${cut} cut`)
  return `${words.join(', ')} of ${seats} votes`
}
