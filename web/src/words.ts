/** What people read: sizes, times, states. Values in, texts out. */

import { FaceswapError, type Job, type JobProblem, NetworkError, ProblemError } from 'faceswap-adapter-client'

export const CONSENT = 'The people shown in the clip and in the pictures agreed to this swap.'

export const STATUS: Record<Job['status'], string> = {
  awaiting_upload: 'Waiting for the files',
  queued: 'Waiting for its turn',
  submitting: 'Being started',
  processing: 'Swapping the face',
  succeeded: 'Ready',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

/** Which field of the form a JSON pointer is about. */
export function fieldOf(pointer: string): string | undefined {
  const [, name] = pointer.split('/')
  return ['init_video', 'init_image', 'reference_image', 'consent'].find((field) => field === name)
}

export function bytes(count: number): string {
  if (count < 1000) return `${count} B`
  const units = ['kB', 'MB', 'GB']
  const power = Math.min(Math.floor(Math.log10(count) / 3), units.length)
  const value = count / 1000 ** power
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[power - 1]}`
}

export function mebibytes(count: number): string {
  return `${Math.round((count / 2 ** 20) * 10) / 10} MiB`
}

/** As on a player: 1:04.2. */
export function clock(seconds: number): string {
  const tenths = Math.max(0, Math.round(seconds * 10))
  const rest = (tenths % 600) / 10
  return `${Math.floor(tenths / 600)}:${rest < 10 ? '0' : ''}${rest.toFixed(1)}`
}

export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  if (!minutes) return `${whole} s`
  return whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`
}

/** When a job should be over, by the provider's estimate. */
export function remaining(eta: string | null, now: number): string {
  if (!eta) return ''
  const seconds = (Date.parse(eta) - now) / 1000
  if (!Number.isFinite(seconds)) return ''
  if (seconds < 5) return 'It should be ready any moment.'
  if (seconds < 90) return `Ready in about ${Math.ceil(seconds / 5) * 5} seconds.`
  return `Ready in about ${Math.round(seconds / 60)} minutes.`
}

/** Why a job failed, for a person: each fault if they are known one by one. */
export function reason({ detail, errors }: JobProblem): string {
  return errors?.map((each) => each.detail).join(' ') || detail
}

/** What went wrong, for a person. */
export function inWords(error: unknown): string {
  if (error instanceof NetworkError) return 'There is no connection.'
  if (error instanceof ProblemError) {
    if (error.status === 401) return 'You are signed out. Sign in again.'
    if (error.status === 403) return 'You may not do this here.'
    if (error.status >= 500) return 'Something went wrong on our side. Try again in a moment.'
    return error.detail || error.title
  }
  if (error instanceof FaceswapError) return error.message
  return 'Something went wrong in this page. Load it again.'
}
