import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createClient, memoryStore, type Progress } from '../src/index.js'
import { idle, passing, stillClock, until } from './clock.js'
import { FakeApi, PART, problem } from './fake-api.js'

stillClock()

const PUT = /^PUT \/bucket/
const purpose = 'init_video'
const small = new Blob(['clip'], { type: 'video/mp4' })
const large = new File([new Uint8Array(4 * PART + 5).fill(7)], 'clip.mp4', { lastModified: 1, type: 'video/mp4' })

let api: FakeApi

beforeEach(() => {
  api = new FakeApi()
  vi.stubGlobal('indexedDB', new IDBFactory())
})

/** What a page has after a reload: IndexedDB is what it was. */
function freshPage() {
  return createClient({ baseUrl: api.baseUrl, token: () => 't', fetch: api.fetch })
}

function partsSent(): (string | undefined)[] {
  return api.requests(PUT).map(({ path }) => path.split('part=')[1])
}

describe('a small file', () => {
  test('is sent by one request, as it was presigned', async () => {
    const told: Progress[] = []

    const { uploadId } = await freshPage().upload(small, { purpose, onProgress: (progress) => told.push(progress) })

    expect(api.uploads.get(uploadId)).toMatchObject({ method: 'PUT', landed: true })
    expect(api.requests(PUT).map(({ headers }) => headers.get('if-none-match'))).toEqual(['*'])
    expect(told.at(-1)).toEqual({ sent: 4, total: 4 })
  })

  test('is not sent again', async () => {
    const { uploadId } = await freshPage().upload(small, { purpose })

    expect(await freshPage().upload(small, { purpose })).toEqual({ uploadId })
    expect(api.requests(PUT)).toHaveLength(1)
  })

  test('is sent once by two calls at the same moment', async () => {
    const client = freshPage()
    const both = [client.upload(small, { purpose }), client.upload(small, { purpose })]

    const [one, other] = await Promise.all(both)

    expect(one).toEqual(other)
    expect(api.requests(PUT)).toHaveLength(1)
  })

  test('that arrived although nobody said so is there', async () => {
    api.next(PUT, 'answer lost')

    const { uploadId } = await passing(freshPage().upload(small, { purpose }))

    expect(api.uploads.get(uploadId)?.landed).toBe(true)
    expect(api.requests(PUT)).toHaveLength(1) // `sign` said that it is there
  })

  test('that is there already when it is sent is there', async () => {
    api.next(PUT, new Response('', { status: 412 }))

    await expect(freshPage().upload(small, { purpose })).resolves.toBeDefined()
  })

  test('is signed anew when its request has expired', async () => {
    api.next(PUT, new Response('', { status: 403 }))

    await passing(freshPage().upload(small, { purpose }))

    expect(api.requests(/sign$/)).toHaveLength(1)
    expect(api.requests(PUT)).toHaveLength(2)
  })

  test('is tried four times, then the bucket is out of reach', async () => {
    api.next(PUT, ...Array(9).fill('no connection'))

    await expect(passing(freshPage().upload(small, { purpose }))).rejects.toMatchObject({ name: 'NetworkError' })

    expect(api.requests(PUT)).toHaveLength(4)
  })

  test('that the bucket refuses is not sent again', async () => {
    api.next(PUT, new Response('', { status: 400 }))

    await expect(freshPage().upload(small, { purpose })).rejects.toMatchObject({ name: 'ProblemError', status: 400 })

    expect(api.requests(PUT)).toHaveLength(1)
  })

  test('that was given up is reserved again', async () => {
    await freshPage().upload(small, { purpose })
    api.uploads.clear()

    await freshPage().upload(small, { purpose })

    expect(api.requests(PUT)).toHaveLength(2)
  })

  test('gets its type from its name where the browser knows none', async () => {
    const names = ['a.MOV', 'b.webm', 'c.txt']
    for (const name of names) await freshPage().upload(new File([name], name), { purpose })

    const types = api.requests(/^POST \/v1\/uploads$/).map(({ body }) => JSON.parse(body).content_type)
    expect(types).toEqual(['video/quicktime', 'video/webm', 'application/octet-stream'])
  })

  test('with the same size and another content is another one', async () => {
    await freshPage().upload(small, { purpose })
    await freshPage().upload(new Blob(['clop'], { type: 'video/mp4' }), { purpose })

    expect(api.requests(PUT)).toHaveLength(2)
  })
})

