// The run that test/pipeline/budget-kill.test.ts kills: that of kill.config.ts, with money.
import { defineConfig } from 'kindling'
import { hf } from 'kindling/output/hf'
import { drawings } from '../../../examples/demo/drawings.ts'
import killed from '../kill.config.ts'

const { PRICES = '', BUDGET } = process.env

export default defineConfig({
  ...killed,
  tasks: drawings({ seed: 11, count: 8 }),
  checks: [],
  filters: [],
  exports: [hf()],
  prices: PRICES,
  limits: { ...killed.limits, ...(BUDGET ? { budgetUsd: Number(BUDGET) } : {}) },
})
