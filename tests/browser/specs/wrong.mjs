// What is wrong with a file is said at its field: before it is sent, and when the API finds it.
import assert from 'node:assert/strict'
import { chosen, facts, fill, looksRight, onPage, signIn, start } from '../page.mjs'

export default onPage(async (page) => {
  let reserved = 0
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/v1/uploads')) reserved++
  })
  await signIn(page)
  const error = (name) => page.locator(`#${name}-error`)
  await page.setInputFiles('#init_video', facts.empty)
  await error('init_video').filter({ hasText: 'This file is empty. Choose another.' }).waitFor()
  await page.setInputFiles('#init_video', facts.long)
  await error('init_video').filter({ hasText: 'This clip is 1 min 2 s long; at most 1 min can be swapped.' }).waitFor()
  await page.setInputFiles('#init_image', facts.clip)
  await error('init_image').filter({ hasText: 'Choose a JPEG, PNG or WebP picture.' }).waitFor()
  await page.setInputFiles('#reference_image', facts.tiny)
  await error('reference_image').filter({ hasText: 'each side needs 64 at least' }).waitFor()
  assert.equal(await page.locator('#init_video').getAttribute('aria-invalid'), 'true')
  await looksRight(page, 'wrong')
  await page.getByRole('button', { name: 'Swap the face' }).click()
  await page.getByText('Without the consent of those shown nothing is swapped.').waitFor()
  assert.equal(reserved, 0)

  // One that only others can show.
  await page.setInputFiles('#init_video', facts.unseen)
  await chosen(page, 'init_video')
  await page.getByText('This browser cannot show this clip; you can still use it').waitFor()
  assert.equal(await page.locator('#picker').isVisible(), false)
  await looksRight(page, 'unseen')

  // One that only the API can tell.
  await page.reload()
  await page.getByRole('heading', { name: 'New swap' }).waitFor()
  await fill(page, { clip: facts.noClip })
  await page.getByText('This browser cannot show this clip; you can still use it').waitFor()
  await start(page)
  await page.getByRole('heading', { name: 'The swap did not work' }).waitFor()
  const told = await page.locator('#ended-words').textContent()
  assert.match(told, /^This is no video/)
  await looksRight(page, 'failed')
  await page.getByRole('button', { name: 'Change the files' }).click()
  await error('init_video').filter({ hasText: told }).waitFor()
  assert.equal(await page.locator('[data-field="init_image"] .chosen').isVisible(), true)
})
