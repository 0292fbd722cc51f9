/** One file that the form asks for: chosen or dropped, looked at, shown. */

import { IMAGE_TYPES, type Kind, VIDEO_TYPES, wrongFile, wrongLength, wrongSides } from './checks.js'
import type { Limits } from './config.js'
import { byId, make, tell, within } from './dom.js'
import { readImage, readVideo, type VideoFacts } from './media.js'
import { bytes, clock } from './words.js'

const UNSEEN =
  'This browser cannot show this clip; you can still use it, and choose a picture of the person who is replaced instead.'

export class FileField {
  /** The file that can be sent; undefined while there is none, or it is wrong. */
  file: File | undefined
  /** Of a clip that this browser can show. */
  facts: VideoFacts | undefined
  url = ''
  private readonly root: HTMLElement
  private readonly input: HTMLInputElement
  private readonly error: HTMLElement
  private latest: File | undefined

  constructor(
    readonly name: string,
    private readonly kind: Kind,
    private readonly limits: Limits,
    private readonly onChange: () => void,
  ) {
    this.root = within(document, `[data-field="${name}"]`)
    this.input = byId<HTMLInputElement>(name)
    this.error = byId(`${name}-error`)
    this.input.accept = (kind === 'video' ? VIDEO_TYPES : IMAGE_TYPES).join(',')
    this.input.addEventListener('change', () => {
      const file = this.input.files?.[0]
      if (file) void this.choose(file)
    })
    this.takeDrops()
  }

  /** Look at a file and show it, or what is wrong with it. */
  async choose(file: File): Promise<void> {
    this.latest = file
    this.forget()
    const wrong = wrongFile(file, this.kind, this.limits) ?? (await this.look(file))
    if (this.latest !== file) return
    this.input.value = ''
    this.show(wrong ? undefined : file, file)
    this.fail(wrong ?? '')
    this.onChange()
  }

  /** Say what is wrong; nothing to take it back. */
  fail(words: string): void {
    tell(this.error, words)
    this.input.toggleAttribute('aria-invalid', Boolean(words))
    if (words) this.input.setAttribute('aria-invalid', 'true')
  }

  /** Where somebody can mend it. */
  focus(): void {
    const change = this.root.querySelector<HTMLElement>('.about button')
    ;(this.file && change ? change : this.input).focus()
  }

  clear(): void {
    this.latest = undefined
    this.forget()
    this.show(undefined)
    this.fail('')
  }

  private async look(file: File): Promise<string | undefined> {
    const url = URL.createObjectURL(file)
    if (this.kind === 'video') {
      const facts = await readVideo(url)
      if (this.latest !== file) return URL.revokeObjectURL(url) ?? undefined
      // One whose sound alone it can play has no sides.
      this.facts = facts?.width ? facts : undefined
      this.url = url
      return facts && wrongLength(facts.seconds, this.limits)
    }
    const sides = await readImage(url)
    if (this.latest !== file) return URL.revokeObjectURL(url) ?? undefined
    this.url = url
    return sides ? wrongSides(sides.width, sides.height) : 'This picture cannot be read. Choose another.'
  }

  private show(file: File | undefined, looked?: File): void {
    this.file = file
    const hadFocus = document.activeElement === this.input
    within(this.root, '.drop').hidden = Boolean(file)
    const chosen = within(this.root, '.chosen')
    chosen.hidden = !file
    const preview = within<HTMLVideoElement | HTMLImageElement>(chosen, '.preview')
    if (!file || !looked) {
      preview.removeAttribute('src')
      return
    }
    preview.hidden = this.kind === 'video' && !this.facts
    preview.src = this.url
    within(chosen, '.about').replaceChildren(...this.about(file))
    if (hadFocus) this.focus()
  }

  private about(file: File): HTMLElement[] {
    const facts = [bytes(file.size)]
    if (this.facts) facts.unshift(clock(this.facts.seconds), `${this.facts.width} × ${this.facts.height}`)
    const change = make('button', 'Change', { type: 'button', class: 'quiet', 'aria-label': `Change ${file.name}` })
    change.addEventListener('click', () => this.input.click())
    const about = [make('strong', file.name), make('span', facts.join(' · '), { class: 'hint' }), change]
    if (this.kind === 'video' && !this.facts) about.push(make('p', UNSEEN, { class: 'hint', role: 'status' }))
    return about
  }

  private forget(): void {
    if (this.url) URL.revokeObjectURL(this.url)
    this.url = ''
    this.facts = undefined
  }

  private takeDrops(): void {
    const over = (is: boolean) => (event: DragEvent) => {
      event.preventDefault()
      this.root.classList.toggle('over', is)
    }
    this.root.addEventListener('dragover', over(true))
    this.root.addEventListener('dragleave', over(false))
    this.root.addEventListener('drop', (event) => {
      over(false)(event)
      const file = event.dataTransfer?.files[0]
      if (file) void this.choose(file)
    })
  }
}
