// One job by what @hey-api/openapi-ts makes of the contract: `node generated.js SERVER TOKEN SOURCE SOURCE SOURCE`.
import { client } from './generated/client.gen.js'
import { createJob, getJob, getResult } from './generated/sdk.gen.js'

declare const process: { argv: [string, string, string, string, string, string, string] }
const [, , baseUrl, auth, init_video, init_image, reference_image] = process.argv

client.setConfig({ baseUrl, auth, throwOnError: true })
const consent = { attested: true, statement: 'The people shown agreed.' } as const
const body = { init_video, init_image, reference_image, consent }
let { data: job } = await createJob({ body, headers: { 'idempotency-key': 'generated' }, throwOnError: true })
while (job.status !== 'succeeded') {
  if (job.status === 'failed') throw new Error(job.error.detail) // an error is there on this status only
  if (job.status === 'cancelled') throw new Error('cancelled')
  await new Promise<void>((resume) => setTimeout(resume, 250))
  job = (await getJob({ path: { job_id: job.job_id }, throwOnError: true })).data
}
const { data } = await getResult({ path: { job_id: job.job_id }, throwOnError: true })
console.log(JSON.stringify({ job_id: job.job_id, link: job.result.link, size: data.size }))
