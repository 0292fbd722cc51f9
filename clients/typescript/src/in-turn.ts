const last = new Map<string, Promise<unknown>>()

/** Run this while nothing else of the same name runs: in this page, and in its other tabs where the browser has locks. */
export async function inTurn<T>(name: string, signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted()
  const locks = globalThis.navigator?.locks
  if (locks) {
    let begun = false
    const begin = () => {
      begun = true
      return task()
    }
    try {
      return await locks.request(`faceswap:${name}`, signal ? { signal } : {}, begin)
    } catch (error) {
      if (begun || signal?.aborted) throw error // else the page may have none, as in a sandboxed frame
    }
  }
  const mine = (last.get(name) ?? Promise.resolve()).then(() => {
    signal?.throwIfAborted()
    return task()
  })
  const settled = mine.catch(() => undefined)
  last.set(name, settled)
  settled.then(() => last.get(name) === settled && last.delete(name))
  return mine
}
