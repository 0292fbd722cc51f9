/** The command is one that a shell takes, whatever stands in it. */

import { execFileSync } from 'node:child_process'
import type { Job } from 'faceswap-adapter-client'
import { expect, test } from 'vitest'
import { curlOf } from '../src/curl.js'

test('a shell reads it as it is meant', () => {
  const job = { init_video: "upload:it's", init_image: 'b', reference_image: '$(c)', watermark: true } as Job
  const script = `curl() { printf '%s\\0' "$@"; }; uuidgen() { echo KEY; }; TOKEN=T; ${curlOf('http://a/$default', job)}`

  const words = execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\0')

  expect(words[0]).toBe('http://a/$default/v1/jobs')
  expect(words).toContain('Authorization: Bearer T')
  expect(words).toContain('Idempotency-Key: KEY')
  const body = JSON.parse(words[words.indexOf('--data') + 1] ?? '')
  expect(body).toMatchObject({ init_video: "upload:it's", reference_image: '$(c)' })
})
