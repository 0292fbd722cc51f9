// What the specs share: a browser's page on the stack, and what somebody does there.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'

/** What pytest tells: addresses, tokens, files. */
export const facts = JSON.parse(process.env.FACTS ?? '{}')
/** Generous: the machine may be busy. */
export const TIMEOUT = 120_000
export const WIDTHS = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 900 } }

/** Run a spec on a page of its own; in the end no request may have left this machine, and no script may have failed. */
export async function onPage(spec, { viewport = WIDTHS.desk, colorScheme = 'light' } = {}) {
  const browser = await chromium.connect(facts.browser)
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' })
  context.setDefaultTimeout(TIMEOUT)
  const page = await context.newPage()
  const elsewhere = []
  const failures = []
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (!['127.0.0.1', ''].includes(url.hostname)) elsewhere.push(request.url())
  })
  page.on('pageerror', (error) => failures.push(String(error)))
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/.test(message.text())) failures.push(message.text())
  })
  try {
    await spec(page, context)
    assert.deepEqual(elsewhere, [], 'requests left this machine')
    assert.deepEqual(failures, [], 'the page failed')
  } catch (error) {
    console.error(`the page then: ${await page.textContent('body').catch(() => 'gone')}`)
    console.error(failures.join('\n'))
    throw error
  } finally {
    await context.close()
    await browser.close()
  }
}

/** Sign in at the issuer as this owner, and come back to the form. */
export async function signIn(page, owner = 'demo') {
  await page.goto(facts.web)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: `Sign in as ${owner}` }).click()
  await page.getByRole('heading', { name: 'New swap' }).waitFor()
}

/** Choose all three files and agree. */
export async function fill(page, { clip = facts.clip, face = facts.face, person = facts.person } = {}) {
  await page.setInputFiles('#init_video', clip)
  await chosen(page, 'init_video')
  await page.setInputFiles('#init_image', face)
  await page.setInputFiles('#reference_image', person)
  await chosen(page, 'init_image')
  await chosen(page, 'reference_image')
  await page.getByRole('checkbox').check()
}

export async function chosen(page, name) {
  await page.locator(`[data-field="${name}"] .chosen`).waitFor()
}

export async function start(page) {
  await page.getByRole('button', { name: 'Swap the face' }).click()
  await page.getByRole('heading', { name: 'Your swap is under way' }).waitFor()
}

export async function ready(page) {
  await page.getByRole('heading', { name: 'Your clip is ready' }).waitFor({ timeout: 2 * TIMEOUT })
}

/** Wait for a condition. */
export async function until(read, what, timeout = TIMEOUT) {
  const end = Date.now() + timeout
  for (;;) {
    const value = await read()
    if (value) return value
    assert.ok(Date.now() < end, `not so in time: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Which part of a multipart upload a request to the bucket brings; undefined for any other request. */
export function partOf(request) {
  const { origin, searchParams } = new URL(request.url())
  if (origin !== facts.bucket || request.method() !== 'PUT') return undefined
  return searchParams.get('partNumber') ? Number(searchParams.get('partNumber')) : undefined
}

/** Hold requests that bring a part, all but those that `passes` lets through, until they are released. */
export async function holdParts(page, passes = () => false) {
  const held = []
  let isOpen = false
  const isPart = (url) => url.searchParams.has('partNumber')
  await page.route(isPart, (route) => {
    if (isOpen || passes(partOf(route.request()))) return route.continue()
    held.push(route)
  })
  return {
    held,
    /** Those that are held are left to the page that is gone; others pass from now on. */
    open: () => {
      isOpen = true
    },
    release: async () => {
      isOpen = true
      for (const route of held.splice(0)) await route.continue()
    },
    lose: async () => {
      isOpen = true
      for (const route of held.splice(0)) await route.abort('internetdisconnected')
    },
  }
}

/** Ask the API as its client does. */
export async function api(path, token = facts.token) {
  const answer = await fetch(facts.api + path, { headers: { authorization: `Bearer ${token}` } })
  return { status: answer.status, body: answer.status === 204 ? null : await answer.json() }
}

/** Nothing that keeps somebody out, in both colour schemes, and at both widths. */
export async function looksRight(page, name) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).analyze()
    const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    assert.deepEqual(told, [], `${name}, ${colorScheme}`)
  }
  await picture(page, name)
}

/** The page fits both widths; with pictures of it below `out/web`, where they are wanted. */
export async function picture(page, name) {
  const before = page.viewportSize()
  for (const [width, viewport] of Object.entries(WIDTHS)) {
    await page.setViewportSize(viewport)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    assert.ok(overflow <= 0, `${name} is ${overflow} px too wide at ${viewport.width} px`)
    if (!facts.pictures) continue
    mkdirSync(facts.pictures, { recursive: true })
    for (const colorScheme of ['dark', 'light']) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: `${facts.pictures}/${name}-${width}-${colorScheme}.png`, fullPage: true })
    }
  }
  await page.setViewportSize(before)
}
