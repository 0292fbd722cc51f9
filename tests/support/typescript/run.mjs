// Runs a module where what the snippets take as given is there: `node run.mjs FILE`, with the values as JSON on standard input.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const { baseUrl, token, media } = JSON.parse(readFileSync(0, 'utf8'))
const file = (name) => new File([Buffer.from(media[name][0], 'base64')], name, { type: media[name][1] })
const [clip, face, person] = ['init_video', 'init_image', 'reference_image'].map(file)
Object.assign(globalThis, { baseUrl, clip, face, person, accessToken: () => token })
await import(pathToFileURL(process.argv[2]))
