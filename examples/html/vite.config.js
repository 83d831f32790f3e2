import { defineConfig } from 'vite'

const { API = 'http://localhost:3000' } = process.env

export default defineConfig({
  server: { proxy: { '/auth': API, '/api': API } },
  build: { rolldownOptions: { input: ['index.html', 'account.html'] } },
})
