import { describe, expect, test, vi } from 'vitest'
import { createClient, type Job, JobCancelledError, JobFailedError, ProblemError, TimeoutError } from '../src/index.js'
import { passing, stillClock, until, untilWaiting } from './clock.js'
import { aJob, FakeApi, failed, problem } from './fake-api.js'

stillClock()

const POLL = /^GET \/v1\/jobs\/job_1$/

function started(changes: Partial<FakeApi> = {}) {
  const api = Object.assign(new FakeApi(), changes)
  api.jobs.set('job_1', aJob())
  return { api, client: createClient({ baseUrl: api.baseUrl, token: () => 't', fetch: api.fetch }) }
}

function gaps(api: FakeApi): number[] {
  const times = api.requests(POLL).map(({ at }) => at)
  return times.slice(1).map((at, index) => at - (times[index] as number))
}

describe('polling', () => {
  test('asks with the ETag, and as rarely as Retry-After says', async () => {
    const { api, client } = started({ polls: 3, retryAfter: '7' })
    const seen: Job[] = []

    const job = await passing(client.watch('job_1', { onUpdate: ({ job }) => job && seen.push(job) }).result())

    expect(job.result.link).toBe('https://api.test/video')
    expect(gaps(api)).toEqual([7000, 7000, 7000])
    expect(api.requests(POLL).map(({ headers }) => headers.get('if-none-match'))).toEqual([null, '"1"', '"1"', '"1"'])
    expect(seen.map(({ version }) => version)).toEqual([1, 2]) // nothing was new in a 304
  })

  test.each([
    ['0', 1000],
    [null, 5000],
    ['86400', 300_000],
  ])('Retry-After: %s makes it wait %i ms', async (retryAfter, wait) => {
    const { api, client } = started({ polls: 2, retryAfter })

    await passing(client.watch('job_1').result())

    expect(gaps(api)).toEqual([wait, wait])
  })

  test('spreads the questions of many, to later and by a fifth at most', async () => {
    vi.mocked(Math.random).mockReturnValueOnce(0.5).mockReturnValue(0.999)
    const { api, client } = started({ polls: 2, retryAfter: '10' })

    await passing(client.watch('job_1').result())

    expect(gaps(api)).toEqual([11_000, expect.closeTo(11_998, -1)])
  })

  test('goes on through a lost network and a busy API', async () => {
    const { api, client } = started({ polls: 0 })
    api.next(POLL, ...Array(9).fill('no connection'), ...Array(9).fill(problem(503, 'busy')))

    await passing(client.watch('job_1').result())

    expect(api.requests(POLL)).toHaveLength(19)
  })

  test('ends where the API says no', async () => {
    const { api, client } = started()
    api.jobs.clear()

    await expect(passing(client.watch('job_1').result())).rejects.toMatchObject({ name: 'ProblemError', status: 404 })
    expect(api.requests(POLL)).toHaveLength(1)
  })

  test('ends with the job, whatever its end', async () => {
    const error = await passing(started({ polls: 0, ends: failed }).client.watch('job_1').result()).catch((e) => e)
    expect(error).toBeInstanceOf(JobFailedError)
    expect(error.error.type).toBe('/problems/input-invalid')

    const ends = (job: Job) => ({ ...job, status: 'cancelled' }) as Job
    const handle = started({ polls: 0, ends }).client.watch('job_1')
    await expect(passing(handle.result())).rejects.toBeInstanceOf(JobCancelledError)
  })

  test('stops at once when it is aborted, with an AbortError', async () => {
    const { api, client } = started()
    const abort = new AbortController()
    const result = client.watch('job_1', { signal: abort.signal }).result()
    await untilWaiting()

    abort.abort()

    await expect(result).rejects.toMatchObject({ name: 'AbortError' })
    expect(vi.getTimerCount()).toBe(0)
    expect(api.seen).toHaveLength(1)
  })

  test('stops when the time that was given is over', async () => {
    const { client } = started({ polls: Number.POSITIVE_INFINITY })
    const handle = client.watch('job_1', { timeout: 12_000 })

    const error = await passing(handle.result()).catch((e) => e)

    expect(error).toBeInstanceOf(TimeoutError)
    expect(error.job.status).toBe('processing')
    expect(vi.getTimerCount()).toBe(0)
  })

  test('leaves no clock running when it ends before', async () => {
    await started({ polls: 0 }).client.watch('job_1', { timeout: 3_600_000 }).result()

    expect(vi.getTimerCount()).toBe(0)
  })

  test('is iterated over job by job, up to the last', async () => {
    const { client } = started({ polls: 2 })
    const statuses: string[] = []

    const all = async () => {
      for await (const { status } of client.watch('job_1')) statuses.push(status)
    }
    await passing(all())

    expect(statuses).toEqual(['processing', 'succeeded'])
  })

  test('tells an iteration what went wrong', async () => {
    const { api, client } = started()
    api.next(POLL, problem(403, 'forbidden'))

    const all = async () => {
      for await (const _ of client.watch('job_1'));
    }

    await expect(passing(all())).rejects.toBeInstanceOf(ProblemError)
  })
})

describe('in a browser', () => {
  function browser(hidden: boolean) {
    const page = Object.assign(new EventTarget(), { hidden })
    const network = new EventTarget()
    vi.stubGlobal('document', page)
    vi.stubGlobal('window', network)
    return { page, network }
  }

  test('a hidden tab asks once a minute, and at once when it is looked at', async () => {
    const { page } = browser(true)
    const { api, client } = started({ polls: 3 })
    const result = client.watch('job_1').result()
    for (const _ of [1, 2]) {
      await untilWaiting()
      vi.advanceTimersToNextTimer()
      await untilWaiting()
    }
    expect(gaps(api)).toEqual([60_000, 60_000])

    page.dispatchEvent(new Event('visibilitychange')) // still hidden
    expect(vi.getTimerCount()).toBe(1)
    page.hidden = false
    page.dispatchEvent(new Event('visibilitychange'))
    await until(() => api.seen.length === 4)

    expect(gaps(api)).toEqual([60_000, 60_000, 0])
    await passing(result)
  })

  test('asks at once when the network is back', async () => {
    const { network } = browser(false)
    const { api, client } = started({ polls: 1 })
    const result = client.watch('job_1').result()
    await untilWaiting()

    network.dispatchEvent(new Event('online'))
    await result

    expect(gaps(api)).toEqual([0])
  })

  test('sends nothing while the browser knows of no network', async () => {
    const { network } = browser(false)
    const navigator = { onLine: false }
    vi.stubGlobal('navigator', navigator)
    const { api, client } = started({ polls: 0 })
    const result = client.watch('job_1').result()
    await untilWaiting()
    expect(api.seen).toHaveLength(0)

    navigator.onLine = true
    network.dispatchEvent(new Event('online'))

    await passing(result)
  })
})
