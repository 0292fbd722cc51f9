import type { Api } from './api.js'
import { ProblemError } from './errors.js'
import { getJob } from './generated/sdk.gen.js'
import type { CancelledJob, FailedJob, SucceededJob } from './generated/types.gen.js'
import { isTemporary } from './problems.js'
import { backoff, retryAfter } from './retries.js'
import type { Job } from './types.js'
import { isHidden, sleep } from './waiting.js'

/** A job that does not change any more. */
export type FinalJob = SucceededJob | FailedJob | CancelledJob

const SHORTEST = 1000
const USUAL = 5000
const LONGEST = 300_000
const HIDDEN = 60_000
/** So much longer than asked for is waited at most, so that many clients do not come at the same moment. */
const JITTER = 0.2

/** Ask until the job is over. Whoever cannot be reached, or is busy, is asked again; a refusal is thrown. */
export async function poll(
  api: Api,
  jobId: string,
  show: (job: Job) => void,
  signal: AbortSignal,
  last?: Headers,
): Promise<FinalJob> {
  let etag = last?.get('etag')
  let failures = 0
  let wait = last && pollWait(retryAfter(last))
  for (;;) {
    if (wait !== undefined) await sleep(isHidden() ? Math.max(HIDDEN, wait) : wait, signal, true)
    try {
      const { client } = api
      const asked = { client, path: { job_id: jobId }, headers: { 'if-none-match': etag }, signal }
      const { data, error, response } = await getJob(asked)
      if (!response || (!data && response.status !== 304)) throw error
      if (data) {
        show(data)
        if (isFinal(data)) return data
        etag = response.headers.get('etag')
      }
      failures = 0
      wait = pollWait(retryAfter(response.headers))
    } catch (error) {
      signal.throwIfAborted()
      if (!isTemporary(error)) throw error
      const asked = error instanceof ProblemError ? error.retryAfter : undefined
      wait = Math.max(backoff(failures++), asked === undefined ? SHORTEST : pollWait(asked * 1000))
    }
  }
}

/** Milliseconds until the next question, given what `Retry-After` asks for. */
export function pollWait(asked: number = USUAL, random: () => number = Math.random): number {
  return Math.min(LONGEST, Math.max(SHORTEST, asked)) * (1 + JITTER * random())
}

export function isFinal(job: Job): job is FinalJob {
  return job.status === 'succeeded' || job.status === 'failed' || job.status === 'cancelled'
}
