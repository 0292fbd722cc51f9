// The page of test_uppy.py: a small and a large file by Uppy, set up as docs/front-end.md says.
import { uppy } from './front-end/uppy.ts'

declare const clip: string
declare const size: number

function file(name: string, data: Uint8Array<ArrayBuffer>) {
  const type = 'video/mp4'
  return { name, type, data: new Blob([data], { type }), meta: { purpose: 'init_video' as const } }
}

/** The upload's id of each file, in their order, and how far each was in the end. */
async function run() {
  const bytes = Uint8Array.from(atob(clip), (each) => each.charCodeAt(0))
  const large = new Uint8Array(size)
  large.set(bytes)
  new DataView(large.buffer).setUint32(bytes.length, size - bytes.length)
  large.set(new TextEncoder().encode('free'), bytes.length + 4)
  const ids = [file('small.mp4', bytes), file('large.mp4', large)].map((each) => uppy.addFile(each))
  const progress: number[] = []
  uppy.on('upload-progress', (_file, { bytesUploaded }) => progress.push(Number(bytesUploaded)))
  const result = await uppy.upload()
  const failed = result?.failed?.map((each) => each.error)
  return { failed, uploads: ids.map((id) => uppy.getFile(id).meta.uploadId), progress: progress.length }
}

Object.assign(globalThis, { run })
