import type { KeyValueStore } from './types.js'

const NAME = 'faceswap'

/** IndexedDB where there is one that can be used, else memory, which a reload empties; memory too from the moment on when it fails. */
export function defaultStore(): KeyValueStore {
  const memory = memoryStore()
  let inUse = open().then(indexedDbStore, () => memory)
  async function ask<T>(question: (store: KeyValueStore) => Promise<T>): Promise<T> {
    try {
      return await question(await inUse)
    } catch {
      inUse = Promise.resolve(memory)
      return question(memory)
    }
  }
  return {
    get: (key) => ask((store) => store.get(key)),
    set: async (key, value) => {
      await memory.set(key, value)
      await ask((store) => store.set(key, value))
    },
    delete: async (key) => {
      await memory.delete(key)
      await ask((store) => store.delete(key))
    },
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
    get: async (key) => done(within('readonly').get(key)),
    set: async (key, value) => void (await done(within('readwrite').put(value, key))),
    delete: async (key) => void (await done(within('readwrite').delete(key))),
  }
}

/** Rejects where there is none, and where the browser forbids it, which may throw at once. */
async function open(): Promise<IDBDatabase> {
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
