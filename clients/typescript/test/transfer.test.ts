/** The way by XMLHttpRequest, on a fake one: what it tells, and that it ends. The real one is in tests/browser. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { put } from '../src/transfer.js'
import { stillClock } from './clock.js'

stillClock()

class FakeXhr {
  static last: FakeXhr
  readonly upload: { onprogress?: (event: { loaded: number }) => void } = {}
  readonly headers: Record<string, string> = {}
  onloadend = () => {}
  status = 0
  line = ''
  sent: unknown

  constructor() {
    FakeXhr.last = this
  }
  open(method: string, url: string) {
    this.line = `${method} ${url}`
  }
  setRequestHeader(name: string, value: string) {
    this.headers[name] = value
  }
  send(body: unknown) {
    this.sent = body
  }
  abort() {
    this.end(0)
  }
  end(status: number) {
    this.status = status
    this.onloadend()
  }
}

const file = new Blob(['clip'])
const target = { url: 'https://bucket.test/x', headers: { 'If-None-Match': '*' } }

beforeEach(() => void vi.stubGlobal('XMLHttpRequest', FakeXhr))
afterEach(() => expect(vi.getTimerCount()).toBe(0))

function sending(signal?: AbortSignal) {
  const told: number[] = []
  return { told, done: put(target, file, fetch, (bytes) => told.push(bytes), signal) }
}

test('sends the bytes and headers, and tells how far it is', async () => {
  const { told, done } = sending()
  FakeXhr.last.upload.onprogress?.({ loaded: 2 })
  FakeXhr.last.end(200)

  await done

  expect([FakeXhr.last.line, FakeXhr.last.headers, FakeXhr.last.sent]).toEqual([
    'PUT https://bucket.test/x',
    target.headers,
    file,
  ])
  expect(told).toEqual([2, 4])
})

test('tells what the bucket refused', async () => {
  const { told, done } = sending()
  FakeXhr.last.end(412)

  await expect(done).rejects.toMatchObject({ name: 'ProblemError', status: 412 })
  expect(told).toEqual([])
})

test('gives up what has not moved for a minute', async () => {
  const { done } = sending()
  vi.advanceTimersByTime(50_000)
  FakeXhr.last.upload.onprogress?.({ loaded: 1 })
  vi.advanceTimersByTime(50_000)
  FakeXhr.last.upload.onprogress?.({ loaded: 2 })
  vi.advanceTimersByTime(60_000)

  await expect(done).rejects.toMatchObject({ name: 'NetworkError' })
})

test('ends with an abort, with the standard error', async () => {
  const abort = new AbortController()
  const { done } = sending(abort.signal)
  abort.abort()

  await expect(done).rejects.toMatchObject({ name: 'AbortError' })
})
