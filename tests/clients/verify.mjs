// Verifies callbacks as a receiver in JavaScript does: cases as JSON on standard input, a word for each on standard output.
import { readFileSync } from 'node:fs'
import { Webhook } from 'standardwebhooks'

const cases = JSON.parse(readFileSync(0, 'utf8'))
const words = cases.map(({ secret, body, headers }) => {
  try {
    new Webhook(secret).verify(body, headers)
    return 'accepted'
  } catch ({ name }) {
    return name
  }
})
console.log(JSON.stringify(words))
