/** The call that made a job, as a command. */

import type { Job } from 'faceswap-adapter-client'
import { CONSENT } from './words.js'

export function curlOf(api: string, job: Job): string {
  const { init_video, init_image, reference_image, watermark } = job
  const consent = { attested: true, statement: CONSENT }
  const body = JSON.stringify({ init_video, init_image, reference_image, watermark, consent }, null, 2)
  return [
    `curl ${quoted(`${api}/v1/jobs`)}`,
    `  -H "Authorization: Bearer $TOKEN"`,
    `  -H "Idempotency-Key: $(uuidgen)"`,
    `  -H 'Content-Type: application/json'`,
    `  --data ${quoted(body)}`,
  ].join(' \\\n')
}

/** As one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
