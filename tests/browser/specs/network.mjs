// A network that is gone in the middle of an upload is said and waited out.
import assert from 'node:assert/strict'
import { facts, fill, holdParts, looksRight, onPage, partOf, ready, signIn, start, until } from '../page.mjs'

await onPage(async (page, context) => {
  let lost = 0
  let jobs = 0
  page.on('requestfailed', (request) => {
    if (partOf(request)) lost++
  })
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/v1/jobs')) jobs++
  })
  await signIn(page)
  await fill(page, { clip: facts.big })
  const parts = await holdParts(page)
  await start(page)
  await until(() => parts.held.length, 'the upload is under way')

  await context.setOffline(true)
  await parts.lose()
  await until(() => lost, 'a part is lost')
  await page.getByText('You are offline.').waitFor()
  await looksRight(page, 'offline')
  assert.equal(jobs, 0)

  await context.setOffline(false)
  await ready(page)
  assert.equal(await page.locator('#network').textContent(), '')
  assert.equal(jobs, 1)
})
