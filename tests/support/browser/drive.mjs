// Runs a built page in Chromium: `node drive.mjs`, with what it is about as JSON on standard input.
//
// The page is answered here, in the place of a server: its origin is the one that the local stack admits. The page's
// `run()` does the work; if it says 'reload' the page is loaded again and asked once more. Told are what it said in the
// end, and every request that it made, with the page's number, and the answer's status.
import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { chromium } from 'playwright-core'

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }
const { folder, origin, given, form } = JSON.parse(readFileSync(0, 'utf8'))

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    // A page that no server sent counts as one of the internet, which would have to ask before it speaks to this machine.
    '--disable-features=LocalNetworkAccessChecks',
  ],
})
try {
  const page = await browser.newPage()
  const errors = []
  const requests = []
  let loads = 0
  page.on('console', (message) => message.type() === 'error' && console.error(message.text()))
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('request', (request) =>
    requests.push({ load: loads, method: request.method(), url: request.url(), of: request }),
  )
  // Only while the page loads, as what intercepts a request is handed its whole body.
  const load = async (begin) => {
    const own = `${origin}/**`
    await page.route(own, (route) => {
      const { pathname } = new URL(route.request().url())
      const path = pathname === '/' ? '/index.html' : pathname
      return route.fulfill({ contentType: TYPES[extname(path)], body: readFileSync(join(folder, path)) })
    })
    await begin()
    await page.unroute(own)
  }
  await page.addInitScript((given) => Object.assign(globalThis, given, { accessToken: () => given.token }), given)
  await load(() => page.goto(`${origin}/`))

  let said
  if (form) {
    for (const [name, { type, base64 }] of Object.entries(form)) {
      const buffer = Buffer.from(base64, 'base64')
      await page.setInputFiles(`input[name=${name}]`, { name, mimeType: type, buffer })
    }
    await page.check('input[type=checkbox]')
    await page.click('button')
    await page.waitForSelector('video[src]', { timeout: 120_000 })
    said = { status: await page.textContent('[role=status]'), link: await page.getAttribute('video', 'src') }
  } else {
    for (said = await page.evaluate('run()'); said === 'reload'; said = await page.evaluate('run()')) {
      loads += 1
      await load(() => page.reload())
    }
  }
  for (const request of requests) {
    const answer = await request.of.response().catch(() => null)
    Object.assign(request, { status: answer?.status() ?? null, of: undefined })
  }
  console.log(JSON.stringify({ said, errors, requests }))
} finally {
  await browser.close()
}
