import '@keyhaven/client/elements'
import { createAuth } from '@keyhaven/client'
import '../look/style.css'
import { report } from '../look/report.ts'
import { visibleToScripts } from '../look/visible.ts'

const auth = createAuth({ url: '/auth' })
const $ = (selector) => document.querySelector(selector)

// One face for each state. Notes leave the page with their person
let person
auth.subscribe(() => {
  const { status, account } = auth.state
  for (const face of document.querySelectorAll('[data-face]')) {
    face.hidden = face.dataset.face !== status
  }
  $('#visible').textContent = visibleToScripts()
  if (account?.id === person) return
  person = account?.id
  $('ul').replaceChildren()
  if (account) void load()
})
$('#leave').onclick = () => report(auth.signOut())

async function load() {
  const response = await auth.fetch('/api/notes')
  if (response.ok) $('ul').replaceChildren(...(await response.json()).map(row))
}

$('form').onsubmit = async (event) => {
  event.preventDefault()
  const form = event.target
  const body = JSON.stringify(Object.fromEntries(new FormData(form)))
  const headers = { 'Content-Type': 'application/json' }
  const response = await auth.fetch('/api/notes', { method: 'POST', headers, body })
  if (!response.ok) return
  form.reset()
  await load()
}

function row({ id, text }) {
  const item = document.createElement('li')
  const button = document.createElement('button')
  button.className = 'delete'
  button.textContent = 'Delete'
  button.onclick = async () => {
    const response = await auth.fetch(`/api/notes/${id}`, { method: 'DELETE' })
    if (response.ok) item.remove()
  }
  item.append(text, button)
  return item
}
