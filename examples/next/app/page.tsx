import { headers } from 'next/headers'
import type { ReactElement } from 'react'
import type { Note } from '../../api/access.ts'
import { Notes } from './notes.tsx'

const { API = 'http://localhost:3000' } = process.env

/** The API gets the person's cookies, which the proxy has renewed if that was due. */
export default async function Home(): Promise<ReactElement> {
  const cookie = (await headers()).get('cookie') ?? ''
  const response = await fetch(`${API}/api/notes`, { headers: { cookie }, cache: 'no-store' })
  return <Notes notes={response.ok ? ((await response.json()) as Note[]) : []} />
}
