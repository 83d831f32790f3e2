import adapter from '@sveltejs/adapter-node'
import { sveltekit } from '@sveltejs/kit/vite'
import { defineConfig } from 'vite'

const { API = 'http://localhost:3000' } = process.env

export default defineConfig({
  plugins: [sveltekit({ adapter: adapter() })],
  // In production the proxy in front of both passes `/api` on
  server: { proxy: { '/api': API }, fs: { allow: ['..'] } },
  preview: { proxy: { '/api': API } },
})
