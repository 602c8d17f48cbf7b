import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { LockedError, StoreError } from '../errors.ts'
import type { Objects } from './objects.ts'

/** Seconds after its last sign of life when nobody holds a run any more, if nothing else is said. */
const usualSeconds = 60
/** Signs of life within that time. */
const signs = 4

/**
 * Who holds a run. Claims are numbered, each put only where nothing is, and the last one counts. `holder` is the folder
 * of a machine: who has that folder for itself alone knows that an earlier claim of it is of a dead process.
 */
interface Claim {
  holder: string
  host: string
  pid: number
  /** Let go of. */
  over: boolean
  /** Milliseconds that it lasts after its last sign of life. */
  lasts: number
}

/** How long a claim lasts, and the clock that its holder goes by. */
export interface LeaseTerms {
  seconds?: number | undefined
  now(): number
}

/** A run that this process holds. */
export interface Lease extends AsyncDisposable {
  /** Rejects with LockedError where another process holds it by now. */
  demandHeld(): Promise<void>
  /** Whether who held it before never let go: a request of theirs may still be on its way. */
  isTakenOver: boolean
}

const folder = 'claims/'
const claimKey = (number: number) => `${folder}${String(number).padStart(8, '0')}`

/**
 * Hold a run for this process: throws LockedError where another one does. How old a sign of life is, is said by the
 * server's clock alone, so those of the machines may differ; they have only to run equally fast.
 */
export async function takeLease(
  objects: Objects,
  holder: string,
  { seconds = usualSeconds, now }: LeaseTerms,
): Promise<Lease> {
  const last = await lastClaim(objects)
  if (last && isAlive(last) && last.claim.holder !== holder) throw new LockedError(heldBy(objects, last))
  const mine: Claim = { holder, host: hostname(), pid: process.pid, over: false, lasts: seconds * 1000 }
  const held = await claimed(objects, mine, { first: (last?.number ?? -1) + 1, now })
  return { ...held, isTakenOver: last?.claim.over === false }
}

/** Whether somebody holds a run now. */
export async function isLeased(objects: Objects): Promise<boolean> {
  const last = await lastClaim(objects)
  return last !== undefined && isAlive(last)
}

async function claimed(
  objects: Objects,
  mine: Claim,
  { first, now }: { first: number; now: () => number },
): Promise<Omit<Lease, 'isTakenOver'>> {
  let number = first
  let signed = now()
  const signMs = mine.lasts / signs
  const isSure = () => now() - signed <= mine.lasts - signMs

  async function claim(next: number): Promise<void> {
    const begun = now()
    if (!(await putClaim(objects, next, mine))) throw new LockedError(taken(objects))
    number = next
    signed = begun
  }

  /** In time nobody else can have taken it; later it is claimed anew, which fails where somebody has. */
  async function sign(): Promise<void> {
    const begun = now()
    if (!isSure()) return claim(number + 1)
    await objects.put(claimKey(number), bytesOf(mine))
    signed = begun
  }

  await claim(number)
  let signing: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    signing = signing.then(sign).catch(() => {})
  }, signMs).unref()
  return {
    async demandHeld() {
      if (!isSure()) await sign()
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await signing
      // What cannot be said now is told by silence.
      if (isSure()) await objects.put(claimKey(number), bytesOf({ ...mine, over: true })).catch(() => {})
    },
  }
}

/** A claim, and how long ago it gave its last sign, in milliseconds. */
interface Seen {
  number: number
  claim: Claim
  age: number
}

const isAlive = ({ claim, age }: Seen) => !claim.over && age < claim.lasts

async function lastClaim(objects: Objects): Promise<Seen | undefined> {
  let last: string | undefined
  for await (const key of objects.keys(folder, folder)) last = key
  if (last === undefined) return undefined
  const found = await objects.read(last)
  if (!found) throw new StoreError(`${objects.show(last)} is gone; run the same command again`)
  return { number: Number(last.slice(folder.length)), claim: claimIn(found.bytes), age: found.age }
}

/** What is none holds nothing. */
function claimIn(bytes: Uint8Array): Claim {
  const none = { holder: '', host: '', pid: 0, over: true, lasts: 0 }
  try {
    const {
      holder,
      host,
      pid,
      over,
      lasts = usualSeconds * 1000,
    }: Record<string, unknown> = Object(JSON.parse(String(Buffer.from(bytes))))
    return {
      holder: String(holder),
      host: String(host),
      pid: Number(pid),
      over: over === true,
      lasts: Number(lasts),
    }
  } catch {
    return none
  }
}

/** Puts a claim where none is. One that lies there may be ours, where the answer to it was lost. */
async function putClaim(objects: Objects, number: number, mine: Claim): Promise<boolean> {
  const nonce = randomUUID()
  const bytes = Buffer.from(JSON.stringify({ ...mine, nonce }))
  if (await objects.putNew(claimKey(number), bytes)) return true
  const there = await objects.read(claimKey(number))
  return there !== undefined && Buffer.from(there.bytes).equals(bytes)
}

const bytesOf = (claim: Claim): Uint8Array => Buffer.from(JSON.stringify(claim))

function heldBy(objects: Objects, { number, claim, age }: Seen): string {
  const since = `its last sign of life came ${Math.round(age / 1000)} s ago`
  return `${objects.show(claimKey(number))}: ${claim.host} (process ${claim.pid}) works on this run, ${since}; wait for it or stop it, one that was killed holds it until ${claim.lasts / 1000} s after that`
}

const taken = (objects: Objects) =>
  `${objects.show(folder)}: another process works on this run by now; wait for it or stop it`
