// Installs what `readers.ts` runs, before any test: within one it would be downloaded under that test's time limit.
import { environments, interpreter } from './readers.ts'

for (const each of environments) await interpreter(each)
