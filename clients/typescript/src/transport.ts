import { FaceswapError, NetworkError } from './errors.js'
import { backoff, isPassing, LONGEST_WAIT, RETRIES, retryAfter } from './retries.js'
import { online, sleep, unlessAborted } from './waiting.js'

/** What a header can carry. */
const TOKEN = /^[!-~]+$/

/** Gives a bearer token; after a 401 it is asked again, and told which one was refused. */
export type Token = (refused?: string) => string | Promise<string>

/** An answer of the API comes within this time, or counts as none. */
const ANSWER_MILLISECONDS = 30_000
/** Requests whose repetition the contract allows although they are POSTs: they make nothing new. */
const REPEATABLE = /\/v1\/(uploads\/[^/]+\/(sign|parts|complete)|jobs\/[^/]+\/cancel)$/

/** A `fetch` that brings the token, reads the answer to its end, and tries again where that makes nothing twice. */
export function transport(token: Token, plainFetch: typeof fetch): (request: Request) => Promise<Response> {
  return async (request) => {
    let refused: string | undefined
    for (let tried = 0; ; tried++) {
      const last = tried >= RETRIES || !mayRepeat(request)
      let asked = 0
      await online(request.signal)
      const bearer = await unlessAborted(Promise.resolve(token(refused)), request.signal)
      // The platform's own error would show it.
      if (!TOKEN.test(bearer)) throw new FaceswapError('The token is empty, or holds what no token holds.')
      try {
        const answer = await ask(plainFetch, request, bearer)
        if (answer.status === 401 && refused === undefined) {
          refused = bearer
          tried--
          continue
        }
        asked = retryAfter(answer.headers) ?? 0
        if (last || !isPassing(answer.status) || asked > LONGEST_WAIT) return answer
      } catch (error) {
        if (request.signal.aborted) throw request.signal.reason
        if (last) throw new NetworkError('The API could not be reached.', { cause: error })
      }
      await sleep(asked + backoff(tried), request.signal)
    }
  }
}

async function ask(plainFetch: typeof fetch, request: Request, bearer: string): Promise<Response> {
  const tried = request.clone()
  tried.headers.set('authorization', `Bearer ${bearer}`)
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(ANSWER_MILLISECONDS)])
  const answer = await plainFetch(tried, { signal })
  const body = await answer.arrayBuffer()
  const { status, statusText, headers } = answer
  return new Response(body.byteLength ? body : null, { status, statusText, headers })
}

function mayRepeat(request: Request): boolean {
  return (
    request.method !== 'POST' ||
    request.headers.has('idempotency-key') ||
    REPEATABLE.test(new URL(request.url).pathname)
  )
}
