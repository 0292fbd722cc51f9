import { createApi, dataOf } from './api.js'
import * as sdk from './generated/sdk.gen.js'
import type * as types from './generated/types.gen.js'
import { Handle, type SwapHandle, type WatchOptions } from './handle.js'
import { defaultStore } from './store.js'
import { Swap } from './swap.js'
import type { Token } from './transport.js'
import type { Job, KeyValueStore, SwapRequest } from './types.js'
import { type UploadOptions, upload } from './upload.js'

export interface ClientOptions {
  /** The API's address, without `/v1`. */
  baseUrl: string
  /** Asked for each request, and once more after a 401, then with the token that was refused. */
  token: Token
  /** Where uploads and swaps are kept over a reload: IndexedDB unless given, memory where there is none. */
  store?: KeyValueStore
  /** Instead of the platform's; in browsers files go by XMLHttpRequest all the same. */
  fetch?: typeof fetch
}

/** Of a request: ends it. */
interface Abortable {
  signal?: AbortSignal
}

/** A client of one deployment, for one caller. */
export function createClient({ baseUrl, token, store = defaultStore(), fetch: given }: ClientOptions) {
  const plainFetch: typeof fetch = given ?? ((input, init) => globalThis.fetch(input, init))
  const api = createApi(baseUrl, token, plainFetch)
  const tools = { api, store, fetch: plainFetch, baseUrl }
  const job = (job_id: string, { signal }: Abortable = {}) => ({ ...api, path: { job_id }, signal })
  return {
    /** Upload a file, by one request or in parts; after a break or a reload only what is missing. */
    upload: (file: Blob, options: UploadOptions): Promise<{ uploadId: string }> => upload(tools, file, options),

    /** Upload what is to be uploaded, make one job, and wait for it. The same call after a reload goes on. */
    swap: (request: SwapRequest, options: WatchOptions = {}): SwapHandle =>
      new Handle(api, new Swap(tools, request), options),

    /** Wait for a job that exists. */
    watch: (jobId: string, options: WatchOptions = {}): SwapHandle =>
      new Handle(api, { begin: async () => ({ jobId }) }, options),

    jobs: {
      /** A page of the caller's jobs, the newest first. */
      list: (query: types.ListJobsData['query'] & Abortable = {}) => {
        const { signal, ...wanted } = query
        return dataOf(sdk.listJobs({ ...api, query: wanted, signal }))
      },
      get: (jobId: string, options?: Abortable): Promise<Job> => dataOf(sdk.getJob(job(jobId, options))),
      /** A fresh link to the video, for a while. */
      result: (jobId: string, options?: Abortable) => dataOf(sdk.getResult(job(jobId, options))),
      cancel: (jobId: string, options?: Abortable): Promise<Job> => dataOf(sdk.cancelJob(job(jobId, options))),
      /** Erase the job and its media, here and at the provider. */
      delete: async (jobId: string, options?: Abortable): Promise<void> =>
        void (await sdk.deleteJob(job(jobId, options))),
    },

    uploads: {
      get: (upload_id: string) => dataOf(sdk.getUpload({ ...api, path: { upload_id } })),
      /** Give an upload up, and erase what was sent. */
      delete: async (upload_id: string): Promise<void> =>
        void (await sdk.deleteUpload({ ...api, path: { upload_id } })),
    },

    /** What the caller has used, and may use. */
    usage: ({ signal }: Abortable = {}) => dataOf(sdk.getUsage({ ...api, signal })),

    callbacks: {
      /** Each try of a job's callback. */
      get: (jobId: string) => dataOf(sdk.getCallback(job(jobId))),
      /** Send it again now. */
      resend: (jobId: string) => dataOf(sdk.resendCallback(job(jobId))),
      /** Those that were given up. */
      list: (query: types.ListCallbacksData['query']) => dataOf(sdk.listCallbacks({ ...api, query })),
      /** Send all again that were given up since then. */
      recover: (since: string) => dataOf(sdk.recoverCallbacks({ ...api, body: { since } })),
      secrets: () => dataOf(sdk.getCallbackSecrets(api)),
      rotateSecret: () => dataOf(sdk.rotateCallbackSecret(api)),
    },

    /** Keys for programs that speak the vendor's contract. */
    keys: {
      list: () => dataOf(sdk.listKeys(api)),
      create: (body: types.KeyRequest) => dataOf(sdk.createKey({ ...api, body })),
      revoke: async (key_id: string): Promise<void> => void (await sdk.revokeKey({ ...api, path: { key_id } })),
    },
  }
}

export type Client = ReturnType<typeof createClient>
