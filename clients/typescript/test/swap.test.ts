import { beforeEach, describe, expect, test } from 'vitest'
import { createClient, type KeyValueStore, memoryStore, type SwapRequest, type SwapUpdate } from '../src/index.js'
import { idle, passing, stillClock, until } from './clock.js'
import { FakeApi, failed, problem } from './fake-api.js'

stillClock()

const CREATE = /^POST \/v1\/jobs$/
const RESERVE = /^POST \/v1\/uploads$/
const consent = { attested: true, statement: 'The people shown agreed.' } as const
const picture = (text: string) => new Blob([text], { type: 'image/png' })
const video = new Blob(['clip'], { type: 'video/mp4' })
const SWAP: SwapRequest = { video, face: picture('face'), reference: picture('who'), consent, watermark: false }

let api: FakeApi
let store: KeyValueStore

beforeEach(() => {
  api = new FakeApi()
  store = memoryStore()
})

/** What a page has after a reload: nothing but the store. */
function freshPage() {
  return createClient({ baseUrl: api.baseUrl, token: () => 't', fetch: api.fetch, store })
}

test('uploads three files, makes one job, and gives the result', async () => {
  const updates: SwapUpdate[] = []

  const job = await passing(
    freshPage()
      .swap(SWAP, { onUpdate: (update) => updates.push(update) })
      .result(),
  )

  expect(job.status).toBe('succeeded')
  const bodies = api.requests(RESERVE).map(({ body }) => JSON.parse(body))
  expect(bodies).toHaveLength(3)
  for (const reserved of [
    { purpose: 'init_video', content_type: 'video/mp4', size: 4, method: 'PUT' },
    { purpose: 'init_image', content_type: 'image/png', size: 4, method: 'PUT' },
    { purpose: 'reference_image', size: 3 },
  ]) {
    expect(bodies).toContainEqual(expect.objectContaining(reserved))
  }
  const [created] = api.requests(CREATE).map(({ body }) => JSON.parse(body))
  expect(created).toMatchObject({ init_video: expect.stringMatching(/^upload:upl_/), consent, watermark: false })
  const bytes = updates.filter((update) => update.phase === 'upload')
  expect(bytes.at(-1)).toMatchObject({ sent: 11, total: 11 })
  expect(updates.filter(({ phase }) => phase === 'job').map(({ job }) => job?.status)).toEqual([
    'processing',
    'succeeded',
  ])
})

test('takes uploads that were made before, and addresses', async () => {
  const request = { ...SWAP, video: { uploadId: 'upl_9' }, face: { url: 'https://a.example/f' } }

  await passing(freshPage().swap(request).result())

  const [created] = api.requests(CREATE).map(({ body }) => JSON.parse(body))
  expect(created).toMatchObject({ init_video: 'upload:upl_9', init_image: 'https://a.example/f' })
  expect(api.requests(RESERVE)).toHaveLength(1)
})

test('keeps the key before anything is sent', async () => {
  const abort = new AbortController()
  api.next(/./, () => abort.abort())
  const kept: unknown[] = []
  const set = async (key: string, value: unknown) => void kept.push([key, structuredClone(value)])

  const client = createClient({ baseUrl: api.baseUrl, token: () => 't', fetch: api.fetch, store: { ...store, set } })
  await expect(client.swap(SWAP, { signal: abort.signal }).result()).rejects.toMatchObject({ name: 'AbortError' })

  expect(kept[0]).toEqual([expect.stringMatching(/^swap:/), { key: expect.stringMatching(/^[0-9a-f]{32}$/) }])
})

