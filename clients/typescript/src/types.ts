import type { JobRequest, JobView, UploadRequest } from './generated/types.gen.js'

export type {
  CallbackList,
  CallbackSecrets,
  CallbackView,
  CancelledJob,
  ConsentStatement,
  CostView,
  FailedJob,
  Fault,
  JobList,
  JobProblem,
  JobRequest,
  KeyList,
  KeyRequest,
  NewKey,
  OpenJob,
  Problem,
  ResultLink,
  SucceededJob,
  UploadView,
  UsageView,
} from './generated/types.gen.js'

/** A job: `result` is there once it has succeeded, `error` once it has failed. */
export type Job = JobView

/** The job field that a file is for. */
export type Purpose = UploadRequest['purpose']

/** A file, an upload that was made before, or a public https URL. */
export type Medium = Blob | { uploadId: string } | { url: string }

/** What is to be swapped; the options are those of the contract. */
export interface SwapRequest extends Omit<JobRequest, Purpose> {
  /** The clip that is modified. */
  video: Medium
  /** The face that is put in. */
  face: Medium
  /** A picture of the person in the clip who is replaced. */
  reference: Medium
}

/** How far a transfer is, in bytes. */
export interface Progress {
  sent: number
  total: number
}

/** What has changed: bytes of the files, all together, or the job. */
export type SwapUpdate = ({ phase: 'upload'; job: undefined } & Progress) | { phase: 'job'; job: Job }

/** Keeps a few small JSON values over a reload. What it holds are ids, never content. */
export interface KeyValueStore {
  get(key: string): Promise<unknown>
  set(key: string, value: unknown): Promise<void>
  delete(key: string): Promise<void>
}
