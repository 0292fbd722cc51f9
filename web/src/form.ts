/** The form: three files and the consent. What is wrong stands at its field, at once or when it is sent. */

import type { Fault } from 'faceswap-adapter-client'
import type { Limits } from './config.js'
import { byId, tell } from './dom.js'
import { FileField } from './field.js'
import { Picker } from './picker.js'
import { CONSENT, duration, fieldOf, mebibytes } from './words.js'

export interface Files {
  video: File
  face: File
  reference: File
}

export class SwapForm {
  private readonly video: FileField
  private readonly face: FileField
  private readonly reference: FileField
  private readonly picker: Picker
  private readonly consent = byId<HTMLInputElement>('consent')
  private picked: File | undefined

  constructor(limits: Limits, onStart: (files: Files) => void) {
    this.picker = new Picker((picture) => {
      this.picked = picture
      void this.reference.choose(picture)
    })
    this.video = new FileField('init_video', 'video', limits, () => this.videoChanged())
    this.face = new FileField('init_image', 'image', limits, () => undefined)
    this.reference = new FileField('reference_image', 'image', limits, () => undefined)
    const pictures = `JPEG, PNG or WebP, up to ${mebibytes(limits.max_image_bytes)}.`
    byId('init_video-hint').textContent =
      `MP4, MOV or WebM, up to ${duration(limits.max_video_seconds)} and ${mebibytes(limits.max_video_bytes)}.`
    byId('init_image-hint').textContent = `Somebody seen from the front, in good light. ${pictures}`
    byId('consent-statement').textContent = CONSENT
    this.sayWhoIsReplaced()
    this.consent.addEventListener('change', () => this.failConsent(''))
    byId<HTMLFormElement>('form').addEventListener('submit', (event) => {
      event.preventDefault()
      const files = this.complete()
      if (files) onStart(files)
    })
    // What is dropped beside a field must not make the browser leave the page.
    for (const name of ['dragover', 'drop']) window.addEventListener(name, (event) => event.preventDefault())
  }

  /** Put faults where they belong; those of no field above the form. */
  show(faults: readonly Fault[], otherwise = ''): void {
    const rest: string[] = []
    let first: FileField | undefined
    for (const { pointer, detail } of faults) {
      const name = fieldOf(pointer)
      const field = this.fields().find((each) => each.name === name)
      if (field) field.fail(detail)
      else if (name === 'consent') this.failConsent(detail)
      else rest.push(detail)
      first ??= field
    }
    tell(byId('form-error'), faults.length ? rest.join(' ') : otherwise)
    first?.focus()
  }

  /** Files of an earlier visit. */
  async fill({ video, face, reference }: Files): Promise<void> {
    this.picked = undefined
    await Promise.all([this.video.choose(video), this.face.choose(face)])
    await this.reference.choose(reference)
    this.consent.checked = true
  }

  clear(): void {
    for (const field of this.fields()) field.clear()
    this.consent.checked = false
    this.picker.hide()
    this.show([])
    this.sayWhoIsReplaced()
  }

  private fields(): FileField[] {
    return [this.video, this.reference, this.face]
  }

  private videoChanged(): void {
    if (this.picked && this.reference.file === this.picked) this.reference.clear()
    if (this.video.file && this.video.facts) this.picker.show(this.video.url, this.video.facts)
    else this.picker.hide()
    this.sayWhoIsReplaced()
  }

  private sayWhoIsReplaced(): void {
    const { file, facts } = this.video
    let words = 'Choose the clip first, then draw a square around a face in it.'
    if (file) words = 'Choose a picture of the person who is replaced.'
    if (file && facts) words = 'Find a moment where the face is well seen, and draw a square around it.'
    tell(byId('reference_image-hint'), words)
  }

  /** The files, if all is there; else what is missing is said. */
  private complete(): Files | undefined {
    tell(byId('form-error'), '')
    const [video, reference, face] = this.fields().map(({ file }) => file)
    if (video && face && reference && this.consent.checked) return { video, face, reference }
    if (!face) this.demand(this.face, 'Choose a picture of the new face.')
    if (!reference) this.demand(this.reference, 'Show who is replaced: draw a square in the clip, or choose a picture.')
    if (!video) this.demand(this.video, 'Choose a clip.')
    if (!this.consent.checked) this.failConsent('Without the consent of those shown nothing is swapped.')
    const first = this.fields().find(({ file }) => !file)
    if (first) first.focus()
    else this.consent.focus()
    return undefined
  }

  /** Say that a file is missing, unless it is said already what is wrong with it. */
  private demand(field: FileField, words: string): void {
    if (!byId(`${field.name}-error`).textContent) field.fail(words)
  }

  private failConsent(words: string): void {
    tell(byId('consent-error'), words)
    if (words) this.consent.setAttribute('aria-invalid', 'true')
    else this.consent.removeAttribute('aria-invalid')
  }
}
