// The run of test/pipeline/kill.test.ts, steered by how many rows of each category there are.
import { defineConfig } from 'kindling'
import { quotas } from 'kindling/filters/quotas'
import kill from '../kill.config.ts'

export default defineConfig({
  ...kill,
  fill: quotas({ by: 'category', counts: { perception: 5 }, others: 'drop' }),
})
