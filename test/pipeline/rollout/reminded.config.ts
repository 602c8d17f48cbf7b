// The run that test/pipeline/rollout/reminded-kill.test.ts kills: that of kill.config.ts, with reminders.
import { reexecutes } from 'kindling/checks/reexecutes'
import { thought } from 'kindling/checks/thought'
import { drawings } from '../../../examples/demo/drawings.ts'
import killed from '../kill.config.ts'

export default {
  ...killed,
  tasks: drawings({ seed: 11, count: 1 }),
  checks: [reexecutes(), thought()],
  limits: { concurrency: 1, turns: 6, reminders: 1 },
}
