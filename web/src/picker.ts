/** Picking the person: a moment of the clip and a square around a face become a picture. */

import { byId, tell } from './dom.js'
import type { VideoFacts } from './media.js'
import { clock } from './words.js'

/** A touch that draws nothing means a square around it, this share of the shorter side. */
const TOUCHED = 0.35
const LEAST_DRAWN_PIXELS = 12
/** Small faces are enlarged, so that they can be recognised. */
const SMALLEST_PICTURE = 256

interface Square {
  x: number
  y: number
  side: number
}

export class Picker {
  private readonly root = byId('picker')
  private readonly stage = byId('stage')
  private readonly video = byId<HTMLVideoElement>('picker-video')
  private readonly square = byId('square')
  private readonly moment = byId<HTMLInputElement>('moment')
  private start: { x: number; y: number } | undefined

  constructor(private readonly onPicked: (picture: File) => void) {
    this.moment.addEventListener('input', () => this.seek(this.moment.valueAsNumber))
    this.stage.addEventListener('pointerdown', (event) => this.begin(event))
    this.stage.addEventListener('pointermove', (event) => this.start && this.draw(this.squareTo(event)))
    this.stage.addEventListener('pointerup', (event) => void this.finish(event))
    this.stage.addEventListener('pointercancel', () => {
      this.start = undefined
    })
  }

  /** Show a clip that this browser can read. */
  show(url: string, { seconds, width, height }: VideoFacts): void {
    this.root.hidden = false
    this.square.hidden = true
    this.stage.style.setProperty('--aspect', String(width / height))
    this.video.src = url
    this.moment.max = String(Math.max(0, seconds - 0.05))
    this.moment.value = '0'
    this.seek(0)
  }

  hide(): void {
    this.root.hidden = true
    this.square.hidden = true
    this.video.removeAttribute('src')
    this.video.load()
  }

  private seek(seconds: number): void {
    this.video.currentTime = seconds
    this.square.hidden = true
    tell(byId('moment-time'), clock(seconds))
    this.moment.setAttribute('aria-valuetext', clock(seconds))
  }

  private begin(event: PointerEvent): void {
    if (event.button) return
    event.preventDefault()
    this.stage.setPointerCapture(event.pointerId)
    this.start = this.pointOf(event)
    this.draw({ ...this.start, side: 0 })
  }

  private async finish(event: PointerEvent): Promise<void> {
    if (!this.start) return
    const drawn = this.squareTo(event)
    const square = drawn.side < LEAST_DRAWN_PIXELS ? this.around(this.start) : drawn
    this.start = undefined
    this.draw(square)
    await this.settled()
    this.onPicked(await this.cut(square))
  }

  /** The square between where the pointer went down and where it is, within the picture. */
  private squareTo(event: PointerEvent): Square {
    const from = this.start ?? this.pointOf(event)
    const to = this.pointOf(event)
    const { width, height } = this.stage.getBoundingClientRect()
    const right = to.x >= from.x
    const down = to.y >= from.y
    const room = Math.min(right ? width - from.x : from.x, down ? height - from.y : from.y)
    const side = Math.min(Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y)), room)
    return { x: right ? from.x : from.x - side, y: down ? from.y : from.y - side, side }
  }

  private around({ x, y }: { x: number; y: number }): Square {
    const { width, height } = this.stage.getBoundingClientRect()
    const side = Math.min(width, height) * TOUCHED
    const kept = (at: number, most: number) => Math.min(Math.max(at - side / 2, 0), most - side)
    return { x: kept(x, width), y: kept(y, height), side }
  }

  private draw({ x, y, side }: Square): void {
    const { width, height } = this.stage.getBoundingClientRect()
    this.square.hidden = false
    this.square.style.left = `${(100 * x) / width}%`
    this.square.style.top = `${(100 * y) / height}%`
    this.square.style.width = `${(100 * side) / width}%`
    this.square.style.height = `${(100 * side) / height}%`
  }

  private pointOf(event: PointerEvent): { x: number; y: number } {
    const { left, top, width, height } = this.stage.getBoundingClientRect()
    const within = (at: number, most: number) => Math.min(Math.max(at, 0), most)
    return { x: within(event.clientX - left, width), y: within(event.clientY - top, height) }
  }

  /** Wait until the moment that was asked for is shown. */
  private settled(): Promise<void> {
    const isThere = () => !this.video.seeking && this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA
    return new Promise((resolve) => {
      const look = () => {
        if (!isThere()) return void setTimeout(look, 30)
        resolve()
      }
      look()
    })
  }

  private cut({ x, y, side }: Square): Promise<File> {
    const scale = this.video.videoWidth / this.stage.getBoundingClientRect().width
    const pixels = Math.max(SMALLEST_PICTURE, Math.round(side * scale))
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = pixels
    const context = canvas.getContext('2d')
    context?.drawImage(this.video, x * scale, y * scale, side * scale, side * scale, 0, 0, pixels, pixels)
    const name = `From the clip at ${clock(this.video.currentTime)}`
    return new Promise((resolve, reject) => {
      canvas.toBlob((blob) => {
        if (blob) resolve(new File([blob], name, { type: 'image/png', lastModified: Date.now() }))
        else reject(new Error('the picture could not be made'))
      }, 'image/png')
    })
  }
}
