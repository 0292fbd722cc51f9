/** What the browser can tell of a medium. */

export interface VideoFacts {
  seconds: number
  width: number
  height: number
}

/** Length and sides of a clip, which are 0 if only its sound can be played; undefined if this browser cannot read it, which says nothing about the provider. */
export function readVideo(url: string): Promise<VideoFacts | undefined> {
  return new Promise((resolve) => {
    const video = document.createElement('video')
    video.preload = 'metadata'
    video.muted = true
    video.onloadedmetadata = () =>
      resolve({ seconds: video.duration, width: video.videoWidth, height: video.videoHeight })
    video.onerror = () => resolve(undefined)
    video.src = url
  })
}

/** The sides of a picture; undefined if it cannot be read. */
export function readImage(url: string): Promise<{ width: number; height: number } | undefined> {
  return new Promise((resolve) => {
    const image = new Image()
    image.onload = () => resolve({ width: image.naturalWidth, height: image.naturalHeight })
    image.onerror = () => resolve(undefined)
    image.src = url
  })
}