describe('a large file', () => {
  test('is sent in parts, each presigned when it is its turn', async () => {
    const told: number[] = []

    const { uploadId } = await freshPage().upload(large, { purpose, onProgress: ({ sent }) => told.push(sent) })

    const upload = api.uploads.get(uploadId)
    expect([...(upload?.parts ?? [])].sort()).toEqual([
      [1, PART],
      [2, PART],
      [3, PART],
      [4, PART],
      [5, 5],
    ])
    expect(upload?.landed).toBe(true)
    expect(api.requests(/^POST .*parts$/).map(({ body }) => JSON.parse(body).numbers)).toEqual([
      [1],
      [2],
      [3],
      [4],
      [5],
    ])
    expect(told).toEqual([...told].sort((a, b) => a - b))
    expect(told.at(-1)).toBe(large.size)
  })

  test('three parts at once', async () => {
    const abort = new AbortController()
    const waiting: (() => void)[] = []
    const held: typeof fetch = async (input, init) => {
      if (String(input).includes('part=')) await new Promise<void>((go) => waiting.push(go))
      return api.fetch(input, init)
    }
    const client = createClient({ baseUrl: api.baseUrl, token: () => 't', fetch: held })
    const sending = client.upload(large, { purpose, signal: abort.signal })
    await until(() => waiting.length === 3)

    abort.abort()
    for (const go of waiting) go()

    await expect(sending).rejects.toMatchObject({ name: 'AbortError' })
    expect(api.requests(PUT)).toHaveLength(0)
  })

  test('goes on after a reload with the missing parts only', async () => {
    const abort = new AbortController()
    api.next(/part=4/, () => abort.abort())
    await expect(freshPage().upload(large, { purpose, signal: abort.signal })).rejects.toThrow()
    const arrived = new Set([...api.uploads.values()].flatMap(({ parts }) => [...parts.keys()]))
    expect(arrived.size).toBeGreaterThan(0)
    const before = partsSent().length
    const told: number[] = []

    const again = new File([large], 'clip.mp4', { lastModified: 1, type: 'video/mp4' })
    await freshPage().upload(again, { purpose, onProgress: ({ sent }) => told.push(sent) })

    expect(api.uploads.size).toBe(1)
    const missing = ['1', '2', '3', '4', '5'].filter((number) => !arrived.has(Number(number)))
    expect(partsSent().slice(before)).toEqual(missing)
    expect(told[0]).toBeGreaterThan(5) // what has arrived counts
  })

  test('a part that was lost on its way is sent again', async () => {
    api.next(/part=2/, 'no connection', new Response('', { status: 503 }))

    await passing(freshPage().upload(large, { purpose }))

    expect(partsSent().filter((number) => number === '2')).toHaveLength(3)
    expect(partsSent()).toHaveLength(7)
  })

  test('a part that the bucket lost after all is sent again before the end', async () => {
    api.next(/complete/, () => api.uploads.get('upl_1')?.parts.delete(3))

    await passing(freshPage().upload(large, { purpose }))

    expect(api.uploads.get('upl_1')?.landed).toBe(true)
    expect(partsSent().filter((number) => number === '3')).toHaveLength(2)
  })

  test('one part that is refused stops the others', async () => {
    api.next(/part=1/, new Response('', { status: 400 }))

    await expect(freshPage().upload(large, { purpose })).rejects.toMatchObject({ status: 400 })
    await idle()

    expect(partsSent().length).toBeLessThanOrEqual(3)
  })

  test('parts that were dropped are sent anew under another id', async () => {
    const abort = new AbortController()
    api.next(/part=3/, () => abort.abort())
    await freshPage()
      .upload(large, { purpose, signal: abort.signal })
      .catch(() => undefined)
    api.next(/^GET .*parts$/, problem(410, 'gone'))

    const { uploadId } = await freshPage().upload(large, { purpose })

    expect(uploadId).toBe('upl_2')
  })
})

describe('what is kept', () => {
  test('is kept apart by deployment and by purpose', async () => {
    await freshPage().upload(small, { purpose })
    await freshPage().upload(small, { purpose: 'init_image' })

    expect(api.uploads.size).toBe(2)
  })

  test('is kept in memory where IndexedDB cannot be opened', async () => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        const request = { error: new Error('private mode') } as unknown as IDBOpenDBRequest
        setImmediate(() => request.onerror?.(new Event('error')))
        return request
      },
    })
    const client = freshPage()
    await client.upload(small, { purpose })
    await client.upload(small, { purpose })

    expect(api.requests(PUT)).toHaveLength(1)
  })

  test('is kept where the caller says', async () => {
    const store = memoryStore()
    const client = () => createClient({ baseUrl: api.baseUrl, token: () => 't', fetch: api.fetch, store })
    await client().upload(small, { purpose })
    await client().upload(small, { purpose })

    expect(api.requests(PUT)).toHaveLength(1)
  })

  test('is nothing where the browser has no hashes, and all else works', async () => {
    const { getRandomValues } = crypto
    vi.stubGlobal('crypto', { getRandomValues: getRandomValues.bind(crypto) })
    await freshPage().upload(small, { purpose })
    await freshPage().upload(small, { purpose })

    expect(api.requests(PUT)).toHaveLength(2)
  })
})
