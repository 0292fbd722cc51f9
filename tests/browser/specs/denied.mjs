// Who comes back without a sign-in, or may not be remembered, is told so.
import assert from 'node:assert/strict'
import { facts, looksRight, onPage } from '../page.mjs'

const comesBack = onPage(async (page) => {
  await page.goto(facts.web)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign in as demo' }).waitFor()
  const state = new URL(page.url()).searchParams.get('state')

  await page.goto(`${facts.web}?error=access_denied&state=${state}`)
  await page.getByText('You left the sign-in, or were not let in. Sign in to try again.').waitFor()
  assert.equal(new URL(page.url()).search, '')
  await looksRight(page, 'denied')
  await page.goto(`${facts.web}?code=old&state=unknown`)
  await page.getByText('The sign-in did not work. Sign in to try again.').waitFor()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign in as demo' }).click()
  await page.getByRole('heading', { name: 'New swap' }).waitFor()
})

const mayNotStore = onPage(async (page) => {
  await page.addInitScript(() => {
    const deny = () => {
      throw new DOMException('denied', 'SecurityError')
    }
    Object.defineProperty(window, 'sessionStorage', { get: deny })
  })
  await page.goto(facts.web)
  await page.getByText('Allow this page to store data, and load it again.').waitFor()
})

export default async () => {
  await comesBack()
  await mayNotStore()
}
