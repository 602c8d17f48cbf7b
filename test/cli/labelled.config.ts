// The run of command.config.ts, decided by what people say of it, too.
import { defineConfig } from 'kindling'
import { labelled } from 'kindling/filters/labelled'
import base from './command.config.ts'

export default defineConfig({ ...base, filters: [...base.filters, labelled({ file: 'labels.jsonl' })] })
