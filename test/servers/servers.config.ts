// The run of a row of the table, as the command opens it.
import { defineConfig } from 'kindling'
import { smallJail } from '../small-jail.ts'
import { configOf } from './behaviour.ts'
import { allRows } from './table.ts'

const { ROW = '', ORIGIN = '' } = process.env
const row = (await allRows())[Number(ROW)]
if (!row) throw new Error(`there is no row ${ROW}`)

export default defineConfig({ name: 'served', sandbox: smallJail(), ...configOf(row, ORIGIN) })
