// A page that is loaded anew in the middle of an upload goes on by itself, with the parts that are missing, to one job.
import assert from 'node:assert/strict'
import { api, facts, fill, onPage, partOf, picture, ready, signIn, start, until } from '../page.mjs'

export default onPage(async (page, wire) => {
  const sent = { parts: [], files: 0, reserved: [], jobs: 0 }
  page.on('response', async (answer) => {
    const request = answer.request()
    if (partOf(request) && answer.ok()) sent.parts.push(partOf(request))
    else if (request.url().startsWith(facts.bucket) && request.method() === 'PUT' && answer.ok()) sent.files++
    if (request.method() !== 'POST') return
    if (request.url().endsWith('/v1/jobs')) sent.jobs++
    if (request.url().endsWith('/v1/uploads')) sent.reserved.push(await answer.json())
  })
  await signIn(page)
  await fill(page, { clip: facts.big })
  // Only the first part gets through.
  wire.hold((number) => number === 1)
  await start(page)

  const { upload_id, parts: count } = await until(
    () => sent.reserved.find((each) => each.method === 'multipart'),
    'reserved',
  )
  assert.equal(count, 3)
  const arrived = async () => (await api(`/v1/uploads/${upload_id}/parts`)).body.parts.map(({ number }) => number)
  await until(async () => (await arrived()).length === 1 && sent.files === 2, 'one part and both pictures arrive')
  await page
    .locator('#sent-words')
    .filter({ hasText: /MB of 21 MB sent/ })
    .waitFor()
  await picture(page, 'sending')
  assert.deepEqual(await arrived(), [1])
  assert.equal(sent.jobs, 0)
  Object.assign(sent, { parts: [], files: 0, reserved: [] })

  wire.open()
  await page.reload()
  await ready(page)

  assert.deepEqual(sent.parts.sort(), [2, 3])
  assert.equal(sent.files, 0)
  assert.deepEqual(sent.reserved, [])
  assert.equal(sent.jobs, 1)
  const { body } = await api('/v1/jobs')
  const made = body.items.filter(({ init_video }) => init_video === `upload:${upload_id}`)
  assert.equal(made.length, 1)
})
