import { defaultClientConditions, defineConfig } from 'vite'

/** For the browser 127.0.0.1 is another site than localhost: it would send this page's requests no cookies. */
export default defineConfig({
  resolve: { conditions: ['keyhaven-source', ...defaultClientConditions] },
  server: { host: '127.0.0.1', port: 5284, strictPort: true },
})
