/** Waiting, and what ends it early. Everything here ends at once when the signal aborts. */

/** Wait; with `wake` until the page is seen again or the network is back, if that is sooner. */
export function sleep(milliseconds: number, signal?: AbortSignal, wake = false): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const over = (settle: () => void) => () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      page?.removeEventListener('visibilitychange', look)
      network?.removeEventListener('online', done)
      settle()
    }
    const done = over(resolve)
    const abort = over(() => reject(signal?.reason))
    const look = () => isHidden() || done()
    const page = wake ? globalThis.document : undefined
    const network = wake ? globalThis.window : undefined
    const timer = setTimeout(done, milliseconds)
    signal?.addEventListener('abort', abort)
    page?.addEventListener('visibilitychange', look)
    network?.addEventListener('online', done)
  })
}

/** Is this a tab that nobody looks at? */
export function isHidden(): boolean {
  return globalThis.document?.hidden ?? false
}

/** Wait while the browser knows of no network; it may be wrong, so a minute at most. */
export async function online(signal?: AbortSignal): Promise<void> {
  if (globalThis.navigator?.onLine === false) await sleep(60_000, signal, true)
}

/** The same promise, which an abort leaves at once. */
export function unlessAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
