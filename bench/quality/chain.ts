import { join } from 'node:path'
import { flagCorpus } from '../../examples/demo/flags.ts'
import { answer } from '../../filters/answer.ts'
import { bypass } from '../../filters/bypass.ts'
import { codeErrors } from '../../filters/code-errors.ts'
import { consistency } from '../../filters/consistency.ts'
import { decontaminated } from '../../filters/decontaminated.ts'
import { duplicates } from '../../filters/duplicates.ts'
import { format } from '../../filters/format.ts'
import { grounded } from '../../filters/grounded.ts'
import { inventedObservation } from '../../filters/invented-observation.ts'
import { language } from '../../filters/language.ts'
import { noOpCode } from '../../filters/no-op-code.ts'
import { passed } from '../../filters/passed.ts'
import { pii } from '../../filters/pii.ts'
import { recrop } from '../../filters/recrop.ts'
import { reexecutes } from '../../filters/reexecutes.ts'
import { refusal } from '../../filters/refusal.ts'
import { repeatedCall } from '../../filters/repeated-call.ts'
import { schema } from '../../filters/schema.ts'
import { tellingNames } from '../../filters/telling-names.ts'
import { textLeak } from '../../filters/text-leak.ts'
import { thought } from '../../filters/thought.ts'
import { toolNecessity } from '../../filters/tool-necessity.ts'
import { truncated } from '../../filters/truncated.ts'
import { usedTools } from '../../filters/used-tools.ts'
import { type Settings, settings } from '../../pipeline/config.ts'
import { bubblewrap } from '../../sandbox/bubblewrap.ts'
import type { TaskSource } from '../../tasks/source.ts'
import { program } from '../../teachers/program/program.ts'
import { imageSearch } from '../../tools/image-search.ts'
import { python } from '../../tools/python.ts'
import { textSearch } from '../../tools/text-search.ts'
import type { Part } from './material.ts'
import { studentSkills, teacherSkills } from './variants.ts'

/** The run as a user would configure it: every check and filter that stands without a judge. */
export async function chain(
  { name, texts }: Part,
  folder: string,
  tasks: TaskSource[],
  benchmark: string,
): Promise<Settings> {
  const student = program({ errors: 0, skills: studentSkills })
  const checks = [
    ...[schema(), answer(), format(), thought(), truncated(), refusal(), language(), pii(), textLeak()],
    ...[
      codeErrors(),
      noOpCode(),
      recrop(),
      repeatedCall(),
      inventedObservation(),
      consistency(),
      bypass(),
      grounded(),
    ],
    ...[reexecutes(), toolNecessity({ student, k: 2, most: 0 })],
  ]
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
      passed(...checks.map(({ name }) => name)),
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
