/** The files of the swap that is under way, kept in the browser, so that a reload goes on with them. */

import type { Files } from './form.js'

const NAME = 'faceswap-page'
const KEY = 'draft'

export interface Draft extends Files {
  /** Whose it is: another owner must not find it. */
  owner: string
  /** Once the job is made. */
  jobId?: string
  /** The job has ended; the clip is kept to be compared with its result. */
  over?: boolean
}

export async function readDraft(owner: string): Promise<Draft | undefined> {
  const draft = await inStore<Draft | undefined>('readonly', (store) => store.get(KEY)).catch(() => undefined)
  if (draft && draft.owner !== owner) {
    await dropDraft()
    return undefined
  }
  return draft
}

/** Whether it is kept; a browser may refuse, for want of room or in a private window. */
export async function keepDraft(draft: Draft): Promise<boolean> {
  return inStore('readwrite', (store) => store.put(draft, KEY)).then(
    () => true,
    () => false,
  )
}

export async function dropDraft(): Promise<void> {
  await inStore('readwrite', (store) => store.delete(KEY)).catch(() => undefined)
}

async function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  const opening = indexedDB.open(NAME, 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore(NAME)
  const database = await done<IDBDatabase>(opening)
  try {
    return await done<T>(ask(database.transaction(NAME, mode).objectStore(NAME)))
  } finally {
    database.close()
  }
}

function done<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result as T)
    request.onerror = () => reject(request.error)
  })
}
