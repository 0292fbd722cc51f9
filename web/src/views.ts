/** One of the page's main parts is shown at a time. */

import { byId } from './dom.js'

const VIEWS = { welcome: '', choose: '', running: 'running-title', ended: 'ended-title', done: 'done-title' } as const
const TITLE = document.title

export type View = keyof typeof VIEWS

/** Show one; its title gets the focus, so that a screen reader says it and the keyboard goes on from there. */
export function show(view: View): void {
  for (const name of Object.keys(VIEWS)) byId(name).hidden = name !== view
  const title = VIEWS[view] && byId(VIEWS[view])
  document.title = title ? `${title.textContent} – ${TITLE}` : TITLE
  window.scrollTo({ top: 0 })
  if (title) title.focus({ preventScroll: true })
}