describe('after a reload the same call goes on', () => {
  // At each request of a swap in turn the page goes away: when it is sent, or when its answer is on its way.
  const times = Array.from({ length: 9 }, (_, index) => index)
  test.each(times.flatMap((at) => [{ at, when: 'before' } as const, { at, when: 'after' } as const]))(
    'left $when request $at',
    async ({ at, when }) => {
      const abort = new AbortController()
      const leave = () => abort.abort()
      api.next(/./, ...Array(at).fill('usual'), when === 'before' ? leave : { afterwards: leave })
      await passing(freshPage().swap(SWAP, { signal: abort.signal }).result()).catch(() => undefined)
      expect(abort.signal.aborted).toBe(true)

      const job = await passing(freshPage().swap(SWAP).result())

      expect(job.status).toBe('succeeded')
      expect(api.jobs.size).toBe(1)
      expect(new Set(api.requests(CREATE).map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1)
    },
  )

  test('and a job that failed meanwhile is not given again, but made anew', async () => {
    api.ends = failed
    const abort = new AbortController()
    const left = freshPage().swap(SWAP, { signal: abort.signal })
    await until(() => left.job !== undefined)
    abort.abort()
    await passing(freshPage().watch('job_1').result()).catch(() => undefined)
    api.ends = (job) => ({ ...job, status: 'succeeded' }) as never

    const job = await passing(freshPage().swap(SWAP).result())

    expect(job.job_id).toBe('job_2')
  })

  test('and one whose job was erased makes another', async () => {
    const abort = new AbortController()
    const left = freshPage().swap(SWAP, { signal: abort.signal })
    await until(() => left.job !== undefined)
    abort.abort()
    await left.result().catch(() => undefined)
    api.jobs.clear()

    expect((await passing(freshPage().swap(SWAP).result())).status).toBe('succeeded')
    expect(api.jobs.size).toBe(1)
  })
})

describe('where the answer that told of the job was lost', () => {
  beforeEach(async () => {
    const abort = new AbortController()
    api.next(CREATE, { afterwards: () => abort.abort() })
    await passing(freshPage().swap(SWAP, { signal: abort.signal }).result()).catch(() => undefined)
    expect(api.jobs.size).toBe(1)
  })

  test('the same is asked again, even if the uploads are not kept any longer', async () => {
    api.uploads.clear()

    expect((await passing(freshPage().swap(SWAP).result())).job_id).toBe('job_1')
    expect(api.requests(RESERVE)).toHaveLength(3)
  })

  test('and it was erased meanwhile, another is made', async () => {
    api.jobs.clear()
    api.uploads.clear()

    expect((await passing(freshPage().swap(SWAP).result())).status).toBe('succeeded')
    expect(api.requests(RESERVE)).toHaveLength(6)
  })

  test('and the key belongs to another request, that is said: no second job', async () => {
    api.next(CREATE, problem(422, 'idempotency-mismatch'))

    const { type } = await passing(freshPage().swap(SWAP).result()).catch((error) => error)

    expect(type).toBe('/problems/idempotency-mismatch')
    expect(api.jobs.size).toBe(1)
  })
})

test('two calls at the same moment share one job and its uploads', async () => {
  const { get } = store
  store.get = async (key) => {
    const found = await get(key)
    await idle() // as slow as a disk
    return found
  }
  const client = freshPage()
  const both = [client.swap(SWAP), client.swap(SWAP)].map((handle) => handle.result())

  const [one, other] = await passing(Promise.all(both))

  expect(one?.job_id).toBe(other?.job_id)
  expect([api.jobs.size, api.uploads.size]).toEqual([1, 3])
})

test('another wish makes another job, out of the same uploads', async () => {
  await passing(freshPage().swap(SWAP).result())
  await passing(
    freshPage()
      .swap({ ...SWAP, watermark: true })
      .result(),
  )

  expect([api.jobs.size, api.uploads.size]).toEqual([2, 3])
})

test('once it is over the same call makes a new job', async () => {
  await passing(freshPage().swap(SWAP).result())
  await passing(freshPage().swap(SWAP).result())

  expect(api.jobs.size).toBe(2)
})

test('files of a job that failed are sent anew', async () => {
  api.ends = failed
  const detail = 'This is a photo (HEIC), not a video.'
  await expect(passing(freshPage().swap(SWAP).result())).rejects.toMatchObject({ message: detail })
  await expect(passing(freshPage().swap(SWAP).result())).rejects.toMatchObject({ message: detail })

  expect([api.jobs.size, api.uploads.size]).toEqual([2, 6])
})

test('a refused job is refused once, and nothing of it is kept', async () => {
  api.next(CREATE, problem(422, 'invalid'))

  await expect(passing(freshPage().swap(SWAP).result())).rejects.toMatchObject({ status: 422 })
  await passing(freshPage().swap(SWAP).result())

  const keys = api.requests(CREATE).map(({ headers }) => headers.get('idempotency-key'))
  expect(new Set(keys).size).toBe(2)
})

test.each([408, 503])('a job that was asked for four times in vain (%i) keeps its key', async (status) => {
  api.next(CREATE, ...Array.from({ length: 4 }, () => problem(status, 'busy')))

  await expect(passing(freshPage().swap(SWAP).result())).rejects.toMatchObject({ status })
  await passing(freshPage().swap(SWAP).result())

  const keys = api.requests(CREATE).map(({ headers }) => headers.get('idempotency-key'))
  expect([keys.length, new Set(keys).size]).toEqual([5, 1])
})

test('a limit that is reached leaves all as it is, for later', async () => {
  api.next(CREATE, problem(429, 'quota', { 'retry-after': '3600' }))

  await expect(passing(freshPage().swap(SWAP).result())).rejects.toMatchObject({ type: '/problems/quota' })
  await passing(freshPage().swap(SWAP).result())

  expect(api.uploads.size).toBe(3)
})

describe('cancel', () => {
  test('while files are sent ends that, and no job is made', async () => {
    const handle = freshPage().swap(SWAP)
    api.next(/bucket/, 'no connection')
    const cancelled = handle.cancel()

    expect(await passing(cancelled)).toBeUndefined()
    await expect(handle.result()).rejects.toMatchObject({ name: 'JobCancelledError' })
    expect(api.jobs.size).toBe(0)
  })

  test('while the job is being made waits for it, and ends it', async () => {
    let cancelled: Promise<unknown> | undefined
    const handle = freshPage().swap(SWAP)
    api.next(CREATE, () => {
      cancelled = handle.cancel()
    })

    await expect(passing(handle.result())).rejects.toMatchObject({ name: 'JobCancelledError' })
    expect(await cancelled).toMatchObject({ status: 'cancelled' })
    expect(handle.job?.status).toBe('cancelled')
  })

  test('of a job that is over already is refused, and the result stays', async () => {
    const handle = freshPage().swap(SWAP)
    await passing(handle.result())
    api.next(/cancel/, problem(409, 'conflict'))

    await expect(handle.cancel()).rejects.toMatchObject({ status: 409 })
    expect((await handle.result()).status).toBe('succeeded')
  })

  test('afterwards the same call makes a new job', async () => {
    const client = freshPage()
    const handle = client.swap(SWAP)
    await until(() => handle.job !== undefined)
    await handle.cancel()
    await handle.result().catch(() => undefined)

    expect((await passing(client.swap(SWAP).result())).job_id).toBe('job_2')
  })
})
