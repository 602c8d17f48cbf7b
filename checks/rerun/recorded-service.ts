import { canonicalJson } from '../../schemas/hash.ts'
import type { JsonObject } from '../../schemas/json.ts'
import type { Consulted, Observation } from '../../schemas/trajectory.ts'
import type { Consult, Service } from '../../tools/service.ts'
import { ToolError } from '../../tools/tool.ts'
import type { CheckContext } from '../check.ts'

/**
 * Answers a call that is made again as its services did then, out of the record; what comes up on the way stands
 * beside.
 */
export interface Witness {
  consult: Consult
  /** It was asked something. */
  asked: boolean
  /** It was asked something of which the record does not hold what was said then. */
  silent: boolean
  /** What it was asked now and not then, for a person; null where there is no such thing. */
  stranger: string | null
}

export function witness(before: Observation, recall: CheckContext['recall']): Witness {
  const heard: Witness = { consult, asked: false, silent: false, stranger: null }

  async function consult<Answer>(service: Service, query: JsonObject): Promise<Answer> {
    heard.asked = true
    const { consulted, answer } = await recall(service, query)
    const standing = standingOf(consulted, before)
    if (standing === 'same') return answer as Answer
    if (standing === 'unknown') heard.silent = true
    if (standing === 'other') heard.stranger ??= `${service.name} for ${canonicalJson(query).slice(0, 200)}`
    throw new ToolError(`${service.name} is not asked again`)
  }

  return heard
}

/** How a question stands to those that were asked then. */
type Standing = 'same' | 'failed' | 'unknown' | 'other'

function standingOf(now: Consulted, { consulted, mistake }: Observation): Standing {
  // An older observation does not say what was asked. A question that failed then may have been answered to another
  // rollout.
  if (!consulted) return now.answer === undefined || mistake ? 'unknown' : 'same'
  const ofService = consulted.filter(({ service }) => service === now.service)
  const then = ofService.filter(({ options }) => options === now.options)
  const asked = then.find(({ query }) => query === now.query)
  if (asked) return asked.answer === undefined ? 'failed' : asked.answer === now.answer ? 'same' : 'unknown'
  // A service with other options is another one: what it was asked then cannot be told from here.
  return ofService.length > then.length ? 'unknown' : 'other'
}
