import { type FaceswapError, NetworkError, ProblemError } from './errors.js'
import type { Problem } from './generated/types.gen.js'
import { retryAfter } from './retries.js'

/** The error that stands for what the generated layer caught: a body that says no, or something thrown. */
export function errorOf(caught: unknown, response?: Response): unknown {
  if (caught instanceof SyntaxError) return new NetworkError('The answer is no JSON.', { cause: caught })
  if (!response || caught instanceof Error) return caught
  const said: Partial<Problem> & { message?: string } = isObject(caught) ? caught : {}
  const wait = retryAfter(response.headers)
  return new ProblemError(
    response.status,
    said.type ?? 'about:blank',
    said.title ?? said.message ?? `HTTP ${response.status}`,
    said.detail ?? '',
    said.errors ?? [],
    wait === undefined ? undefined : wait / 1000,
  )
}

/** Is it a refusal with one of these statuses? */
export function isProblem(error: unknown, ...statuses: number[]): error is ProblemError {
  return error instanceof ProblemError && statuses.includes(error.status)
}

/** May asking later bring another answer? */
export function isTemporary(error: unknown): error is FaceswapError {
  return (
    error instanceof NetworkError ||
    isProblem(error, 408, 429) ||
    (error instanceof ProblemError && error.status >= 500)
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
