import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'

const {
  NOTES_PAGE_PORT = '5173',
  NOTES_AUTH_TARGET = 'http://127.0.0.1:4000',
  NOTES_API_TARGET = 'http://127.0.0.1:4001',
} = process.env

/** One origin for the browser: the page, `/auth` and `/api`. So there is no CORS, and cookies just work. */
const proxy = { '/auth': NOTES_AUTH_TARGET, '/api': NOTES_API_TARGET }

export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ['keyhaven-source', ...defaultClientConditions] },
  server: { host: 'localhost', port: Number(NOTES_PAGE_PORT), strictPort: true, proxy },
  preview: { host: 'localhost', port: Number(NOTES_PAGE_PORT), strictPort: true, proxy },
})
