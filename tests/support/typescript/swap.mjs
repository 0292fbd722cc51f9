// One swap by the packed client: `node swap.mjs`, with its module, the stack and the media as JSON on standard input.
import { readFileSync } from 'node:fs'

const { module, baseUrl, token, media } = JSON.parse(readFileSync(0, 'utf8'))
const { createClient } = await import(module)
const blob = ([base64, type]) => new Blob([Buffer.from(base64, 'base64')], { type })
const client = createClient({ baseUrl, token: () => token })

const swap = client.swap({
  video: blob(media.init_video),
  face: blob(media.init_image),
  reference: blob(media.reference_image),
  consent: { attested: true, statement: 'The people shown agreed.' },
})
const statuses = []
for await (const { status } of swap) statuses.push(status)
const job = await swap.result()
const { items } = await client.jobs.list()
const { size } = await client.jobs.result(job.job_id)
console.log(JSON.stringify({ job, statuses, jobs: items.length, size }))
