import { defineConfig } from '@hey-api/openapi-ts'

// The vendor's own contract is left out: programs that speak it have their own client.
export default defineConfig({
  input: '../../docs/openapi.json',
  output: { path: 'src/generated', module: { extension: '.js' } },
  parser: { filters: { tags: { exclude: ['vendor'] } } },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
})
