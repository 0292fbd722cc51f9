const BY_ENDING: Record<string, string> = {
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
}

/** The media type as the browser tells it, else by the name's ending; what is neither, the API refuses in words. */
export function mediaType(file: Blob): string {
  const ending = (file as Partial<File>).name?.split('.').pop()?.toLowerCase() ?? ''
  return file.type || BY_ENDING[ending] || 'application/octet-stream'
}
