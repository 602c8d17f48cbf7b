import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashOf, sha256 } from '../../schemas/hash.ts'
import { openai } from '../openai.ts'
import type { Teacher } from '../teacher.ts'
import { type Rates, ratesOf } from './faults.ts'
import { modelName } from './respond.ts'
import { type ProgramServer, serveProgram } from './server.ts'
import type { Skill } from './skill.ts'
import { skills as allSkills } from './skills.ts'

export interface ProgramOptions {
  /** Rollouts per task. */
  samples?: number
  /** Another seed errs elsewhere. */
  seed?: number
  /** Chance of a planted fault per turn, or of each kind; 0 plants none. */
  errors?: number | Partial<Rates>
  /** What it can do, the first that fits first. */
  skills?: readonly Skill[]
}

/**
 * A teacher that is a program, not a model: it measures, searches, reads what came back and answers from it, and errs
 * at a known rate. It is asked over HTTP on loopback, so the path is the one a real model's answers take. Needs no key.
 */
export function program({ samples = 1, seed = 0, errors, skills = allSkills }: ProgramOptions = {}): Teacher {
  const rates = ratesOf(errors)
  let running: Promise<{ server: ProgramServer; teacher: Teacher }> | undefined
  const start = async () => {
    const server = await serveProgram({ skills, rates })
    const { url: baseURL } = server
    return { server, teacher: openai({ model: modelName, baseURL, apiKey: 'none', seed, name: 'program' }) }
  }
  return {
    name: 'program',
    options: {
      model: modelName,
      version: sources(),
      seed,
      errors: rates,
      skills: skills.map(skill => skill.name),
    },
    samples,
    async ask(request, signal) {
      running ??= start()
      return (await running).teacher.ask(request, signal)
    },
    async close() {
      const stopping = running
      running = undefined
      await (await stopping)?.server[Symbol.asyncDispose]()
    },
  }
}

/** sha256 over the files the program consists of, so that another program is another teacher. */
function sources(): string {
  const folder = import.meta.dirname
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const own = files.filter(file => /\.(ts|js|py)$/.test(file) && !file.endsWith('.d.ts')).sort()
  return hashOf(own.map(file => [file, sha256(readFileSync(join(folder, file)))]))
}
