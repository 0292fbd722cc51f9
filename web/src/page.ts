/** What happens on the page once somebody is signed in: choosing, a swap that is under way, its end. */

import {
  type Client,
  type Fault,
  type Job,
  JobCancelledError,
  JobFailedError,
  ProblemError,
  type SucceededJob,
} from 'faceswap-adapter-client'
import { Compare } from './compare.js'
import type { Config } from './config.js'
import { Developers } from './developers.js'
import { byId, tell } from './dom.js'
import { type Draft, dropDraft, keepDraft, newDraft, readDraft } from './draft.js'
import { type Files, SwapForm } from './form.js'
import { JobsList } from './jobs.js'
import { type Begin, Running } from './running.js'
import { show } from './views.js'
import { CONSENT, inWords, reason } from './words.js'

export class Page {
  private readonly form: SwapForm
  private readonly running: Running
  private readonly jobs: JobsList
  private readonly compare = new Compare()
  private readonly developers: Developers
  private draft: Draft | undefined
  /** What was wrong with the last swap. */
  private faults: readonly Fault[] = []
  /** Grows with each thing that the main part shows; what is not shown any longer goes on unseen. */
  private turn = 0

  constructor(
    private readonly client: Client,
    private readonly owner: string,
    { api, limits }: Config,
    doubt: () => void,
  ) {
    this.form = new SwapForm(limits, (files) => void this.start(files))
    this.running = new Running(doubt)
    this.developers = new Developers(api)
    this.jobs = new JobsList(client, {
      watch: (job) => void this.showResult(job.job_id),
      erased: (jobId) => void this.forget(jobId),
    })
    byId('again').addEventListener('click', () => this.choose())
    byId('change').addEventListener('click', () => void this.change())
  }

  /** Go on with what a reload interrupted, or begin. */
  async open(): Promise<void> {
    byId('jobs').hidden = false
    void this.jobs.load()
    this.draft = await readDraft(this.owner)
    if (this.draft && !this.draft.over) await this.goOn(this.draft)
    else this.choose()
  }

  private choose(): void {
    this.turn++
    this.compare.clear()
    this.developers.show(undefined)
    this.form.clear()
    show('choose')
  }

  private async start(files: Files): Promise<void> {
    if (this.draft) await dropDraft(this.draft)
    this.draft = newDraft(files, this.owner)
    await this.goOn(this.draft, await keepDraft(this.draft))
  }

  /** Follow a swap of this page to its end, and keep what a reload needs. */
  private async goOn(draft: Draft, isKept = true): Promise<void> {
    const { video, face, reference } = draft
    const consent = { attested: true as const, statement: CONSENT }
    const begin: Begin = (onUpdate) =>
      draft.jobId
        ? this.client.watch(draft.jobId, { onUpdate })
        : this.client.swap({ video, face, reference, consent }, { onUpdate })
    const turn = ++this.turn
    let last: Job | undefined
    const onJob = (job: Job) => {
      last = job
      this.jobs.put(job)
      if (!draft.jobId) void this.keep(draft, { jobId: job.job_id })
      if (turn === this.turn) this.developers.show(job)
    }
    this.developers.show(undefined)
    show('running')
    try {
      const job = await this.running.follow(begin, onJob, isKept)
      await this.keep(draft, { over: true })
      if (turn === this.turn) await this.showSucceeded(job)
    } catch (error) {
      if (error instanceof JobCancelledError) await this.drop(draft)
      else await this.keep(draft, { over: true })
      if (turn === this.turn) this.showEnd(error, last)
    }
  }

  private async showResult(jobId: string): Promise<void> {
    this.turn++
    try {
      const job = await this.client.jobs.get(jobId)
      if (job.status === 'succeeded') await this.showSucceeded(job)
    } catch (error) {
      tell(byId('jobs-error'), `The clip could not be read. ${inWords(error)}`)
    }
  }

  private async showSucceeded(job: SucceededJob): Promise<void> {
    const { url } = await this.client.jobs.result(job.job_id)
    const isMine = this.draft?.jobId === job.job_id
    this.compare.show(url, isMine ? this.draft?.video : undefined)
    byId<HTMLAnchorElement>('download').href = url
    this.developers.show(job)
    show('done')
  }

  private showEnd(error: unknown, job: Job | undefined): void {
    const isCancelled = error instanceof JobCancelledError
    const problem = error instanceof JobFailedError ? error.error : undefined
    this.faults = problem?.errors ?? (error instanceof ProblemError ? error.errors : [])
    if (error instanceof ProblemError && error.status === 422) {
      show('choose')
      this.form.show(this.faults, inWords(error))
      return
    }
    byId('ended-title').textContent = isCancelled ? 'Cancelled' : 'The swap did not work'
    const notice = (isCancelled ? error.job?.notice : undefined) ?? job?.notice
    const cancelled = ['Nothing more happens with this swap.', notice].filter(Boolean).join(' ')
    tell(byId('ended-words'), isCancelled ? cancelled : problem ? reason(problem) : inWords(error))
    byId('change').textContent = isCancelled ? 'Another swap' : 'Change the files'
    show('ended')
  }

  /** Back to the form, with the files of before where they are at hand. */
  private async change(): Promise<void> {
    const { draft, faults } = this
    this.choose()
    if (draft) await this.form.fill(draft)
    this.form.show(faults)
  }

  private async forget(jobId: string): Promise<void> {
    if (this.draft?.jobId !== jobId) return
    await this.drop(this.draft)
    this.choose()
  }

  private async keep(draft: Draft, more: Partial<Draft>): Promise<void> {
    Object.assign(draft, more)
    if (this.draft === draft) await keepDraft(draft)
  }

  private async drop(draft: Draft): Promise<void> {
    if (this.draft !== draft) return
    this.draft = undefined
    await dropDraft(draft)
  }
}
