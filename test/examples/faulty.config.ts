// A small cut of the demo with a teacher that errs much more often, so that every kind of fault is planted.
import { defineConfig } from 'kindling'
import { program } from 'kindling/teachers/program'
import { charts } from '../../examples/demo/charts.ts'
import { drawings } from '../../examples/demo/drawings.ts'
import { flags } from '../../examples/demo/flags.ts'
import demo from '../../examples/demo.config.ts'
import { faults } from '../../teachers/program/faults.ts'

const seed = 5
/** An answer can only go wrong in a turn that answers, and those are few. */
const rare = { wrong_answer: 0.15, comment_only_code: 0.15 }
const errors = { ...Object.fromEntries(faults.map(fault => [fault, 0.03])), ...rare }

export default defineConfig({
  ...demo,
  name: 'faulty',
  output: process.env.RUNS ?? '../../runs',
  tasks: [flags({ seed, count: 24 }), charts({ seed, count: 12 }), drawings({ seed, count: 12 })],
  teachers: [program({ seed, errors })],
})
