// `node local/asyncapi.mjs FILE`: fails where the AsyncAPI parser has anything to say.
import { readFileSync } from 'node:fs'
import { Parser } from '@asyncapi/parser'

const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], 'utf8'))
const wrong = diagnostics.filter(({ severity }) => severity < 2)
for (const { path, message } of wrong) console.error(`${path.join('.')}: ${message}`)
process.exit(document && !wrong.length ? 0 : 1)
