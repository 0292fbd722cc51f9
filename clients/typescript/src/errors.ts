import type { CancelledJob, FailedJob, Fault, Job } from './types.js'

/** Whatever this client throws, but for an abort, which gives the standard `AbortError`. */
export class FaceswapError extends Error {
  override name = 'FaceswapError'
}

/** A refusal, as an RFC 9457 problem document; what the gateway or the bucket refuses is put into the same words. */
export class ProblemError extends FaceswapError {
  override name = 'ProblemError'

  constructor(
    readonly status: number,
    /** What kind of problem, such as `/problems/quota`; `about:blank` where the status says it all. */
    readonly type: string,
    readonly title: string,
    readonly detail: string,
    /** What is wrong with the request, field by field. */
    readonly errors: readonly Fault[] = [],
    /** Seconds after which asking again may help, if that was said. */
    readonly retryAfter?: number,
  ) {
    super(detail || title)
  }
}

/** Nobody answered, or not to the end; `cause` is what the platform said. */
export class NetworkError extends FaceswapError {
  override name = 'NetworkError'
}

/** The file is empty, or cannot be read: it was changed, moved or deleted since it was chosen. */
export class FileError extends FaceswapError {
  override name = 'FileError'

  constructor(
    cause: unknown,
    message = 'The file cannot be read. It may have changed since it was chosen: choose it again.',
  ) {
    super(message, { cause })
  }
}

/** The job ended without a video. */
export class JobFailedError extends FaceswapError {
  override name = 'JobFailedError'
  readonly error: FailedJob['error']

  constructor(readonly job: FailedJob) {
    super(job.error.detail)
    this.error = job.error
  }
}

/** The job was cancelled, here or elsewhere. */
export class JobCancelledError extends FaceswapError {
  override name = 'JobCancelledError'

  constructor(readonly job?: CancelledJob) {
    super('The job was cancelled.')
  }
}

/** The time that the caller gave is over. The job goes on: `watch` follows it further. */
export class TimeoutError extends FaceswapError {
  override name = 'TimeoutError'

  constructor(readonly job?: Job) {
    super('The job was not over in time. It goes on.')
  }
}
