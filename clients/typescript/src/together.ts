/** Run these at the same time. The first that fails stops the others and is thrown. */
export async function together<T>(
  tasks: readonly ((signal: AbortSignal) => Promise<T>)[],
  signal?: AbortSignal,
): Promise<T[]> {
  const stop = new AbortController()
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
  try {
    return await Promise.all(tasks.map((task) => task(either)))
  } catch (error) {
    stop.abort(error)
    throw error
  }
}
