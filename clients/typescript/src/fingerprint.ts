/** By what a file, and a swap, is known again after a reload. */

import { FileError } from './errors.js'

/** Of a file up to this size every byte counts, of a larger one its beginning, middle and end. */
const WHOLE = 8 * 2 ** 20
const SAMPLE = 2 ** 20

/**
 * A name for these things, alike for alike things only.
 *
 * Where the page is no secure context the browser has no hashes: then it is a new name each time, and nothing is known again.
 * Throws FileError where a file is empty, or cannot be read any more.
 */
export async function fingerprint(...things: unknown[]): Promise<string> {
  if (things.some((each) => each instanceof Blob && !each.size)) {
    throw new FileError(undefined, 'The file is empty. Choose another.')
  }
  if (!globalThis.crypto?.subtle) return newName()
  const told = await Promise.all(things.map((each) => (each instanceof Blob ? ofBlob(each) : each)))
  return digest(new TextEncoder().encode(JSON.stringify(told)))
}

/** A name that nothing else has. */
export function newName(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)))
}

async function ofBlob(blob: Blob): Promise<unknown> {
  const { size, type, name, lastModified } = blob as Partial<File> & Blob
  const middle = Math.floor(size / 2)
  const starts = size <= WHOLE ? [0] : [0, middle, size - SAMPLE]
  const length = size <= WHOLE ? size : SAMPLE
  const samples = starts.map(async (start) => digest(await bytesOf(blob.slice(start, start + length))))
  return [size, type, name, lastModified, await Promise.all(samples)]
}

/** Throws FileError where the bytes are not to be had any more. */
export async function bytesOf(blob: Blob): Promise<ArrayBuffer> {
  try {
    return await blob.arrayBuffer()
  } catch (error) {
    throw new FileError(error)
  }
}

async function digest(bytes: BufferSource): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (each) => each.toString(16).padStart(2, '0')).join('')
}
