/** What is wrong with a file, told before it is sent. The API judges again. */

import { mediaType } from 'faceswap-adapter-client'
import type { Limits } from './config.js'
import { duration, mebibytes } from './words.js'

export const VIDEO_TYPES = ['video/mp4', 'video/quicktime', 'video/webm', 'video/x-m4v']
export const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/webp']
const SMALLEST_SIDE = 64
const LARGEST_SIDE = 8192

export type Kind = 'video' | 'image'

/** By its type, which its name tells where the system does not, and its size. */
export function wrongFile(file: File, kind: Kind, limits: Limits): string | undefined {
  const types = kind === 'video' ? VIDEO_TYPES : IMAGE_TYPES
  const most = kind === 'video' ? limits.max_video_bytes : limits.max_image_bytes
  if (!file.size) return 'This file is empty. Choose another.'
  if (!types.includes(mediaType(file))) {
    const wanted = kind === 'video' ? 'Choose an MP4, MOV or WebM clip.' : 'Choose a JPEG, PNG or WebP picture.'
    return `This is ${kindOf(file, kind)}. ${wanted}`
  }
  if (file.size > most) return `This file has ${mebibytes(file.size)}; at most ${mebibytes(most)} can be sent.`
  return undefined
}

/** By its length, as the browser reads it. */
export function wrongLength(seconds: number, limits: Limits): string | undefined {
  if (seconds <= limits.max_video_seconds) return undefined
  return `This clip is ${duration(seconds)} long; at most ${duration(limits.max_video_seconds)} can be swapped. Cut it, or choose another.`
}

/** By its sides. */
export function wrongSides(width: number, height: number): string | undefined {
  if (Math.min(width, height) < SMALLEST_SIDE) {
    return `This picture has ${width} by ${height} pixels; each side needs ${SMALLEST_SIDE} at least.`
  }
  if (Math.max(width, height) > LARGEST_SIDE) {
    return `This picture has ${width} by ${height} pixels; at most ${LARGEST_SIDE} a side can be sent.`
  }
  return undefined
}

function kindOf(file: File, wanted: Kind): string {
  if (file.type.startsWith('video/')) return wanted === 'video' ? 'a video of another kind' : 'a video'
  if (/hei[cf]/.test(file.type) || /\.hei[cf]$/i.test(file.name)) return 'a photo in Apple’s format (HEIC)'
  if (file.type.startsWith('image/')) return wanted === 'image' ? 'a picture of another kind' : 'a picture'
  if (file.type.startsWith('audio/')) return 'a sound'
  return 'no video and no picture'
}
