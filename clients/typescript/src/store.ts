import type { KeyValueStore } from './types.js'

const NAME = 'faceswap'

/** IndexedDB where there is one that can be used, else memory, which a reload empties. */
export function defaultStore(): KeyValueStore {
  const memory = memoryStore()
  const opened = globalThis.indexedDB ? open().then(indexedDbStore, () => memory) : Promise.resolve(memory)
  return {
    get: async (key) => (await opened).get(key),
    set: async (key, value) => (await opened).set(key, value),
    delete: async (key) => (await opened).delete(key),
  }
}

/** Forgets with the page or the process. */
export function memoryStore(): KeyValueStore {
  const kept = new Map<string, unknown>()
  return {
    get: async (key) => kept.get(key),
    set: async (key, value) => void kept.set(key, value),
    delete: async (key) => void kept.delete(key),
  }
}

function indexedDbStore(database: IDBDatabase): KeyValueStore {
  const within = (mode: IDBTransactionMode) => database.transaction(NAME, mode).objectStore(NAME)
  return {
    get: (key) => done(within('readonly').get(key)),
    set: async (key, value) => void (await done(within('readwrite').put(value, key))),
    delete: (key) => done(within('readwrite').delete(key)),
  }
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1)
  request.onupgradeneeded = () => request.result.createObjectStore(NAME)
  return done(request)
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
