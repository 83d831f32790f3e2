import { randomBytes } from 'node:crypto'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'

const {
  NOTES_PAGE_PORT = '5173',
  NOTES_AUTH_TARGET = 'http://127.0.0.1:4000',
  NOTES_API_TARGET = 'http://127.0.0.1:4001',
} = process.env

/** One origin for the browser: the page, `/auth` and `/api`. So cookies are sent, and no CORS is needed. */
const proxy = { '/auth': NOTES_AUTH_TARGET, '/api': NOTES_API_TARGET }

/** The nonce for elements that Vite itself writes into the page; new at each start. */
const cspNonce = randomBytes(16).toString('base64url')

/** Only scripts and styles of the page itself: a script that an attacker puts into a note does not run. */
const headers = {
  'Content-Security-Policy': [
    "default-src 'self'",
    `script-src 'self' 'nonce-${cspNonce}'`,
    `style-src 'self' 'nonce-${cspNonce}'`,
    "img-src 'self' data:",
    // Vite's own socket
    "connect-src 'self' ws://localhost:*",
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  ].join('; '),
}

export default defineConfig({
  plugins: [react()],
  html: { cspNonce },
  resolve: { conditions: ['keyhaven-source', ...defaultClientConditions] },
  server: { host: 'localhost', port: Number(NOTES_PAGE_PORT), strictPort: true, proxy, headers },
  preview: { host: 'localhost', port: Number(NOTES_PAGE_PORT), strictPort: true, proxy, headers },
})
