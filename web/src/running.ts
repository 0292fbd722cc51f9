/** A swap that is under way: bytes, then the job, in words; a network that is gone is waited out. */

import {
  type Job,
  JobCancelledError,
  JobFailedError,
  NetworkError,
  ProblemError,
  type SucceededJob,
  type SwapHandle,
  type SwapUpdate,
} from 'faceswap-adapter-client'
import { byId, tell, within } from './dom.js'
import { bytes, inWords, remaining, STATUS } from './words.js'

/** Starts the swap, or goes on with it: the client makes one job of it however often it is called. */
export type Begin = (onUpdate: (update: SwapUpdate) => void) => SwapHandle

const PAUSE_MILLISECONDS = 5_000
const ETA_MILLISECONDS = 5_000
const STEPS = ['send', 'wait', 'swap'] as const
const STEP_OF: Partial<Record<Job['status'], (typeof STEPS)[number]>> = {
  queued: 'wait',
  submitting: 'wait',
  processing: 'swap',
}

/** One swap; several may be under way, the last of them is shown. */
class Run {
  handle: SwapHandle | undefined
  isCancelled = false
  eta: string | null = null
}

export class Running {
  private shown = new Run()

  /** `doubt` is called when somebody might have answered who was not heard. */
  constructor(private readonly doubt: () => void) {
    byId('cancel').addEventListener('click', () => void this.cancel(this.shown))
    setInterval(() => this.sayEta(), ETA_MILLISECONDS)
  }

  /** Follow it to its end; `isKept` says whether a reload can go on. Throws what the client throws, but for failures that pass. */
  async follow(begin: Begin, onJob: (job: Job) => void, isKept: boolean): Promise<SucceededJob> {
    const run = new Run()
    this.shown = run
    this.reset(isKept)
    for (;;) {
      try {
        run.handle = begin((update) => {
          if (update.phase === 'job') onJob(update.job)
          if (this.shown === run) this.show(update)
        })
        return await run.handle.result()
      } catch (error) {
        if (run.isCancelled && !(error instanceof JobFailedError)) throw cancelled(error)
        if (!mayPass(error)) throw error
        if (error instanceof NetworkError) this.doubt()
        if (this.shown === run) tell(byId('status'), `${inWords(error)} It goes on by itself.`)
        await pause()
        if (run.isCancelled) throw cancelled(error)
      }
    }
  }

  private reset(isKept: boolean): void {
    this.step('send')
    tell(byId('status'), 'Sending the files')
    for (const id of ['sent-words', 'eta', 'running-error']) tell(byId(id), '')
    tell(
      byId('leave'),
      isKept
        ? 'If this page is closed or loaded anew, it goes on later and sends only what is missing.'
        : 'Leave this page open until the files are sent: this browser cannot keep them.',
    )
    byId('sending').hidden = true
    const cancel = byId<HTMLButtonElement>('cancel')
    cancel.disabled = false
    cancel.textContent = 'Cancel this swap'
  }

  private show(update: SwapUpdate): void {
    if (update.phase === 'upload') this.showBytes(update.sent, update.total)
    else this.showJob(update.job)
  }

  private showJob(job: Job): void {
    byId('sending').hidden = true
    this.step(STEP_OF[job.status] ?? (job.status === 'awaiting_upload' ? 'send' : 'swap'))
    tell(byId('status'), STATUS[job.status])
    tell(byId('leave'), 'You may close this page. The swap goes on, and stands in the list below.')
    this.shown.eta = job.status === 'processing' ? job.eta : null
    this.sayEta()
  }

  private showBytes(sent: number, total: number): void {
    byId('sending').hidden = false
    const bar = byId<HTMLProgressElement>('sent')
    bar.max = total
    bar.value = sent
    tell(byId('status'), 'Sending the files')
    tell(byId('sent-words'), `${bytes(sent)} of ${bytes(total)} sent`)
  }

  private sayEta(): void {
    tell(byId('eta'), remaining(this.shown.eta, Date.now()))
  }

  private step(current: (typeof STEPS)[number]): void {
    for (const name of STEPS) {
      const item = within(byId('steps'), `[data-step="${name}"]`)
      const isOver = STEPS.indexOf(name) < STEPS.indexOf(current)
      item.classList.toggle('over', isOver)
      if (name === current) item.setAttribute('aria-current', 'step')
      else item.removeAttribute('aria-current')
    }
  }

  private async cancel(run: Run): Promise<void> {
    const cancel = byId<HTMLButtonElement>('cancel')
    cancel.disabled = true
    cancel.textContent = 'Cancelling…'
    run.isCancelled = true
    try {
      await run.handle?.cancel()
    } catch (error) {
      // Too late: it has ended meanwhile, and its end is shown.
      if (error instanceof ProblemError && error.status === 409) return
      run.isCancelled = false
      tell(byId('running-error'), `It could not be cancelled. ${inWords(error)}`)
      cancel.disabled = false
      cancel.textContent = 'Cancel this swap'
    }
  }
}

function cancelled(error: unknown): JobCancelledError {
  return error instanceof JobCancelledError ? error : new JobCancelledError()
}

/** May it be over when the same call is made again? */
function mayPass(error: unknown): boolean {
  if (error instanceof NetworkError) return true
  return error instanceof ProblemError && (error.status >= 500 || error.status === 408)
}

/** Until the network is back, or for a moment where the browser does not know of it. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(over, PAUSE_MILLISECONDS)
    function over() {
      clearTimeout(timer)
      window.removeEventListener('online', over)
      resolve()
    }
    window.addEventListener('online', over)
  })
}
