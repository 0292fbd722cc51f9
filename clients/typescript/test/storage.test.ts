import { IDBFactory, IDBObjectStore, IDBTransaction } from 'fake-indexeddb'
import { beforeEach, expect, test, vi } from 'vitest'
import { createClient, FaceswapError } from '../src/index.js'
import { passing, stillClock } from './clock.js'
import { FakeApi, failed } from './fake-api.js'

stillClock()

const purpose = 'init_video'
const small = new Blob(['clip'], { type: 'video/mp4' })

let api: FakeApi

beforeEach(() => {
  api = new FakeApi()
  vi.stubGlobal('indexedDB', new IDBFactory())
})

function page() {
  return createClient({ baseUrl: api.baseUrl, token: () => 't', fetch: api.fetch })
}

function refuse(): never {
  throw new DOMException('denied', 'SecurityError')
}

test.each([
  ['may not be opened', () => vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(refuse)],
  ['is closed by the browser', () => vi.spyOn(IDBTransaction.prototype, 'objectStore').mockImplementation(refuse)],
  ['is full', () => vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(refuse)],
])('an IndexedDB that %s is as none: the page itself remembers', async (_, spoil) => {
  await page().upload(new Blob(['other'], { type: 'video/mp4' }), { purpose }) // the database is there
  spoil()
  const client = page()

  const { uploadId } = await client.upload(small, { purpose })

  expect(await client.upload(small, { purpose })).toEqual({ uploadId })
  expect(api.requests(/^PUT \/bucket/)).toHaveLength(2) // the other, and this once
})

test('a page that may have no locks does without', async () => {
  vi.stubGlobal('navigator', { locks: { request: async () => refuse() } })
  const client = page()

  const both = await Promise.all([client.upload(small, { purpose }), client.upload(small, { purpose })])

  expect(both[0]).toEqual(both[1])
  expect(api.requests(/^PUT \/bucket/)).toHaveLength(1)
})

test('a file that cannot be read any more is told as an error of this client', async () => {
  const moved = new File(['clip'], 'clip.mp4', { type: 'video/mp4' })
  vi.spyOn(Blob.prototype, 'arrayBuffer').mockRejectedValue(new DOMException('gone', 'NotReadableError'))

  const error = await page()
    .upload(moved, { purpose })
    .catch((caught: unknown) => caught)

  expect(error).toBeInstanceOf(FaceswapError)
  expect(error).toMatchObject({ name: 'FileError', message: expect.stringContaining('cannot be read') })
})

test('an empty file is told before anything is sent', async () => {
  const empty = new File([], 'clip.mp4', { type: 'video/mp4' })
  const consent = { attested: true, statement: 'They agreed.' } as const
  const swap = page().swap({ video: empty, face: small, reference: small, consent })

  const told = { name: 'FileError', message: 'The file is empty. Choose another.' }
  await expect(page().upload(empty, { purpose })).rejects.toMatchObject(told)
  await expect(swap.result()).rejects.toMatchObject(told)
  expect(api.seen).toEqual([])
})

test('why a job failed is told although its files cannot be read any more', async () => {
  api.ends = failed
  const picture = new Blob(['face'], { type: 'image/png' })
  const consent = { attested: true, statement: 'They agreed.' } as const
  const swap = page().swap(
    { video: small, face: picture, reference: picture, consent },
    {
      onUpdate({ job }) {
        if (job?.status === 'failed')
          vi.spyOn(Blob.prototype, 'arrayBuffer').mockRejectedValue(new DOMException('gone', 'NotReadableError'))
      },
    },
  )

  await expect(passing(swap.result())).rejects.toMatchObject({ name: 'JobFailedError' })
})
