/** Who is signed in: authorization code with PKCE. The tokens live in this module's memory, and end with the page. */

import { ErrorResponse, InMemoryWebStorage, type User, UserManager, WebStorageStateStore } from 'oidc-client-ts'
import type { Config } from './config.js'

/** In sessionStorage: this tab was signed in, so the issuer probably knows the browser. No secret. */
const WAS_SIGNED_IN = 'was-signed-in'
const LEEWAY_SECONDS = 10
const PAUSE_MILLISECONDS = 2_000

/** Nobody is signed in; the message says why, for a person. */
export class SignInError extends Error {}

export class Session {
  private readonly manager: UserManager
  private renewal: Promise<string> | undefined
  private isDoubtful = false

  constructor({ issuer, client_id, scope, sign_in }: Config) {
    const here = location.origin + location.pathname
    this.manager = new UserManager({
      authority: issuer,
      client_id,
      scope,
      redirect_uri: here,
      post_logout_redirect_uri: here,
      extraQueryParams: sign_in,
      userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
      stateStore: new WebStorageStateStore({ store: tabStorage() }),
      automaticSilentRenew: false,
    })
  }

  /** Whoever comes back from the issuer, or who was here before and is asked for again; undefined for nobody. */
  async begin(): Promise<User | undefined> {
    const query = new URLSearchParams(location.search)
    if (query.has('state')) {
      try {
        const user = await this.manager.signinCallback()
        if (user) sessionStorage.setItem(WAS_SIGNED_IN, 'yes')
        return user
      } catch (error) {
        const isLeft = error instanceof ErrorResponse && error.error === 'access_denied'
        const words = isLeft ? 'You left the sign-in, or were not let in.' : 'The sign-in did not work.'
        throw new SignInError(`${words} Sign in to try again.`, { cause: error })
      } finally {
        history.replaceState(null, '', location.pathname)
      }
    }
    if (sessionStorage.getItem(WAS_SIGNED_IN)) await this.leaveForIssuer()
    return undefined
  }

  /** Go to the issuer; the page ends here, and the issuer comes back to it. */
  async leaveForIssuer(): Promise<never> {
    // Asked for once: who comes back without a sign-in is not sent there again.
    sessionStorage.removeItem(WAS_SIGNED_IN)
    await this.manager.signinRedirect()
    return new Promise<never>(() => undefined)
  }

  async signOut(): Promise<void> {
    sessionStorage.removeItem(WAS_SIGNED_IN)
    // `logout_uri` is Cognito's name for what the standard calls post_logout_redirect_uri.
    const { client_id, post_logout_redirect_uri } = this.manager.settings
    const extraQueryParams = { client_id, logout_uri: post_logout_redirect_uri ?? '' }
    await this.manager.signoutRedirect({ extraQueryParams })
  }

  /** A token that is good, another than the one that was refused. */
  async token(refused?: string): Promise<string> {
    const user = await this.manager.getUser()
    if (
      user &&
      !this.isDoubtful &&
      (user.expires_in ?? Number.POSITIVE_INFINITY) > LEEWAY_SECONDS &&
      user.access_token !== refused
    ) {
      return user.access_token
    }
    this.renewal ??= this.renew().finally(() => {
      this.renewal = undefined
    })
    return this.renewal
  }

  /**
   * Take another token for the next request.
   *
   * For where a request failed without an answer: the gateway's 401 may come without CORS headers, and a browser then
   * shows no more of it than of a broken line.
   */
  doubt(): void {
    this.isDoubtful = true
  }

  /** By the refresh token, as soon as the issuer answers; else by a new sign-in, which a reload survives. */
  private async renew(): Promise<string> {
    for (;;) {
      const user = await this.manager.getUser()
      if (!user?.refresh_token) return this.leaveForIssuer()
      try {
        const renewed = await this.manager.signinSilent()
        this.isDoubtful = false
        if (renewed) return renewed.access_token
        return this.leaveForIssuer()
      } catch (error) {
        if (error instanceof ErrorResponse) return this.leaveForIssuer()
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS))
      }
    }
  }
}

/** What the way to the issuer and back is remembered in. */
function tabStorage(): Storage {
  try {
    return sessionStorage
  } catch (error) {
    const words = 'This browser lets the page remember nothing, so nobody can sign in here.'
    throw new SignInError(`${words} Allow this page to store data, and load it again.`, { cause: error })
  }
}

/** What a person is called here. */
export function nameOf({ profile }: User): string {
  return profile.email ?? profile.name ?? profile.sub
}
