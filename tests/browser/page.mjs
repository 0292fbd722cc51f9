// What the specs share: a browser's page on the stack, and what somebody does there.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import axe from 'axe-core'
import { openWire, partIn } from './wire.mjs'

/** What pytest tells: addresses, tokens, files. */
export let facts = {}
let browser

/** Before each spec: the browser it has, and the facts. */
export function told(itsBrowser, itsFacts) {
  browser = itsBrowser
  facts = itsFacts
}

/** Generous: the machine may be busy. */
export const TIMEOUT = 120_000
// The schemes differ by colours alone: what is wrong in the dark one only is told by these rules.
const LOOKED_AT = { light: {}, dark: { runOnly: ['color-contrast', 'link-in-text-block'] } }
export const WIDTHS = { phone: { width: 390, height: 844 }, desk: { width: 1280, height: 900 } }

/** A spec on a page of its own; in the end no request may have left this machine, and no script may have failed. */
export function onPage(spec, { viewport = WIDTHS.desk, colorScheme = 'light' } = {}) {
  return async () => {
    const wire = await openWire()
    const proxy = { server: wire.address, bypass: '<-loopback>' }
    const context = await browser.newContext({ viewport, colorScheme, proxy, reducedMotion: 'reduce' })
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
      await spec(page, wire, context)
      assert.deepEqual(elsewhere, [], 'requests left this machine')
      assert.deepEqual(failures, [], 'the page failed')
    } catch (error) {
      const then = await page.textContent('body').catch(() => 'gone')
      throw new Error(`the page then: ${then}\n${failures.join('\n')}`, { cause: error })
    } finally {
      await context.close()
      wire.close()
    }
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

/** Wait for a condition that is looked at again every so many milliseconds. */
export async function until(read, what, every = 100) {
  const end = Date.now() + TIMEOUT
  for (;;) {
    const value = await read()
    if (value) return value
    assert.ok(Date.now() < end, `not so in time: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, every))
  }
}

/** Which part of a multipart upload a request brings; undefined for any other request. */
export function partOf(request) {
  return partIn(request.method(), request.url())
}

/** Ask the API as its client does. */
export async function api(path, token = facts.token) {
  const answer = await fetch(facts.api + path, { headers: { authorization: `Bearer ${token}` } })
  return { status: answer.status, body: answer.status === 204 ? null : await answer.json() }
}

/** Nothing that keeps somebody out, in both colour schemes, and at both widths. */
export async function looksRight(page, name) {
  await page.evaluate(axe.source)
  for (const [colorScheme, options] of Object.entries(LOOKED_AT)) {
    await page.emulateMedia({ colorScheme })
    const found = await page.evaluate(async (options) => {
      const { violations } = await globalThis.axe.run(document, { ...options, resultTypes: ['violations'] })
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
    }, options)
    assert.deepEqual(found, [], `${name}, ${colorScheme}`)
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
