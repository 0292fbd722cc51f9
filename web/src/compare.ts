/** Before and after: two videos, one over the other, kept together in time. */

import { byId, tell } from './dom.js'
import { clock } from './words.js'

/** How far the two may be apart, in seconds: less than one sees. */
const APART = 0.08

export class Compare {
  private readonly root = byId('compare')
  private readonly after = byId<HTMLVideoElement>('after')
  private readonly before = byId<HTMLVideoElement>('before')
  private readonly share = byId<HTMLInputElement>('share')
  private readonly at = byId<HTMLInputElement>('at')
  private readonly play = byId<HTMLButtonElement>('play')
  private beforeUrl = ''

  constructor() {
    this.share.addEventListener('input', () => this.divide())
    this.at.addEventListener('input', () => this.seek(this.at.valueAsNumber))
    this.play.addEventListener('click', () => this.toggle())
    this.before.parentElement?.addEventListener('pointermove', (event) => event.buttons && this.drag(event))
    this.before.parentElement?.addEventListener('pointerdown', (event) => this.drag(event))
    this.after.addEventListener('loadedmetadata', () => {
      this.at.max = String(this.after.duration)
      this.sayTime()
    })
    this.after.addEventListener('timeupdate', () => this.sayTime())
    this.after.addEventListener('play', () => this.together())
    this.after.addEventListener('waiting', () => this.before.pause())
    this.after.addEventListener('playing', () => void this.before.play().catch(() => undefined))
    for (const name of ['pause', 'ended'] as const) {
      this.after.addEventListener(name, () => {
        this.before.pause()
        this.play.textContent = this.after.ended ? 'Play again' : 'Play'
      })
    }
    this.after.addEventListener('error', () => {
      if (!this.after.hasAttribute('src')) return
      tell(byId('done-error'), 'This browser cannot play the clip. Download it instead.')
    })
  }

  /** Show a result, beside what it was made of where that is at hand. */
  show(url: string, before?: Blob): void {
    this.clear()
    this.after.src = url
    if (before) {
      this.beforeUrl = URL.createObjectURL(before)
      this.before.src = this.beforeUrl
    }
    this.root.classList.toggle('single', !before)
    byId('share-row').hidden = !before
    this.share.value = '50'
    this.divide()
  }

  clear(): void {
    tell(byId('done-error'), '')
    for (const video of [this.after, this.before]) {
      video.pause()
      video.removeAttribute('src')
      video.load()
    }
    if (this.beforeUrl) URL.revokeObjectURL(this.beforeUrl)
    this.beforeUrl = ''
    this.play.textContent = 'Play'
    this.at.value = '0'
  }

  private toggle(): void {
    if (this.after.paused) void this.after.play().catch(() => undefined)
    else this.after.pause()
  }

  private together(): void {
    this.play.textContent = 'Pause'
    const keep = () => {
      if (this.after.paused) return
      this.align()
      requestAnimationFrame(keep)
    }
    keep()
  }

  private align(): void {
    const { currentTime } = this.after
    const isApart = Math.abs(this.before.currentTime - currentTime) > APART
    if (this.beforeUrl && isApart && !this.before.seeking) this.before.currentTime = currentTime
  }

  private seek(seconds: number): void {
    this.after.currentTime = seconds
    if (this.beforeUrl) this.before.currentTime = seconds
    this.sayTime()
  }

  private sayTime(): void {
    this.at.value = String(this.after.currentTime)
    const words = clock(this.after.currentTime)
    this.at.setAttribute('aria-valuetext', words)
    tell(byId('at-time'), words)
  }

  private drag(event: PointerEvent): void {
    if (!this.beforeUrl || !this.before.parentElement) return
    const { left, width } = this.before.parentElement.getBoundingClientRect()
    this.share.value = String(Math.round((100 * (event.clientX - left)) / width))
    this.divide()
  }

  private divide(): void {
    this.root.style.setProperty('--share', `${this.share.value}%`)
    this.share.setAttribute('aria-valuetext', `${this.share.value} percent before`)
  }
}
