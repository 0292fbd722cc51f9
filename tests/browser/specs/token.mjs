// A token that expires in the middle of a swap is replaced without a question, and the swap goes on.
import assert from 'node:assert/strict'
import { api, facts, fill, holdParts, onPage, ready, signIn, start, until } from '../page.mjs'

await onPage(async (page) => {
  let asked = 0
  // The first token lasts for a moment; the page is told so, or that it lasts for an hour.
  await page.route(`${facts.issuer}/token`, async (route) => {
    const answer = await route.fetch()
    const tokens = await answer.json()
    if (!asked++) Object.assign(tokens, { access_token: facts.shortLived, expires_in: facts.told })
    await route.fulfill({ response: answer, json: tokens })
  })
  await signIn(page)
  await fill(page, { clip: facts.big })
  const parts = await holdParts(page)
  await start(page)
  await until(() => parts.held.length, 'the upload is under way')
  await until(async () => (await api('/v1/usage', facts.shortLived)).status === 401, 'the token has expired')
  await parts.release()

  await ready(page)
  assert.ok(asked >= 2)
})
