import { AuthProvider } from '@keyhaven/client/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { auth } from './auth.ts'
import './words.ts'

const place = document.getElementById('app')
if (place === null) throw new Error('index.html has no element with id "app".')
createRoot(place).render(
  <StrictMode>
    <AuthProvider auth={auth}>
      <App />
    </AuthProvider>
  </StrictMode>,
)
