// A swap is cancelled while it is sent, and while it is at the provider; then it is erased.
import assert from 'node:assert/strict'
import { api, facts, fill, looksRight, onPage, signIn, start, until } from '../page.mjs'

export default onPage(async (page, wire) => {
  const jobs = []
  page.on('response', async (answer) => {
    const request = answer.request()
    if (request.method() === 'POST' && request.url().endsWith('/v1/jobs')) jobs.push((await answer.json()).job_id)
  })
  const cancelled = () => page.getByRole('heading', { name: 'Cancelled' }).waitFor()
  const cancel = () => page.getByRole('button', { name: 'Cancel this swap' }).click()

  await signIn(page)
  await fill(page, { clip: facts.big })
  wire.hold()
  await start(page)
  await until(() => wire.held.size, 'the upload is under way')
  await cancel()
  await cancelled()
  assert.deepEqual(jobs, [])
  wire.open()

  await page.getByRole('button', { name: 'Another swap' }).click()
  await fill(page)
  await start(page)
  await page.locator('[data-step="swap"][aria-current]').waitFor()
  await cancel()
  await cancelled()
  await looksRight(page, 'cancelled')
  assert.equal((await api(`/v1/jobs/${jobs[0]}`)).body.status, 'cancelled')

  await page.reload()
  await page.getByRole('heading', { name: 'New swap' }).waitFor()
  const first = page.locator('#jobs-list li').first()
  await first.getByText('Cancelled', { exact: true }).waitFor()
  await first.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('heading', { name: 'Delete this swap?' }).waitFor()
  await looksRight(page, 'question')
  await page.keyboard.press('Escape')
  assert.equal((await api(`/v1/jobs/${jobs[0]}`)).status, 200)
  await first.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete it' }).click()
  await until(async () => (await api(`/v1/jobs/${jobs[0]}`)).status === 404, 'the job is erased')
  assert.equal(jobs.length, 1)
})
