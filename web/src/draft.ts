/** The files of the swap that is under way, kept in the browser for each tab, so that a reload goes on with them. */

import type { Files } from './form.js'

const NAME = 'faceswap-page'
/** In sessionStorage: which draft is this tab's. */
const OF_THIS_TAB = 'draft'
/** For so long the bucket keeps parts. */
const KEPT_MILLISECONDS = 24 * 3600 * 1000

export interface Draft extends Files {
  id: string
  /** When it was begun. */
  at: number
  /** Whose it is: another owner must not find it. */
  owner: string
  /** Once the job is made. */
  jobId?: string
  /** The job has ended; the clip is kept to be compared with its result. */
  over?: boolean
}

/** The draft of a swap that this tab begins. */
export function newDraft(files: Files, owner: string): Draft {
  const draft = { ...files, owner, id: crypto.randomUUID(), at: Date.now() }
  sessionStorage.setItem(OF_THIS_TAB, draft.id)
  return draft
}

/** The draft of this tab; of a tab that has begun none the newest, whose tab may be closed. Drops what is of no use to the owner. */
export async function readDraft(owner: string): Promise<Draft | undefined> {
  const all = await inStore<Draft[]>('readonly', (store) => store.getAll()).catch(() => [])
  const isOfUse = (draft: Draft) => draft.owner === owner && draft.at > Date.now() - KEPT_MILLISECONDS
  for (const draft of all) if (!isOfUse(draft)) await dropDraft(draft)
  const id = sessionStorage.getItem(OF_THIS_TAB)
  const drafts = all.filter(isOfUse).sort((one, other) => other.at - one.at)
  const found = id ? drafts.find((draft) => draft.id === id) : drafts[0]
  if (found) sessionStorage.setItem(OF_THIS_TAB, found.id)
  return found
}

/** Whether it is kept; a browser may refuse, for want of room or in a private window. */
export async function keepDraft(draft: Draft): Promise<boolean> {
  return inStore('readwrite', (store) => store.put(draft, draft.id)).then(
    () => true,
    () => false,
  )
}

export async function dropDraft({ id }: Draft): Promise<void> {
  await inStore('readwrite', (store) => store.delete(id)).catch(() => undefined)
}

/** Those of every tab. */
export async function dropDrafts(): Promise<void> {
  await inStore('readwrite', (store) => store.clear()).catch(() => undefined)
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
