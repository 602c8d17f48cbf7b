import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { temporaryFolder } from '../fixtures.ts'

const root = join(import.meta.dirname, '../..')
const examples = join(root, 'examples/cluster')
const read = (name: string) => readFile(join(examples, name), 'utf8')

test.each(['part.sh', 'slurm.sbatch'])('bash takes %s', async name => {
  const child = spawn('bash', ['-n', join(examples, name)], { stdio: ['ignore', 'ignore', 'inherit'] })
  expect(await once(child, 'close')).toEqual([0, null])
})

test('each file divides a run into as many parts as it starts processes', async () => {
  const { spec } = parse(await read('kubernetes.yaml'))
  const [{ args }] = spec.template.spec.containers
  expect(spec).toMatchObject({ completionMode: 'Indexed', completions: 64 })
  // Demanded up to Kubernetes 1.34.
  expect(spec.podFailurePolicy.rules[1].onPodConditions[0]).toHaveProperty('status', 'True')
  expect(args[0]).toContain('"$((JOB_COMPLETION_INDEX + 1))" 64 ')
  const sbatch = await read('slurm.sbatch')
  expect(sbatch).toMatch(/^#SBATCH --array=1-64$/m)
  expect(sbatch).toContain(`count=\${KINDLING_PARTS:-64}`)
})

test('a part is solved on a local disk, and its copy is all that another machine needs to go on', async () => {
  await using here = await temporaryFolder()
  const shared = join(here.path, 'shared')
  const solve = async (machine: string) => {
    await mkdir(join(here.path, machine))
    const env = {
      ...process.env,
      KINDLING: `${process.execPath} --disable-warning=ExperimentalWarning ${join(root, 'cli/main.ts')}`,
      KINDLING_LOCAL: join(here.path, machine),
    }
    const args = [join(examples, 'part.sh'), join(examples, 'cluster.config.ts'), '3', '12', shared]
    const child = spawn('bash', args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ])
    expect(code, err).toBe(0)
    return { out, err }
  }
  const first = await solve('one')
  expect(first.out).toMatch(/^part 3 of 12: [1-9]\d* tasks?, /m)
  expect(await readdir(shared)).toEqual(['cluster.part-03-of-12'])
  expect(await readdir(join(here.path, 'one'))).toEqual([])
  const second = await solve('two')
  expect(second.out).toBe(first.out)
  expect(second.err).toMatch(/already done/)
})
