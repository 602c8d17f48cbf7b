import type { ExportRow } from '../../output/export.ts'
import { type Funnel, grouped } from '../../pipeline/decide/funnel.ts'
import { dropName } from '../../schemas/drop.ts'
import type { Outcome, Trajectory } from '../../schemas/trajectory.ts'

type End = Extract<Outcome, { kind: 'stopped' }>['by']

/** What mends it where most rollouts of a teacher end so. */
const cures: Record<End, string> = {
  no_answer:
    'had no answer tag, <answer>…</answer>, in the last reply: set limits.reminders to 1, which asks for it again, or give `prompts.system` an example',
  empty:
    'ended with an empty reply: a reasoning parser of the server may take all of it for reasoning, or the chat template may not fit the model',
  turns: 'used up all turns: raise limits.turns',
  length: 'were cut off: raise limits.maxTokens, or the context length of the server',
  broken: 'ended with a reply that cannot be read, or that has no end',
  malformed_call: 'ended with a call that the server could not read: choose its tool parser for this model',
  content_filter: 'were stopped by a filter of the provider: ask another model, or leave such tasks out',
  refusal: 'were refused: ask another model, or leave such tasks out',
}

const noCalls =
  'the chat template may leave the tools out; have the server parse calls (vLLM: --enable-auto-tool-choice --tool-call-parser …, llama.cpp: --jinja), or ask by `tagged()`'

/** What the rollouts of a teacher have in common. */
const habits = () => ({
  rollouts: 0,
  replies: 0,
  equipped: false,
  calls: 0,
  ends: new Map<End, { count: number; example: string }>(),
})
type Habits = ReturnType<typeof habits>

/** Looks at rows for what is most likely wrong with a run. */
export function adviser() {
  const teachers = grouped(habits)
  const details = new Map<string, string>()
  return {
    add({ measured: { trajectory }, verdict }: ExportRow) {
      look(teachers.of(trajectory.teacher.name), trajectory)
      if (!verdict.keep && !details.has(dropName(verdict))) details.set(dropName(verdict), verdict.detail)
    },
    /** Lines for a person, the most important first. */
    advice: (funnel: Funnel): string[] => [
      ...nothingKept(funnel, details),
      ...Object.entries(teachers.all()).flatMap(([name, own]) =>
        [...callless(own), ...alike(own)].map(line => `teacher ${name}: ${line}`),
      ),
    ],
  }
}

function look(own: Habits, { task, tools, turns, outcome }: Trajectory) {
  if (turns.length === 0) return
  own.rollouts++
  own.replies += turns.length
  own.equipped ||= tools.length > 0
  for (const { reply } of turns) own.calls += reply.calls.length
  if (outcome.kind !== 'stopped') return
  const { count, example } = own.ends.get(outcome.by) ?? { count: 0, example: task.id }
  own.ends.set(outcome.by, { count: count + 1, example })
}

const callless = ({ equipped, calls, replies }: Habits): string[] =>
  equipped && calls === 0 && replies > 0 ? [`0 of ${replies} replies called a tool: ${noCalls}`] : []

/** What most rollouts came to. */
const alike = ({ ends, rollouts }: Habits): string[] =>
  [...ends]
    .filter(([, { count }]) => 2 * count > rollouts)
    .map(
      ([end, { count, example }]) =>
        `${count} of ${rollouts} rollouts ${cures[end]} (such as \`kindling show ${example}\`)`,
    )

function nothingKept({ kept, rollouts, screened, dropped }: Funnel, details: Map<string, string>): string[] {
  const [most] = dropped
  if (kept > 0 || !most) return []
  const name = `${most.stage}/${most.reason}`
  const all = most.stage === 'screen' ? `${screened?.tasks} tasks` : `${rollouts} rollouts`
  const detail = (details.get(name) ?? '').replace(/\s+/g, ' ').slice(0, 120)
  const example = most.examples[0] ? `; such as ${most.examples[0]}${detail ? `: ${detail}` : ''}` : ''
  return [`nothing was kept: ${most.count} of ${all} were dropped by ${name}${example}`]
}
