import { NetworkError, ProblemError } from './errors.js'

/** A request to the bucket, as it was presigned. */
export interface Target {
  url: string
  headers?: Record<string, string>
}

type OnSent = (bytes: number) => void

/** A transfer that moves nothing for so long is given up. */
const STALL_MILLISECONDS = 60_000
/** The same for `fetch`, where nobody sees bytes move: of the whole transfer. */
const WHOLE_MILLISECONDS = 15 * 60_000

/**
 * Put these bytes there, once.
 *
 * By XMLHttpRequest where there is one, since `fetch` does not tell how far an upload is.
 * Throws ProblemError for what the bucket refuses, NetworkError where nobody answered.
 */
export function put(target: Target, body: Blob, plainFetch: typeof fetch, onSent: OnSent, signal?: AbortSignal) {
  signal?.throwIfAborted()
  return globalThis.XMLHttpRequest
    ? byXhr(target, body, onSent, signal)
    : byFetch(target, body, plainFetch, onSent, signal)
}

function byXhr({ url, headers = {} }: Target, body: Blob, onSent: OnSent, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    let watchdog: ReturnType<typeof setTimeout> | undefined
    const moved = () => {
      clearTimeout(watchdog)
      watchdog = setTimeout(() => request.abort(), STALL_MILLISECONDS)
    }
    const abort = () => request.abort()
    signal?.addEventListener('abort', abort)
    request.upload.onprogress = ({ loaded }) => {
      moved()
      onSent(loaded)
    }
    request.onloadend = () => {
      clearTimeout(watchdog)
      signal?.removeEventListener('abort', abort)
      if (signal?.aborted) reject(signal.reason)
      else if (request.status) settle(request.status, body, onSent, resolve, reject)
      else reject(unreachable())
    }
    request.open('PUT', url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    moved()
    request.send(body)
  })
}

async function byFetch(
  { url, headers }: Target,
  body: Blob,
  plainFetch: typeof fetch,
  onSent: OnSent,
  signal?: AbortSignal,
): Promise<void> {
  let status: number
  const limits = [AbortSignal.timeout(WHOLE_MILLISECONDS), ...(signal ? [signal] : [])]
  try {
    const answer = await plainFetch(url, { method: 'PUT', headers, body, signal: AbortSignal.any(limits) })
    await answer.arrayBuffer()
    status = answer.status
  } catch (error) {
    signal?.throwIfAborted()
    throw unreachable(error)
  }
  return new Promise((resolve, reject) => settle(status, body, onSent, resolve, reject))
}

function settle(status: number, body: Blob, onSent: OnSent, resolve: () => void, reject: (error: Error) => void) {
  if (status >= 300) {
    return reject(new ProblemError(status, 'about:blank', 'The bucket refused the file', `It answered ${status}.`))
  }
  onSent(body.size)
  resolve()
}

function unreachable(cause?: unknown): NetworkError {
  return new NetworkError('The bucket could not be reached.', { cause })
}
