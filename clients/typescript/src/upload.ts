import { type Api, dataOf } from './api.js'
import { NetworkError } from './errors.js'
import { bytesOf, fingerprint } from './fingerprint.js'
import { completeUpload, createUpload, listParts, signParts, signUpload } from './generated/sdk.gen.js'
import { inTurn } from './in-turn.js'
import { mediaType } from './media-type.js'
import { isProblem } from './problems.js'
import { backoff, RETRIES } from './retries.js'
import { together } from './together.js'
import { put, type Target } from './transfer.js'
import type { KeyValueStore, Progress, Purpose } from './types.js'
import { online, sleep } from './waiting.js'

export interface UploadOptions {
  /** The job field that the file is for. */
  purpose: Purpose
  /** Its media type, if the file itself does not tell it. */
  contentType?: string
  onProgress?: (progress: Progress) => void
  signal?: AbortSignal
}

/** What an upload needs of the client. */
export interface UploadTools {
  api: Api
  store: KeyValueStore
  fetch: typeof fetch
  /** Keeps what is stored of one deployment apart from what is stored of another. */
  baseUrl: string
}

/** What is kept of an upload; `partSize` of one that is sent in parts. */
interface Kept {
  uploadId: string
  partSize?: number
}

/** From this size on a file is sent in parts, so that a break costs one part and not all of it. */
const MULTIPART_FROM = 16 * 2 ** 20
const PARTS_AT_ONCE = 3
/** So often is looked again for parts that are missing after all were sent. */
const ROUNDS = 3
/** What the bucket may answer once and not again: the request has expired, it is busy, another try is under way. */
const WORTH_ANOTHER_TRY = [403, 408, 409, 429, 500, 502, 503, 504]

/** Upload a file, or the rest of it: what an earlier try with the same file has sent is not sent again. */
export async function upload(tools: UploadTools, file: Blob, options: UploadOptions): Promise<{ uploadId: string }> {
  const name = await uploadName(tools, file, options)
  return inTurn(name, options.signal, () => uploadAlone(tools, file, name, options))
}

async function uploadAlone(tools: UploadTools, file: Blob, name: string, options: UploadOptions) {
  const kept = (await tools.store.get(name)) as Kept | undefined
  if (kept) {
    try {
      return await new Sending(tools, file, kept, options).goOn()
    } catch (error) {
      // It was given up, or its time is over.
      if (!isProblem(error, 404, 410)) throw error
      await tools.store.delete(name)
    }
  }
  return reserve(tools, file, name, options)
}

/** Under which name the store keeps an upload. */
export async function uploadName(tools: UploadTools, file: Blob, options: UploadOptions): Promise<string> {
  const contentType = options.contentType ?? mediaType(file)
  return `upload:${await fingerprint(tools.baseUrl, options.purpose, contentType, file)}`
}

async function reserve(tools: UploadTools, file: Blob, name: string, options: UploadOptions) {
  const { purpose, contentType = mediaType(file), signal } = options
  const method = file.size >= MULTIPART_FROM ? 'multipart' : 'PUT'
  const body = { purpose, content_type: contentType, size: file.size, method } as const
  const reserved = await dataOf(createUpload({ ...tools.api, body, signal }))
  const kept: Kept = { uploadId: reserved.upload_id }
  if (reserved.method === 'multipart') kept.partSize = reserved.part_size
  await tools.store.set(name, kept)
  const sending = new Sending(tools, file, kept, options)
  return reserved.method === 'multipart' ? sending.parts([]) : sending.whole(reserved)
}

/** One upload that is under way. */
class Sending {
  constructor(
    private readonly tools: UploadTools,
    private readonly file: Blob,
    private readonly kept: Kept,
    private readonly options: UploadOptions,
  ) {}

  /** Send what is missing. */
  async goOn(): Promise<{ uploadId: string }> {
    return this.kept.partSize ? this.parts(await this.arrived()) : this.whole()
  }

  /** Send the file as one request, with one that is signed already if there is one. */
  async whole(signed?: Target): Promise<{ uploadId: string }> {
    const sign = async (tried: number) =>
      tried === 0 && signed ? signed : dataOf(signUpload({ ...this.request(), body: { method: 'PUT' } }))
    await this.deliver(sign, this.file, (sent) => this.report(sent))
    return this.done()
  }

  /** Send all parts but those that have arrived, and put them together. */
  async parts(arrived: number[]): Promise<{ uploadId: string }> {
    for (let round = 1; ; round++) {
      await this.sendParts(arrived)
      try {
        await completeUpload(this.request())
        return this.done()
      } catch (error) {
        if (round === ROUNDS || !isProblem(error, 409)) throw error
      }
      arrived = await this.arrived()
    }
  }

  private async sendParts(arrived: number[]): Promise<void> {
    const { size } = this.file
    const partSize = this.kept.partSize ?? size
    const partOf = (number: number) => this.file.slice((number - 1) * partSize, Math.min(number * partSize, size))
    const numbers = Array.from({ length: Math.ceil(size / partSize) }, (_, index) => index + 1)
    const sent = new Map(arrived.map((number) => [number, partOf(number).size]))
    const missing = numbers.filter((number) => !sent.has(number))
    const moved = (number: number) => (bytes: number) => {
      sent.set(number, bytes)
      this.report([...sent.values()].reduce((sum, each) => sum + each, 0))
    }
    const worker = async (signal: AbortSignal) => {
      for (let number = missing.shift(); number; number = missing.shift()) {
        const numbers = [number]
        const sign = async () => {
          const { parts } = await dataOf(signParts({ ...this.request(), body: { numbers }, signal }))
          return parts[0] as Target
        }
        await this.deliver(sign, partOf(number), moved(number), signal)
      }
    }
    await together(Array(PARTS_AT_ONCE).fill(worker), this.options.signal)
  }

  /** Put some bytes to the bucket, each time by a request that was just signed. */
  private async deliver(
    sign: (tried: number) => Promise<Target>,
    body: Blob,
    onSent: (bytes: number) => void,
    signal = this.options.signal,
  ): Promise<void> {
    for (let tried = 0; ; tried++) {
      await online(signal)
      let target: Target
      try {
        target = await sign(tried)
      } catch (error) {
        if (isProblem(error, 409)) return onSent(body.size) // the file is there
        throw error
      }
      try {
        return await put(target, body, this.tools.fetch, onSent, signal)
      } catch (error) {
        if (isProblem(error, 412)) return onSent(body.size) // an earlier try arrived
        signal?.throwIfAborted()
        if (error instanceof NetworkError) await bytesOf(body.slice(0, 1)) // a file that has changed looks like a broken line
        const passing = error instanceof NetworkError || isProblem(error, ...WORTH_ANOTHER_TRY)
        if (tried >= RETRIES || !passing) throw error
      }
      await sleep(backoff(tried), signal)
    }
  }

  private async arrived(): Promise<number[]> {
    const { parts } = await dataOf(listParts(this.request()))
    return parts.map(({ number }) => number)
  }

  private report(sent: number): void {
    this.options.onProgress?.({ sent, total: this.file.size })
  }

  private done(): { uploadId: string } {
    this.report(this.file.size)
    return { uploadId: this.kept.uploadId }
  }

  private request() {
    return { ...this.tools.api, path: { upload_id: this.kept.uploadId }, signal: this.options.signal }
  }
}
