/** The API and the bucket in memory, as far as the client sees them; answers can be scripted, lost or held back. */
import type { Job } from '../src/index.js'

export interface Seen {
  method: string
  path: string
  headers: Headers
  body: string
  at: number
}

/** What happens to a request instead of the usual, or besides: before it is dealt with, or afterwards. */
export type Fate = Response | 'no connection' | 'answer lost' | 'usual' | (() => void) | { afterwards: () => void }

interface Upload {
  method: string
  size: number
  landed: boolean
  parts: Map<number, number>
}

/** The fields of bodies that are looked at here. */
interface Said {
  size?: number
  method?: string
  numbers?: number[]
}

export const PART = 8 * 2 ** 20
const BASE = 'https://api.test'
const BUCKET = 'https://bucket.test'

export class FakeApi {
  readonly baseUrl = BASE
  readonly seen: Seen[] = []
  readonly uploads = new Map<string, Upload>()
  readonly jobs = new Map<string, Job>()
  readonly keys = new Map<string, string>()
  /** What `Retry-After` says of a job that is not over. */
  retryAfter: string | null = '5'
  /** How many times a job is read before it is over, and how it ends. */
  polls = 1
  ends: (job: Job) => Job = succeeded
  private readonly fates: { pattern: RegExp; fates: Fate[] }[] = []

  /** What the next requests that fit meet, one after the other. */
  next(pattern: RegExp, ...fates: Fate[]): void {
    this.fates.push({ pattern, fates })
  }

  requests(pattern: RegExp): Seen[] {
    return this.seen.filter(({ method, path }) => pattern.test(`${method} ${path}`))
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init as RequestInit)
    request.signal.throwIfAborted()
    const { pathname, search, origin } = new URL(request.url)
    const path = (origin === BUCKET ? '/bucket' : '') + pathname + search
    const blob = await request.blob()
    const body = origin === BUCKET ? '' : await blob.text()
    request.signal.throwIfAborted()
    this.seen.push({ method: request.method, path, headers: request.headers, body, at: Date.now() })
    const fate = this.fateOf(`${request.method} ${path}`)
    if (typeof fate === 'function') fate()
    request.signal.throwIfAborted()
    if (fate instanceof Response) return fate.clone()
    if (fate === 'no connection') throw new TypeError('fetch failed')
    const answer =
      origin === BUCKET
        ? this.bucket(pathname, search, blob.size)
        : this.answer(request.method, pathname, request.headers, body)
    if (typeof fate === 'object') fate.afterwards()
    request.signal.throwIfAborted()
    if (fate === 'answer lost') throw new TypeError('terminated')
    return answer
  }

  private fateOf(line: string): Fate | undefined {
    const scripted = this.fates.find(({ pattern, fates }) => fates.length && pattern.test(line))
    return scripted?.fates.shift()
  }

  private bucket(pathname: string, search: string, size: number): Response {
    const upload = this.uploads.get(pathname.slice(1)) as Upload
    const part = new URLSearchParams(search).get('part')
    if (part) upload.parts.set(Number(part), size)
    else if (upload.landed) return new Response('', { status: 412 })
    else upload.landed = true
    return new Response('')
  }

  private answer(method: string, path: string, headers: Headers, body: string): Response {
    const [, , kind, id = '', action] = path.split('/')
    const said = body ? JSON.parse(body) : {}
    if (kind === 'uploads') return this.aboutUploads(method, id, action, said)
    if (kind === 'jobs') return this.aboutJobs(method, id, action, said, headers)
    return json({})
  }

  private aboutUploads(method: string, id: string, action: string | undefined, said: Said): Response {
    if (!id) return this.reserve(said)
    const upload = this.uploads.get(id)
    if (!upload) return problem(404, 'not-found')
    if (action === 'sign' && upload.landed) return problem(409, 'conflict')
    if (action === 'sign') return json({ url: `${BUCKET}/${id}`, headers: { 'If-None-Match': '*' } })
    if (action === 'parts' && method === 'GET') {
      return json({ parts: [...upload.parts].map(([number, size]) => ({ number, size })) })
    }
    if (action === 'parts') {
      const numbers = said.numbers ?? []
      return json({ parts: numbers.map((number) => ({ number, url: `${BUCKET}/${id}?part=${number}`, size: 0 })) })
    }
    if (action === 'complete') {
      const size = [...upload.parts.values()].reduce((sum, each) => sum + each, 0)
      if (size !== upload.size) return problem(409, 'conflict')
      upload.landed = true
    }
    return json({ upload_id: id, status: upload.landed ? 'landed' : 'pending' })
  }

  private reserve({ size = 0, method = 'PUT' }: Said): Response {
    const upload_id = `upl_${this.uploads.size + 1}`
    this.uploads.set(upload_id, { method, size, landed: false, parts: new Map() })
    if (method === 'multipart') return json({ upload_id, method, part_size: PART, parts: Math.ceil(size / PART) }, 201)
    return json({ upload_id, method, url: `${BUCKET}/${upload_id}`, headers: { 'If-None-Match': '*' } }, 201)
  }

  private aboutJobs(method: string, id: string, action: string | undefined, said: object, headers: Headers): Response {
    if (!id && method === 'POST') return this.create(said, headers)
    const job = this.jobs.get(id)
    if (!job) return problem(404, 'not-found')
    if (action === 'cancel') return this.show({ ...job, status: 'cancelled', version: job.version + 1 } as Job)
    if (job.status === 'processing' && this.polls-- <= 0) return this.show(this.ends(job))
    const tag = `"${job.version}"`
    return this.show(job, headers.get('if-none-match') === tag ? 304 : 200)
  }

  private create(said: object, headers: Headers): Response {
    const key = headers.get('idempotency-key') ?? `none-${this.jobs.size}`
    const known = this.keys.get(key)
    if (known && !this.jobs.has(known)) return problem(410, 'gone')
    const job_id = known ?? `job_${this.jobs.size + 1}`
    this.keys.set(key, job_id)
    const job = this.jobs.get(job_id) ?? aJob({ job_id, ...said })
    return this.show(job, 202)
  }

  private show(job: Job, status = 200): Response {
    this.jobs.set(job.job_id, job)
    const headers = new Headers({ etag: `"${job.version}"` })
    if (this.retryAfter && job.status === 'processing') headers.set('retry-after', this.retryAfter)
    return status === 304 ? new Response(null, { status, headers }) : json(job, status, headers)
  }
}

export function aJob(changes: object = {}): Job {
  return { job_id: 'job_1', version: 1, status: 'processing', result: null, error: null, ...changes } as Job
}

export function succeeded(job: Job): Job {
  return { ...job, version: job.version + 1, status: 'succeeded', result: { link: 'https://api.test/video' } } as Job
}

export function failed(job: Job): Job {
  const error = { type: '/problems/input-invalid', title: 'No', detail: 'This is a photo (HEIC), not a video.' }
  return { ...job, version: job.version + 1, status: 'failed', error } as Job
}

export function problem(status: number, name: string, headers: Record<string, string> = {}): Response {
  return json(
    { type: `/problems/${name}`, title: name, status, detail: `It is ${name}.` },
    status,
    new Headers(headers),
  )
}

function json(value: unknown, status = 200, headers = new Headers()): Response {
  headers.set('content-type', 'application/json')
  return new Response(JSON.stringify(value), { status, headers })
}
