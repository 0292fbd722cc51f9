/** The page's start: where it is, who is signed in, and then the page itself. */

import { createClient } from 'faceswap-adapter-client'
import { type Config, readConfig } from './config.js'
import { byId, tell } from './dom.js'
import { dropDrafts } from './draft.js'
import { sayWhenOffline } from './network.js'
import { Page } from './page.js'
import { nameOf, Session, SignInError } from './session.js'
import { show } from './views.js'

async function begin(): Promise<void> {
  sayWhenOffline()
  const config = await readConfig()
  const session = new Session(config)
  byId('sign-in').addEventListener('click', () => void leave(session))
  byId('sign-out').addEventListener('click', () => void dropDrafts().then(() => session.signOut()))
  const user = await session.begin()
  if (!user) return show('welcome')
  byId('who').hidden = false
  byId('who-name').textContent = nameOf(user)
  await open(config, session, user.profile.sub)
}

async function open(config: Config, session: Session, owner: string): Promise<void> {
  const client = createClient({ baseUrl: config.api, token: (refused) => session.token(refused) })
  await new Page(client, owner, config, () => session.doubt()).open()
}

async function leave(session: Session): Promise<void> {
  try {
    await session.leaveForIssuer()
  } catch {
    tell(byId('welcome-error'), 'The sign-in cannot be reached. Try again in a moment.')
  }
}

begin().catch((error: unknown) => {
  console.error(error)
  show('welcome')
  const otherwise = 'The page could not start. Load it again in a moment.'
  tell(byId('welcome-error'), error instanceof SignInError ? error.message : otherwise)
})
