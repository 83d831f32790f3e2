import type { NextConfig } from 'next'

const { API = 'http://localhost:3000' } = process.env

export default {
  rewrites: async () => [{ source: '/api/:path*', destination: `${API}/api/:path*` }],
  // The style sheet and the access module are beside this folder
  experimental: { externalDir: true },
} satisfies NextConfig
