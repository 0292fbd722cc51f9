/** Where the page is and what it may send: `config.json` beside it. */

/** The largest files and the longest clip that the deployment takes. */
export interface Limits {
  max_video_bytes: number
  max_image_bytes: number
  max_video_seconds: number
}

export interface Config {
  /** The API's address, without `/v1`. */
  api: string
  issuer: string
  client_id: string
  scope: string
  limits: Limits
  /** What the issuer is asked besides, at the sign-in. */
  sign_in?: Record<string, string>
}

/** As the contract has them unless a deployment sets others. */
const USUAL: Limits = { max_video_bytes: 100 * 2 ** 20, max_image_bytes: 20 * 2 ** 20, max_video_seconds: 60 }

/** Throws an Error with words for whoever deployed the page. */
export async function readConfig(): Promise<Config> {
  const answer = await fetch('/config.json', { cache: 'no-store' })
  if (!answer.ok) throw new Error(`config.json answers ${answer.status}`)
  const told = (await answer.json()) as Partial<Config>
  const { api, issuer, client_id, scope = 'openid jobs.read jobs.write', limits, sign_in } = told
  if (!api || !issuer || !client_id) throw new Error('config.json names no api, issuer or client_id')
  return { api, issuer, client_id, scope, limits: { ...USUAL, ...limits }, sign_in }
}
