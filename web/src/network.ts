/** Says that the network is gone, and that it is back. */

import { byId, tell } from './dom.js'

export function sayWhenOffline(): void {
  const show = () =>
    tell(byId('network'), navigator.onLine ? '' : 'You are offline. Nothing is lost; it goes on when you are back.')
  for (const name of ['online', 'offline']) window.addEventListener(name, show)
  show()
}
