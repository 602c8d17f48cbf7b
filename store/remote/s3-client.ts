import { STATUS_CODES } from 'node:http'
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import { screenLine } from '../../schemas/screen-line.ts'
import { RemoteError, refusalOf, unreachable } from './remote-error.ts'

/** Milliseconds until a connection stands, and in which nothing goes over it. */
const patience = { connectionTimeout: 15_000, socketTimeout: 60_000 }
/** Milliseconds until an answer begins to what is asked, which must not be long; what is put somewhere may be. */
const toAnswer = 60_000

/** Else the client warns on the console of each body that it cannot send again. */
const silent: NonNullable<S3ClientConfig['logger']> = { debug() {}, info() {}, warn() {}, error() {} }

/** Where a server of buckets is; what AWS's own tools would take by default. */
export interface S3Server {
  endpoint?: string | undefined
  region?: string | undefined
}

/**
 * A client with the credentials, the region and the endpoint that AWS's own tools would take, if none is given. It
 * reads from buckets that are `open` to everybody without credentials, too: they take requests that nobody signs.
 */
export async function openS3(open: boolean, server: S3Server = {}): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3')
  const endpoint = server.endpoint || process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL
  const options: S3ClientConfig = {
    // Whoever asks tries again by itself, and says so.
    maxAttempts: 1,
    logger: silent,
    requestHandler: { ...patience, ...(open && { requestTimeout: toAnswer }) },
    followRegionRedirects: true,
    ...(server.endpoint && { endpoint: server.endpoint }),
    ...(server.region && { region: server.region }),
    // Servers that are not Amazon's seldom have a name for each bucket, and not all know its checksums.
    ...(endpoint && { forcePathStyle: true, ...onlyNeeded }),
  }
  const plain = new S3Client(options)
  const region = await plain.config.region().catch(() => 'us-east-1')
  return new S3Client({ ...options, region, ...(!open || (await isSomebody(plain)) ? {} : nobody) })
}

const onlyNeeded = {
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
} as const

/** Whether there are credentials. A profile that is named and gives none is a mistake. */
async function isSomebody({ config }: S3Client): Promise<boolean> {
  try {
    await config.credentials()
    return true
  } catch (error) {
    if (process.env.AWS_PROFILE || !(error instanceof Error && error.name === 'CredentialsProviderError'))
      throw error
    return false
  }
}

const nobody: S3ClientConfig = {
  credentials: { accessKeyId: '', secretAccessKey: '' },
  signer: { sign: async request => request },
}

/** What an error of the client means; `key` helps where it is not open to everybody. */
export function faultOfAws(error: unknown, shown: string, key: string): RemoteError {
  if (!(error instanceof Error) || error instanceof RemoteError) return unreachable(shown, error)
  const { status, said, headers } = saidBy(error)
  if (error.name === 'CredentialsProviderError')
    return new RemoteError(`${shown}: there are no credentials (${screenLine(said)}); ${key}`, 'closed')
  return status === undefined ? unreachable(shown, error) : refusalOf({ status, said, headers }, shown, key)
}

/** An answer to HEAD has no words, and then the client makes some that say nothing. */
function saidBy(
  error: Error & { $metadata?: { httpStatusCode?: number }; $response?: { headers?: object } },
) {
  const status = error.$metadata?.httpStatusCode
  const said = /unknown/i.test(error.name + error.message) ? (STATUS_CODES[status ?? 0] ?? '') : error.message
  const headers = new Headers(Object.entries(error.$response?.headers ?? {}))
  return { status, said: said || error.name, headers }
}
