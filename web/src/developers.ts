/** The call that made the job that is shown, for whoever wants it in a program. */

import type { Job } from 'faceswap-adapter-client'
import { curlOf } from './curl.js'
import { byId, tell } from './dom.js'

export class Developers {
  constructor(private readonly api: string) {
    byId('copy').addEventListener('click', () => void this.copy())
  }

  show(job: Job | undefined): void {
    byId('developers').hidden = !job
    tell(byId('copied'), '')
    if (job) byId('curl').textContent = curlOf(this.api, job)
  }

  private async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(byId('curl').textContent ?? '')
      tell(byId('copied'), 'Copied')
    } catch {
      tell(byId('copied'), 'Select it and copy it by hand')
    }
  }
}
