// Two tabs have a swap each: one that is loaded anew goes on with its own.
import assert from 'node:assert/strict'
import { facts, fill, onPage, partOf, ready, signIn, start, until } from '../page.mjs'

export default onPage(async (page, wire, context) => {
  const sent = []
  page.on('response', (answer) => {
    if (partOf(answer.request()) && answer.ok()) sent.push(partOf(answer.request()))
  })
  await signIn(page)
  const other = await context.newPage()
  await other.goto(facts.web)
  await other.getByRole('button', { name: 'Sign in' }).click()
  await other.getByRole('heading', { name: 'New swap' }).waitFor()
  await fill(page, { clip: facts.big })
  wire.hold()
  await start(page)
  await until(() => wire.held.size, 'the first is under way')
  await fill(other)
  await start(other)
  await ready(other)

  wire.open()
  await page.reload()
  await ready(page)

  assert.deepEqual(sent.sort(), [1, 2, 3])
  await other.reload()
  await other.getByRole('heading', { name: 'New swap' }).waitFor()
})
