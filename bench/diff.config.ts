// The demo for bench/diff.ts, which says where it lies and by which seed its teacher errs.
import demo from '../examples/demo.config.ts'
import { program } from '../teachers/program.ts'

const { DIFF = '', SEED = '1' } = process.env

export default { ...demo, name: `seed-${SEED}`, output: DIFF, teachers: [program({ seed: Number(SEED) })] }
