/** A question before something that cannot be undone. */

import { byId } from './dom.js'

/** Whether somebody says yes; the question is a dialog, closed by Escape like by "Keep it". */
export function ask(title: string, words: string, yes: string): Promise<boolean> {
  const dialog = byId<HTMLDialogElement>('ask')
  byId('ask-title').textContent = title
  byId('ask-words').textContent = words
  byId('ask-yes').textContent = yes
  dialog.returnValue = 'no'
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true })
  })
}
