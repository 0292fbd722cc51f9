/** How often is tried, and how long is waited between: pure rules. */

export const RETRIES = 3
/** Who asks for a longer wait is not asked again by itself. */
export const LONGEST_WAIT = 60_000
const FIRST_WAIT = 1000

/** May the same request bring something else later? */
export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || (status >= 502 && status <= 504)
}

/** The milliseconds before the next of several tries, the first being 0: full jitter. */
export function backoff(tried: number, random: () => number = Math.random): number {
  return random() * Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** tried)
}

/** Milliseconds that `Retry-After` asks for: seconds, or a date. */
export function retryAfter(headers: Headers): number | undefined {
  const said = headers.get('retry-after')
  if (!said) return undefined
  const wait = /^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.now()
  return Number.isNaN(wait) ? undefined : Math.max(0, wait)
}
