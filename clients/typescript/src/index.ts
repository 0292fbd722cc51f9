/** The client of the face-swap adapter. */

export { type Client, type ClientOptions, createClient } from './client.js'
export {
  FaceswapError,
  FileError,
  JobCancelledError,
  JobFailedError,
  NetworkError,
  ProblemError,
  TimeoutError,
} from './errors.js'
export type { SwapHandle, WatchOptions } from './handle.js'
export { mediaType } from './media-type.js'
export { memoryStore } from './store.js'
export type { Token } from './transport.js'
export type * from './types.js'
export type { UploadOptions } from './upload.js'
