import { dataOf } from './api.js'
import { fingerprint, newName } from './fingerprint.js'
import { createJob, getJob } from './generated/sdk.gen.js'
import type { JobRequest } from './generated/types.gen.js'
import type { Begun, Course } from './handle.js'
import { inTurn } from './in-turn.js'
import { type FinalJob, isFinal } from './poll.js'
import { isProblem, isTemporary } from './problems.js'
import { together } from './together.js'
import type { Medium, Progress, Purpose, SwapRequest } from './types.js'
import { type UploadTools, upload, uploadName } from './upload.js'

type Sources = Record<Purpose, string>

/** What is kept of a swap, the key before anything else is done, so that a reload goes on and makes no second job. */
interface Kept {
  key: string
  sources?: Sources
  jobId?: string
}

/** Uploads what is to be uploaded and makes the job, or goes on where an earlier call with the same things stopped. */
export class Swap implements Course {
  private readonly media: Record<Purpose, Medium>
  private readonly wishes: Omit<JobRequest, Purpose>
  private name = ''

  constructor(
    private readonly tools: UploadTools,
    request: SwapRequest,
  ) {
    const { video, face, reference, ...wishes } = request
    this.media = { init_video: video, init_image: face, reference_image: reference }
    this.wishes = wishes
  }

  async begin(signal: AbortSignal, leaving: AbortSignal, report: (progress: Progress) => void): Promise<Begun> {
    const { baseUrl } = this.tools
    this.name = `swap:${await fingerprint(baseUrl, this.wishes, ...Object.values(this.media))}`
    return inTurn(this.name, leaving, async () => {
      const kept = (await this.tools.store.get(this.name)) as Kept | undefined
      const earlier = kept && (await this.goOn(kept, signal))
      return earlier ?? this.anew(signal, leaving, report, kept)
    })
  }

  /** Once the job is over the same call makes a new one; what was uploaded may serve again if it was of use. */
  async over(job: FinalJob): Promise<void> {
    await this.tools.store.delete(this.name)
    if (job.status === 'failed') await this.forgetUploads()
  }

  /** The job of an earlier call; undefined if there is none that could still be of use. */
  private async goOn(kept: Kept, signal: AbortSignal): Promise<Begun | undefined> {
    if (!kept.jobId) return undefined
    try {
      const path = { job_id: kept.jobId }
      const job = await dataOf(getJob({ ...this.tools.api, path, signal }))
      if (!isFinal(job) || job.status === 'succeeded') return { jobId: job.job_id, job }
    } catch (error) {
      if (!isProblem(error, 404)) throw error
    }
    await this.tools.store.delete(this.name)
    return undefined
  }

  private async anew(
    signal: AbortSignal,
    leaving: AbortSignal,
    report: (progress: Progress) => void,
    earlier?: Kept,
  ): Promise<Begun> {
    const kept: Kept = earlier && !earlier.jobId ? earlier : { key: newName() }
    await this.tools.store.set(this.name, kept)
    const isRepeat = kept.sources !== undefined
    const sources = kept.sources ?? (await this.upload(leaving, report))
    await this.tools.store.set(this.name, { ...kept, sources })
    try {
      return await this.create({ ...kept, sources }, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (isTemporary(error) || isProblem(error, 401, 403)) throw error
      await this.tools.store.delete(this.name)
      await this.forgetUploads()
      // What was uploaded then is not kept any longer, or the job was erased: no job of that key will come.
      const isOutdated = isProblem(error, 410) || (isProblem(error, 422) && error.type === '/problems/invalid')
      if (isRepeat && isOutdated) return this.anew(signal, leaving, report)
      throw error
    }
  }

  private async create(kept: Kept & { sources: Sources }, signal: AbortSignal): Promise<Begun> {
    const body = { ...this.wishes, ...kept.sources }
    const headers = { 'idempotency-key': kept.key }
    const { data: job, response } = await createJob({ ...this.tools.api, body, headers, signal })
    await this.tools.store.set(this.name, { ...kept, jobId: job.job_id })
    return { jobId: job.job_id, job, headers: response.headers }
  }

  private async upload(signal: AbortSignal, report: (progress: Progress) => void): Promise<Sources> {
    const sent = new Map<Purpose, number>()
    const media = Object.entries(this.media) as [Purpose, Medium][]
    const total = media.reduce((sum, [, medium]) => sum + (medium instanceof Blob ? medium.size : 0), 0)
    const tasks = media.map(([purpose, medium]) => async (signal: AbortSignal): Promise<[Purpose, string]> => {
      if ('url' in medium) return [purpose, medium.url]
      if ('uploadId' in medium) return [purpose, `upload:${medium.uploadId}`]
      const onProgress = (progress: Progress) => {
        sent.set(purpose, progress.sent)
        report({ sent: [...sent.values()].reduce((sum, each) => sum + each, 0), total })
      }
      const { uploadId } = await upload(this.tools, medium, { purpose, onProgress, signal })
      return [purpose, `upload:${uploadId}`]
    })
    return Object.fromEntries(await together(tasks, signal)) as Sources
  }

  private async forgetUploads(): Promise<void> {
    for (const [purpose, medium] of Object.entries(this.media) as [Purpose, Medium][]) {
      if (!(medium instanceof Blob)) continue
      const name = await uploadName(this.tools, medium, { purpose }).catch(() => undefined) // it cannot be read: so be it
      if (name) await this.tools.store.delete(name)
    }
  }
}
