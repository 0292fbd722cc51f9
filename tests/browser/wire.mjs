// The way from a page to the stack: a proxy, which holds requests that bring a part of an upload while it is told to.
//
// Playwright's own interception hands the body of each request over as text: of 20 MB it makes 150.
import { createServer, request } from 'node:http'
import { pipeline } from 'node:stream'

/** Which part of a multipart upload a request brings; undefined for any other request. */
export function partIn(method, url) {
  const number = new URL(url).searchParams.get('partNumber')
  return method === 'PUT' && number ? Number(number) : undefined
}

/** Where it listens, and what can be done there. */
export async function openWire() {
  let meet = forward
  const held = new Map()
  const keep = (asked, answer) => {
    held.set(asked, answer)
    answer.on('close', () => held.delete(asked))
  }
  const server = createServer((asked, answer) => {
    const part = partIn(asked.method, asked.url)
    if (part === undefined) forward(asked, answer)
    else meet(asked, answer, part)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    held,
    /** Hold parts from now on, all but those that pass. */
    hold: (passes = () => false) => {
      meet = (asked, answer, part) => (passes(part) ? forward : keep)(asked, answer)
    },
    /** Break parts off, those that are held and those that come; the browser tries some once more by itself. */
    lose: () => {
      meet = (asked) => asked.destroy()
      for (const asked of held.keys()) asked.destroy()
    },
    /** Those that are held are left to the page that is gone; others pass from now on. */
    open: () => {
      meet = forward
    },
    /** All pass from now on, those that are held too. */
    release: () => {
      meet = forward
      for (const [asked, answer] of held) forward(asked, answer)
      held.clear()
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Send it on, and its answer back; where one side breaks off, so does the other. */
function forward(asked, answer) {
  const { 'proxy-connection': _, ...headers } = asked.headers
  const onward = request(asked.url, { method: asked.method, headers }, (got) => {
    answer.writeHead(got.statusCode, got.rawHeaders)
    pipeline(got, answer, () => {})
  })
  pipeline(asked, onward, (error) => error && answer.destroy())
  onward.on('error', () => answer.destroy())
}
