import { join } from 'node:path'
import { answer } from '../../checks/answer.ts'
import { bypass } from '../../checks/bypass.ts'
import type { Check } from '../../checks/check.ts'
import { noOpCode } from '../../checks/code/no-op-code.ts'
import { codeErrors } from '../../checks/code-errors.ts'
import { consistency } from '../../checks/consistency.ts'
import { format } from '../../checks/format.ts'
import { grounded } from '../../checks/grounded.ts'
import { inventedObservation } from '../../checks/invented-observation.ts'
import { toolNecessity } from '../../checks/judges/tool-necessity.ts'
import { language } from '../../checks/language.ts'
import { pii } from '../../checks/pii.ts'
import { recrop } from '../../checks/recrop.ts'
import { reexecutes } from '../../checks/reexecutes.ts'
import { refusal } from '../../checks/refusal.ts'
import { repeatedCall } from '../../checks/repeated-call.ts'
import { schema } from '../../checks/schema.ts'
import { signals } from '../../checks/signals.ts'
import { textLeak } from '../../checks/text-leak.ts'
import { thought } from '../../checks/thought.ts'
import { truncated } from '../../checks/truncated.ts'
import { flagCorpus } from '../../examples/demo/flags.ts'
import { decontaminated } from '../../filters/decontaminated.ts'
import { duplicates } from '../../filters/duplicates.ts'
import { passed } from '../../filters/passed.ts'
import { tellingNames } from '../../filters/telling-names.ts'
import { usedTools } from '../../filters/used-tools.ts'
import type { Settings } from '../../pipeline/config.ts'
import { settings } from '../../pipeline/settings.ts'
import { bubblewrap } from '../../sandbox/bubblewrap.ts'
import type { TaskSource } from '../../tasks/source.ts'
import { program } from '../../teachers/program/program.ts'
import { imageSearch } from '../../tools/image-search.ts'
import { python } from '../../tools/python.ts'
import { textSearch } from '../../tools/text-search.ts'
import type { Part } from './material.ts'
import { studentSkills, teacherSkills } from './variants.ts'

/** What judges a trajectory by what is written of it. */
export const freeChecks = (): Check[] => [
  ...[schema(), answer(), format(), thought(), truncated(), refusal(), language(), pii(), textLeak()],
  ...[codeErrors(), noOpCode(), recrop(), repeatedCall(), inventedObservation(), consistency(), bypass()],
  ...[grounded(), signals()],
]

/** The run as a user would configure it: every check and filter that stands without a judge. */
export async function chain(
  { name, texts }: Part,
  folder: string,
  tasks: TaskSource[],
  benchmark: string,
): Promise<Settings> {
  const student = program({ errors: 0, skills: studentSkills })
  const checks = [...freeChecks(), reexecutes(), toolNecessity({ student, k: 2, most: 0 })]
  return settings({
    name,
    output: folder,
    tasks,
    teachers: [program({ errors: 0, skills: teacherSkills })],
    tools: [
      python(),
      imageSearch({ corpus: await flagCorpus({ path: join(folder, 'flags.sqlite') }) }),
      textSearch({ corpus: await texts({ path: join(folder, `${name}.texts.sqlite`) }) }),
    ],
    sandbox: bubblewrap(),
    checks,
    filters: [
      passed(),
      usedTools({ min: 1 }),
      decontaminated({ benchmarks: [{ name: 'benchmark', files: benchmark, images: 'images' }] }),
      tellingNames(),
      duplicates(),
    ],
    exports: [],
    limits: { concurrency: 2 },
  })
}

/** Let go of what a run holds open. */
export async function close({ teachers, tools, sandbox, checks }: Settings): Promise<void> {
  for (const each of [...teachers, ...checks.flatMap(({ models = [] }) => models), ...tools])
    await each.close?.()
  await sandbox[Symbol.asyncDispose]()
}
