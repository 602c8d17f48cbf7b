// The tasks of small.config.ts as prompts for reinforcement learning, all of them: so each rollout that was decided
// there can be given to a trainer's reward path as one of a student.
import { defineConfig } from 'kindling'
import { openRlhf } from 'kindling/output/openrlhf'
import { trlGrpo } from 'kindling/output/trl-grpo'
import { verlRl } from 'kindling/output/verl-rl'
import type { Screen } from 'kindling/screens/screen'
import small from './small.config.ts'

const all: Screen = {
  name: 'all',
  version: 1,
  options: {},
  screen: async () => ({ route: 'rl', reason: 'all', detail: '', data: {} }),
}

export default defineConfig({
  ...small,
  name: 'pool',
  screens: [all],
  exports: [verlRl(), openRlhf(), trlGrpo()],
})
