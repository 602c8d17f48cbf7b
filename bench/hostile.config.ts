// The run of bench/hostile.ts: every other task is honest, the others attack; a teacher that follows a script asks for
// their code.
import { defineConfig } from 'kindling'
import { answer } from 'kindling/checks/answer'
import { reexecutes } from 'kindling/checks/reexecutes'
import { schema } from 'kindling/checks/schema'
import { passed } from 'kindling/filters/passed'
import { hf } from 'kindling/output/hf'
import { bubblewrap } from 'kindling/sandbox/bubblewrap'
import { python } from 'kindling/tools/python'
import { hostileTasks, scriptedTeacher } from './hostile-tasks.ts'

const { RUNS = '' } = process.env

export default defineConfig({
  name: 'hostile',
  output: RUNS,
  tasks: hostileTasks,
  teachers: [scriptedTeacher],
  tools: [python()],
  sandbox: bubblewrap({ limits: { cellMs: 6000, memoryMb: 512 } }),
  checks: [schema(), answer(), reexecutes()],
  filters: [passed()],
  exports: [hf()],
  limits: { concurrency: 8 },
})
