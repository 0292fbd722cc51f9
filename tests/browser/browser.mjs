// Keeps one Chromium for all specs: prints where it listens, and ends with its standard input.
import { chromium } from 'playwright-core'

const server = await chromium.launchServer({
  executablePath: process.argv[2],
  host: '127.0.0.1',
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
console.log(server.wsEndpoint())
process.stdin.resume()
process.stdin.on('end', () => server.close().then(() => process.exit()))
