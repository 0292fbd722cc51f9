// The page of test_client.py: a large file by our client, with a reload in the middle.
import { createClient } from 'faceswap-adapter-client'

declare const baseUrl: string
declare const accessToken: () => string
declare const clip: string
declare const size: number

/** 'reload' once a fourth part has begun, so that one has arrived; after the reload what had arrived, and what came of it. */
async function run() {
  const bytes = Uint8Array.from(atob(clip), (each) => each.charCodeAt(0))
  const large = new Uint8Array(size)
  large.set(bytes)
  new DataView(large.buffer).setUint32(bytes.length, size - bytes.length)
  large.set(new TextEncoder().encode('free'), bytes.length + 4)
  const file = new File([large], 'large.mp4', { type: 'video/mp4', lastModified: 1 })
  let arrived: number[] | undefined
  const listening: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init)
    if (input instanceof Request && input.method === 'GET' && input.url.endsWith('/parts')) {
      const { parts } = await answer.clone().json()
      arrived ??= parts.map(({ number }: { number: number }) => number)
    }
    return answer
  }
  const client = createClient({ baseUrl, token: accessToken, fetch: listening })
  const told: number[] = []
  const isFirst = !sessionStorage.getItem('reloaded')
  const uploaded = new Promise((resolve, reject) => {
    const onProgress = ({ sent }: { sent: number }) => {
      told.push(sent)
      if (!isFirst || sent <= 3 * 8 * 2 ** 20) return
      sessionStorage.setItem('reloaded', 'yes')
      resolve('reload')
    }
    const upload = client.upload(file, { purpose: 'init_video', onProgress })
    upload.then(({ uploadId }) => resolve({ uploadId, told, arrived }), reject)
  })
  return uploaded
}

Object.assign(globalThis, { run })
