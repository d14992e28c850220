import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  // The API process answers /cashier/{token} with cashier.html and serves its files below /cashier/.
  base: '/cashier/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Payers come with the phone they have, often inside another app's older web view.
    target: ['chrome87', 'safari14', 'firefox78'],
    // A data: URL would break the page's Content-Security-Policy of 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        cashier: resolve(import.meta.dirname, 'cashier.html'),
        // Pages that the server writes: it needs only their style.
        payer: resolve(import.meta.dirname, 'src/payer/payer.css'),
        operator: resolve(import.meta.dirname, 'src/operator/operator.css'),
      },
    },
  },
})
