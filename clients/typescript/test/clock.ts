/** A clock that stands still until a test moves it; all that needs no clock goes on by itself. */
import { afterEach, beforeEach, vi } from 'vitest'

/** For the tests of a file: waits are as long as they are without luck (`Math.random` is 0), unless a test says else. */
export function stillClock(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
    vi.spyOn(Math, 'random').mockReturnValue(0)
  })
  afterEach(() => {
    vi.useRealTimers()
  })
}

/** Pass every wait at once until the promise is settled. */
export async function passing<T>(promise: Promise<T>): Promise<T> {
  let isSettled = false
  const settle = () => {
    isSettled = true
  }
  promise.then(settle, settle)
  while (!isSettled) {
    await turn()
    if (vi.getTimerCount()) vi.advanceTimersToNextTimer()
  }
  return promise
}

/** Let what needs no clock run until this holds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; !holds(); turns++) {
    if (turns === 100_000) throw new Error('That does not come to be.')
    await turn()
  }
}

/** Let what needs no clock run until everything waits. */
export async function untilWaiting(): Promise<void> {
  await until(() => vi.getTimerCount() > 0)
}

/** Let all run that neither needs the clock nor hangs on anything else. */
export async function idle(): Promise<void> {
  for (let turns = 0; turns < 200; turns++) await turn()
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
