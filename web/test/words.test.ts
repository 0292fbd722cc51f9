/** What people read, and what is wrong with a file before it is sent. */

import { NetworkError, ProblemError } from 'faceswap-adapter-client'
import { describe, expect, test } from 'vitest'
import { wrongFile, wrongLength, wrongSides } from '../src/checks.js'
import { bytes, clock, duration, fieldOf, inWords, remaining } from '../src/words.js'

const LIMITS = { max_video_bytes: 1000, max_image_bytes: 500, max_video_seconds: 60 }
const file = (type: string, size: number, name = 'a') => new File([new Uint8Array(size)], name, { type })

describe('words', () => {
  test.each([
    [999, '999 B'],
    [1000, '1.0 kB'],
    [12_345_678, '12 MB'],
    [5e12, '5000 GB'],
  ])('%i bytes', (count, words) => expect(bytes(count)).toBe(words))

  test.each([
    [0, '0:00.0'],
    [9.96, '0:10.0'],
    [64.25, '1:04.3'],
  ])('%f seconds on a clock', (seconds, words) => expect(clock(seconds)).toBe(words))

  test.each([
    [60, '1 min'],
    [192, '3 min 12 s'],
    [4.4, '4 s'],
  ])('%f seconds long', (seconds, words) => expect(duration(seconds)).toBe(words))

  test.each([
    [null, ''],
    ['no time', ''],
    ['2026-01-01T00:00:00Z', 'It should be ready any moment.'],
    ['2026-01-01T00:00:33Z', 'Ready in about 35 seconds.'],
    ['2026-01-01T00:03:00Z', 'Ready in about 3 minutes.'],
  ])('an estimate of %s', (eta, words) => expect(remaining(eta, Date.parse('2026-01-01T00:00:00Z'))).toBe(words))

  test('a pointer names its field', () => {
    expect(fieldOf('/init_video')).toBe('init_video')
    expect(fieldOf('/consent/statement')).toBe('consent')
    expect(fieldOf('/size')).toBeUndefined()
  })

  test('an error of ours says no more than a person needs', () => {
    expect(inWords(new NetworkError('socket closed'))).toBe('There is no connection.')
    expect(inWords(new ProblemError(500, 'about:blank', 'boom', 'stack'))).not.toContain('stack')
    expect(inWords(new ProblemError(429, '/problems/quota', 'Quota', 'You have 20 open jobs.'))).toContain('20 open')
    expect(inWords(new TypeError('x is undefined'))).not.toContain('undefined')
  })
})

describe('checks', () => {
  test.each([
    [file('video/mp4', 10), undefined],
    [file('image/png', 10), 'This is a picture. Choose an MP4'],
    [file('video/x-matroska', 10), 'This is a video of another kind.'],
    [file('', 10), 'This is no video and no picture.'],
    [file('', 10, 'Clip.MOV'), undefined],
    [file('', 10, 'a.png'), 'This is'],
    [file('video/mp4', 0), 'This file is empty. Choose another.'],
    [file('', 0), 'This file is empty. Choose another.'],
    [file('video/mp4', 1001), 'at most'],
  ])('a clip %#', (given, words) => {
    const told = wrongFile(given, 'video', LIMITS)
    if (words) expect(told).toContain(words)
    else expect(told).toBeUndefined()
  })

  test.each([file('image/heic', 10), file('', 10, 'IMG_1.HEIC')])('a photo of a phone is named %#', (photo) =>
    expect(wrongFile(photo, 'image', LIMITS)).toContain('HEIC'),
  )

  test('a clip that is too long is told with both lengths', () => {
    expect(wrongLength(60, LIMITS)).toBeUndefined()
    expect(wrongLength(192, LIMITS)).toContain('This clip is 3 min 12 s long; at most 1 min')
  })

  test('sides', () => {
    expect(wrongSides(64, 8192)).toBeUndefined()
    expect(wrongSides(63, 100)).toContain('63 by 100')
    expect(wrongSides(8193, 100)).toContain('at most 8192')
  })
})
