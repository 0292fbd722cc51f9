import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const client = fileURLToPath(new URL('../clients/typescript/src/index.ts', import.meta.url))

export default defineConfig({
  resolve: { alias: { 'faceswap-adapter-client': client } },
  server: { host: '127.0.0.1' },
  build: {
    target: 'es2022',
    // The content security policy admits files only, no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
