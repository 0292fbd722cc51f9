import { describe, expect, test, vi } from 'vitest'
import { type ClientOptions, createClient, FaceswapError, NetworkError, ProblemError } from '../src/index.js'
import { passing, stillClock, until } from './clock.js'
import { aJob, FakeApi, type Fate, problem } from './fake-api.js'

stillClock()

const GET = /^GET \/v1\/jobs\/job_1$/
const CREATE = /^POST \/v1\/jobs$/
const CONSENT = { attested: true, statement: 'The people shown agreed.' } as const
const [video, face, reference] = ['v', 'f', 'r'].map((name) => ({ url: `https://media.example.com/${name}` }))
const SWAP = { video, face, reference, consent: CONSENT } as Parameters<ReturnType<typeof createClient>['swap']>[0]

function started(options: Partial<ClientOptions> = {}) {
  const api = new FakeApi()
  api.jobs.set('job_1', aJob())
  return { api, client: createClient({ baseUrl: api.baseUrl, token: () => 't', fetch: api.fetch, ...options }) }
}

/** The API of `started`, at which each try of these requests meets this. */
function meeting(pattern: RegExp, fate: () => Fate) {
  const all = started()
  all.api.next(pattern, ...Array.from({ length: 20 }, fate))
  return all
}

describe('what may pass', () => {
  test.each([408, 429, 502, 503, 504])('%i is met four times, with full jitter between', async (status) => {
    vi.mocked(Math.random).mockReturnValue(0.5)
    const { api, client } = meeting(GET, () => problem(status, 'busy'))

    await expect(passing(client.jobs.get('job_1'))).rejects.toMatchObject({ name: 'ProblemError', status })

    const times = api.requests(GET).map(({ at }) => at)
    expect(times.map((at) => at - (times[0] as number))).toEqual([0, 500, 1500, 3500])
  })

  test.each(['no connection', 'answer lost'] as const)('so is: %s', async (fate) => {
    const { api, client } = meeting(GET, () => fate)

    await expect(passing(client.jobs.get('job_1'))).rejects.toBeInstanceOf(NetworkError)

    expect(api.requests(GET)).toHaveLength(4)
  })

  test('it is waited for as long as Retry-After says', async () => {
    const { api, client } = started()
    api.next(GET, problem(429, 'quota', { 'retry-after': '20' }))

    await passing(client.jobs.get('job_1'))

    const [first, second] = api.requests(GET)
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBe(20_000)
  })

  test('who asks for more than a minute is not asked again; the error tells the time', async () => {
    const { api, client } = started()
    api.next(GET, problem(429, 'quota', { 'retry-after': '3600' }))

    await expect(client.jobs.get('job_1')).rejects.toMatchObject({ type: '/problems/quota', retryAfter: 3600 })

    expect(api.requests(GET)).toHaveLength(1)
  })

  test.each([400, 403, 404, 409, 422, 500])('%i is not: it is met once', async (status) => {
    const { api, client } = meeting(GET, () => problem(status, 'no'))

    await expect(client.jobs.get('job_1')).rejects.toMatchObject({ status })

    expect(api.requests(GET)).toHaveLength(1)
  })

  test('a POST without a key is sent once', async () => {
    const { api, client } = meeting(/^POST \/v1\/keys$/, () => 'answer lost')

    await expect(client.keys.create({ name: 'n', consent: CONSENT })).rejects.toBeInstanceOf(NetworkError)

    expect(api.requests(/keys/)).toHaveLength(1)
  })

  test('the POST that makes a job is repeated with its one key, and makes one job', async () => {
    const { api, client } = started()
    api.jobs.clear()
    api.next(CREATE, 'no connection', problem(503, 'busy'), 'answer lost')

    await passing(client.swap(SWAP).result())

    const keys = api.requests(CREATE).map(({ headers }) => headers.get('idempotency-key'))
    expect(keys).toHaveLength(4)
    expect(new Set(keys).size).toBe(1)
    expect(api.jobs.size).toBe(1)
  })

  test('a cancellation, whose repetition makes nothing new, is repeated', async () => {
    const { api, client } = started()
    api.next(/cancel/, 'answer lost')

    expect(await passing(client.jobs.cancel('job_1'))).toMatchObject({ status: 'cancelled' })
  })

  test('an abort ends the waiting between', async () => {
    const { api, client } = meeting(GET, () => 'no connection')
    const abort = new AbortController()
    const asked = client.jobs.get('job_1', { signal: abort.signal })
    await until(() => vi.getTimerCount() > 0)

    abort.abort()

    await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
    expect(api.requests(GET)).toHaveLength(1)
  })
})

describe('the token', () => {
  const refusal = () => new Response('{"message":"Unauthorized"}', { status: 401 })

  test('is asked for again after a 401, with the one that was refused', async () => {
    const token = vi.fn((refused?: string) => (refused ? 'new' : 'old'))
    const { api, client } = started({ token })
    api.next(GET, refusal())

    await client.jobs.get('job_1')

    expect(token.mock.calls).toEqual([[undefined], ['old']])
    expect(api.requests(GET).map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer old', 'Bearer new'])
  })

  test('is asked for once more only', async () => {
    const { api, client } = meeting(GET, refusal)

    const error = await client.jobs.get('job_1').catch((e) => e)

    expect(error).toBeInstanceOf(ProblemError)
    expect([error.status, error.title]).toEqual([401, 'Unauthorized'])
    expect(api.requests(GET)).toHaveLength(2)
  })

  test('that cannot be had ends the call with the reason', async () => {
    const { api, client } = started({ token: () => Promise.reject(new Error('signed out')) })

    await expect(client.jobs.get('job_1')).rejects.toThrow('signed out')

    expect(api.seen).toHaveLength(0)
  })

  test('that never comes is left by an abort', async () => {
    const { client } = started({ token: () => new Promise(() => {}) })
    const signal = AbortSignal.abort()

    await expect(client.jobs.get('job_1', { signal })).rejects.toMatchObject({ name: 'AbortError' })
  })
})

test('what is no JSON is no answer', async () => {
  const { api, client } = started()
  const page = new Response('<html>', { headers: { 'content-type': 'application/json' } })
  api.next(GET, page)

  await expect(client.jobs.get('job_1')).rejects.toBeInstanceOf(NetworkError)
})

test('a refusal tells each fault', async () => {
  const { api, client } = started()
  const errors = [{ pointer: '#/consent', detail: 'must be there' }]
  api.next(CREATE, new Response(JSON.stringify({ type: '/problems/invalid', title: 'T', errors }), { status: 422 }))

  await expect(passing(client.swap(SWAP).result())).rejects.toMatchObject({ errors, type: '/problems/invalid' })
})

test.each(['secret\nmore', 'secret more', 'secret\u2026', ''])(
  'what is no token is told, and never shown: %j',
  async (token) => {
    const { api, client } = started({ token: () => token })

    const error = await client.jobs.get('job_1').catch((caught: unknown) => caught)

    expect(error).toBeInstanceOf(FaceswapError)
    expect(error).toMatchObject({ message: expect.stringContaining('The token is empty') })
    expect((error as Error).cause).toBeUndefined()
    expect(String((error as Error).stack)).not.toContain('secret')
    expect(api.seen).toEqual([])
  },
)
