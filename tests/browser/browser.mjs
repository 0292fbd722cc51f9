// One Chromium for all specs of its process: a line in names a spec and the facts it is told, a line out how it ended.
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { inspect } from 'node:util'
import { chromium } from 'playwright-core'
import { told } from './page.mjs'

const MOST = 900_000

const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-dev-shm-usage',
    '--autoplay-policy=no-user-gesture-required',
  ],
})
for await (const line of createInterface({ input: process.stdin })) {
  const { spec, facts } = JSON.parse(line)
  console.log(JSON.stringify({ failed: await run(spec, facts) }))
}
await browser.close()

/** Run a spec; what went wrong, or null. */
async function run(name, facts) {
  told(browser, facts)
  // What goes wrong where nobody waits for it, as in a listener, fails the spec too.
  let fail = () => {}
  const failed = new Promise((_, reject) => {
    fail = reject
  })
  process.on('unhandledRejection', fail)
  try {
    const { default: spec } = await import(`./specs/${name}.mjs`)
    await Promise.race([spec(), failed, tooLate(name)])
    return null
  } catch (error) {
    return inspect(error)
  } finally {
    process.off('unhandledRejection', fail)
  }
}

async function tooLate(name) {
  await setTimeout(MOST, undefined, { ref: false })
  throw new Error(`${name} is not through in time`)
}
