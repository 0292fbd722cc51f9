import { type Api, dataOf } from './api.js'
import { JobCancelledError, JobFailedError, TimeoutError } from './errors.js'
import { cancelJob } from './generated/sdk.gen.js'
import { type FinalJob, isFinal, poll } from './poll.js'
import type { Job, Progress, SucceededJob, SwapUpdate } from './types.js'

export interface WatchOptions {
  /** Told of each change, of the files' bytes first and of the job then. */
  onUpdate?: (update: SwapUpdate) => void
  /** Ends the waiting, not the job: the same call goes on with it later. */
  signal?: AbortSignal
  /** Milliseconds after which the waiting ends with a TimeoutError; the job goes on. */
  timeout?: number
}

/** A swap that is under way. It goes on whether or not somebody asks for its end. */
export interface SwapHandle extends AsyncIterable<Job> {
  /** The job as it was last seen; undefined until it is made. */
  readonly job: Job | undefined
  /** The job once it has succeeded; rejects with JobFailedError, JobCancelledError, or what else went wrong. */
  result(): Promise<SucceededJob>
  /** End the job, or the uploads for it. The job as it is then; undefined if none was made. */
  cancel(): Promise<Job | undefined>
}

/** A job that exists, and what came with it. */
export interface Begun {
  jobId: string
  job?: Job
  headers?: Headers
}

/** How a job comes to be, and what is to be done when it is over. */
export interface Course {
  /** `leaving` aborts also when the swap is cancelled; a request that makes a job must not be left for that. */
  begin(signal: AbortSignal, leaving: AbortSignal, report: (progress: Progress) => void): Promise<Begun>
  over?(job: FinalJob): Promise<void>
}

export class Handle implements SwapHandle {
  job: Job | undefined
  private readonly cancelled = new AbortController()
  private readonly ended = new AbortController()
  private readonly begun: Promise<Begun>
  private readonly end: Promise<FinalJob>
  private changed = newSignal()

  constructor(
    private readonly api: Api,
    private readonly course: Course,
    private readonly options: WatchOptions,
  ) {
    const { signal, timeout } = options
    const late = new AbortController()
    const timer = timeout && setTimeout(() => late.abort(new TimeoutError(this.job)), timeout)
    const stop = AbortSignal.any([late.signal, ...(signal ? [signal] : [])])
    const leaving = AbortSignal.any([stop, this.cancelled.signal])
    const report = (progress: Progress) => options.onUpdate?.({ phase: 'upload', job: undefined, ...progress })
    this.begun = course.begin(stop, leaving, report)
    this.end = this.follow(stop).finally(() => {
      if (timer) clearTimeout(timer)
      this.changed.tell()
    })
    this.end.catch(() => undefined) // who does not ask is not told
  }

  async result(): Promise<SucceededJob> {
    const job = await this.end
    if (job.status === 'failed') throw new JobFailedError(job)
    if (job.status === 'cancelled') throw new JobCancelledError(job)
    return job
  }

  async cancel(): Promise<Job | undefined> {
    this.cancelled.abort(new JobCancelledError())
    const begun = await this.begun.catch(() => undefined)
    if (!begun) return undefined
    const job = await dataOf(cancelJob({ ...this.api, path: { job_id: begun.jobId } }))
    this.show(job)
    if (isFinal(job)) this.ended.abort()
    return job
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Job> {
    let over = false
    const end = this.end.finally(() => (over = true))
    end.catch(() => undefined)
    for (let seen: Job | undefined; ; ) {
      const { told } = this.changed
      if (this.job && this.job !== seen) {
        seen = this.job
        yield seen
        if (isFinal(seen)) return
      } else if (over) {
        await end
        return
      } else {
        await told
      }
    }
  }

  private async follow(stop: AbortSignal): Promise<FinalJob> {
    const { jobId, job, headers } = await this.begun
    if (job) this.show(job)
    const signal = AbortSignal.any([stop, this.ended.signal])
    const final = job && isFinal(job) ? job : await this.ask(jobId, signal, headers)
    await this.course.over?.(final)
    return final
  }

  private async ask(jobId: string, signal: AbortSignal, headers?: Headers): Promise<FinalJob> {
    try {
      return await poll(this.api, jobId, (job) => this.show(job), signal, headers)
    } catch (error) {
      if (this.ended.signal.aborted && this.job && isFinal(this.job)) return this.job
      throw error
    }
  }

  private show(job: Job): void {
    this.job = job
    this.options.onUpdate?.({ phase: 'job', job })
    this.changed.tell()
    this.changed = newSignal()
  }
}

/** Something that can be waited for, once. */
function newSignal() {
  let tell = () => {}
  const told = new Promise<void>((resolve) => {
    tell = resolve
  })
  return { told, tell }
}
