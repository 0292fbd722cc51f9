import { createClient, type Client as Generated } from './generated/client/index.js'
import { errorOf } from './problems.js'
import { type Token, transport } from './transport.js'

/** The generated layer, set up: every call throws errors of ours and answers with what is in the body. */
export interface Api {
  client: Generated
  throwOnError: true
}

export function createApi(baseUrl: string, token: Token, plainFetch: typeof fetch): Api {
  const send = transport(token, plainFetch)
  const client = createClient({ baseUrl, fetch: (input, init) => send(new Request(input, init)) })
  client.interceptors.error.use((caught, response) => errorOf(caught, response))
  return { client, throwOnError: true }
}

/** What is in the body. */
export async function dataOf<T>(answer: Promise<{ data: T }>): Promise<T> {
  return (await answer).data
}
