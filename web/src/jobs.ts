/** The caller's swaps, the newest first: watched, followed, cancelled, erased. */

import type { Client, Job } from 'faceswap-adapter-client'
import { ask } from './ask.js'
import { byId, make, tell } from './dom.js'
import { inWords, reason, STATUS } from './words.js'

const PAGE = 10
const FINAL = new Set<Job['status']>(['succeeded', 'failed', 'cancelled'])

export interface Choices {
  /** Show a result. */
  watch(job: Job): void
  /** A job was erased. */
  erased(jobId: string): void
}

export class JobsList {
  private readonly list = byId('jobs-list')
  private readonly more = byId<HTMLButtonElement>('more')
  private readonly shown = new Map<string, { job: Job; item: HTMLLIElement }>()
  private readonly followed = new Map<string, AbortController>()
  private cursor: string | null = null

  constructor(
    private readonly client: Client,
    private readonly choices: Choices,
  ) {
    this.more.addEventListener('click', () => void this.load(this.cursor ?? undefined))
  }

  /** Read the newest, and go on watching those that are under way. */
  async load(cursor?: string): Promise<void> {
    try {
      const { items, next_cursor } = await this.client.jobs.list({ limit: PAGE, cursor })
      this.cursor = next_cursor
      this.more.hidden = !next_cursor
      for (const job of items) this.put(job, Boolean(cursor))
      tell(byId('jobs-error'), '')
    } catch (error) {
      tell(byId('jobs-error'), `The list could not be read. ${inWords(error)}`)
    }
    this.sayHowMany()
  }

  /** Show a job as it is now; a new one stands first. */
  put(job: Job, atEnd = false): void {
    const earlier = this.shown.get(job.job_id)
    if (earlier && earlier.job.version > job.version) return
    const item = earlier?.item ?? make('li')
    if (!earlier) this.place(item, job, atEnd)
    this.shown.set(job.job_id, { job, item })
    if (!earlier || earlier.job.version !== job.version) this.fill(item, job)
    if (FINAL.has(job.status)) this.unfollow(job.job_id)
    else this.followInList(job.job_id)
    this.sayHowMany()
  }

  private place(item: HTMLLIElement, job: Job, atEnd: boolean): void {
    const older = [...this.shown.values()].find((each) => each.job.created_at < job.created_at)
    if (atEnd || !older) this.list.append(item)
    else this.list.insertBefore(item, older.item)
  }

  private fill(item: HTMLLIElement, job: Job): void {
    const hadFocus = item.contains(document.activeElement)
    const at = new Date(job.created_at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })
    const about = make('div', '', { class: 'about-job' })
    about.append(make('strong', at), make('span', STATUS[job.status], { class: `badge ${job.status}` }))
    if (job.error) about.append(make('span', reason(job.error), { class: 'hint' }))
    const buttons = make('div', '', { class: 'buttons' })
    const add = (label: string, act: () => void, kind = '') => {
      const button = make('button', label, { type: 'button', class: kind, 'aria-label': `${label} the swap of ${at}` })
      button.addEventListener('click', act)
      buttons.append(button)
    }
    if (job.status === 'succeeded') add('Watch', () => this.choices.watch(job))
    if (!FINAL.has(job.status)) add('Cancel', () => void this.cancel(job.job_id))
    add('Delete', () => void this.erase(job.job_id, at), 'quiet danger')
    item.replaceChildren(about, buttons)
    if (hadFocus) buttons.querySelector('button')?.focus()
  }

  private followInList(jobId: string): void {
    if (this.followed.has(jobId)) return
    const stop = new AbortController()
    this.followed.set(jobId, stop)
    const onUpdate = (update: { job: Job | undefined }) => update.job && this.put(update.job)
    this.client
      .watch(jobId, { onUpdate, signal: stop.signal })
      .result()
      // Its end is shown by the last update; one that cannot be read is read again with the list.
      .catch(() => undefined)
      .finally(() => this.followed.delete(jobId))
  }

  private unfollow(jobId: string): void {
    this.followed.get(jobId)?.abort()
    this.followed.delete(jobId)
  }

  private async cancel(jobId: string): Promise<void> {
    await this.attempt('It could not be cancelled.', async () => this.put(await this.client.jobs.cancel(jobId)))
  }

  private async erase(jobId: string, at: string): Promise<void> {
    const words = `The swap of ${at}, its clip, pictures and result are erased, here and at the provider.`
    if (!(await ask('Delete this swap?', words, 'Delete it'))) return
    await this.attempt('It could not be deleted.', async () => {
      await this.client.jobs.delete(jobId)
      this.unfollow(jobId)
      this.shown.get(jobId)?.item.remove()
      this.shown.delete(jobId)
      this.choices.erased(jobId)
      byId('main').focus()
    })
    this.sayHowMany()
  }

  private async attempt(failed: string, act: () => Promise<void>): Promise<void> {
    try {
      await act()
      tell(byId('jobs-error'), '')
    } catch (error) {
      tell(byId('jobs-error'), `${failed} ${inWords(error)}`)
    }
  }

  private sayHowMany(): void {
    tell(byId('jobs-words'), this.shown.size ? '' : 'There are none yet.')
  }
}
