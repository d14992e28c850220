import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The console is a build of its own: other browsers, another address, and nothing that payers load. */
export default defineConfig({
  // The API process answers /console/… with console.html and serves its files below /console/assets/.
  base: '/console/',
  plugins: [react()],
  // The server puts a nonce of its own in this place of every answer.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: 'dist-console',
    emptyOutDir: true,
    // WebCrypto's Ed25519 is newer; where it is missing, the page makes a P-256 key instead.
    target: ['chrome111', 'safari16.4', 'firefox114'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    // What it warns of is measured, zipped, by console-size.spec.ts.
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { input: { console: resolve(import.meta.dirname, 'console.html') } },
  },
})
