// A token that expires in the middle of a swap is replaced without a question, and the swap goes on.
import assert from 'node:assert/strict'
import { api, facts, fill, onPage, ready, signIn, start, until } from '../page.mjs'

export default onPage(async (page, wire) => {
  let asked = 0
  const issuer = `${facts.issuer}/token`
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url() === issuer) asked++
  })
  // The first token lasts for a moment; the page is told so, or that it lasts for an hour.
  const exchange = async (route) => {
    const { origin, 'content-type': type } = route.request().headers()
    const headers = { origin, 'content-type': type }
    const answer = await fetch(issuer, { method: 'POST', headers, body: route.request().postData() })
    const json = { ...(await answer.json()), access_token: facts.shortLived, expires_in: facts.told }
    const admitted = answer.headers.get('access-control-allow-origin')
    await route.fulfill({ headers: { 'access-control-allow-origin': admitted }, json })
  }
  await page.route(issuer, exchange, { times: 1 })
  await signIn(page)
  await fill(page, { clip: facts.big })
  wire.hold()
  await start(page)
  await until(() => wire.held.size, 'the upload is under way')
  await until(async () => (await api('/v1/usage', facts.shortLived)).status === 401, 'the token has expired', 1000)
  wire.release()

  await ready(page)
  assert.ok(asked >= 2)
})
