import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const { API = 'http://localhost:3000' } = process.env
const isCustomElement = (tag: string): boolean => tag.startsWith('keyhaven-')

export default defineConfig({
  plugins: [vue({ template: { compilerOptions: { isCustomElement } } })],
  server: { proxy: { '/auth': API, '/api': API } },
})
