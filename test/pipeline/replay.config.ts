// The run that test/pipeline/replay.test.ts repeats: that of kill.config.ts, with fewer tasks.
import { defineConfig } from 'kindling'
import { drawings } from '../../examples/demo/drawings.ts'
import killed from './kill.config.ts'

export default defineConfig({ ...killed, tasks: drawings({ seed: 11, count: 4 }) })
