// A network that is gone in the middle of an upload is said and waited out.
import assert from 'node:assert/strict'
import { facts, fill, looksRight, onPage, partOf, ready, signIn, start, until } from '../page.mjs'

export default onPage(async (page, wire, context) => {
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
  wire.hold()
  await start(page)
  await until(() => wire.held.size, 'the upload is under way')

  await context.setOffline(true)
  wire.lose()
  await until(() => lost, 'a part is lost')
  await page.getByText('You are offline.').waitFor()
  await looksRight(page, 'offline')
  assert.equal(jobs, 0)

  wire.open()
  await context.setOffline(false)
  await ready(page)
  assert.equal(await page.locator('#network').textContent(), '')
  assert.equal(jobs, 1)
})
