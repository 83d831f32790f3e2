import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '@keyhaven/stage/processes/process'
import { newPerson } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

let service: Service
beforeAll(async () => {
  service = await serve(newFolder())
})
afterAll(async () => {
  await service?.close()
  if (service) rmSync(service.data, { recursive: true })
})

/** What a stream sends when it opens. */
async function firstEvents(cookie: string): Promise<string> {
  const response = await fetch(`${service.address}/sessions/current/events`, {
    headers: { cookie },
  })
  let text = ''
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  while (!text.includes('listening')) text += (await reader?.read())?.value ?? ''
  await reader?.cancel()
  return text
}

describe('the stream of a session', () => {
  it('begins with a change if the token of the page is older than it', async () => {
    const { id, cookie } = await newPerson(service)
    expect(await firstEvents(cookie)).not.toContain('event:')
    await service.keyhaven.accounts.addRole(id, 'editor')
    expect(await firstEvents(cookie)).toContain('event: changed')
    await service.keyhaven.accounts.removeRole(id, 'editor')
    // The notice of the new role may arrive as late as this, and be the next thing that a stream sends
    await until('a stream begins without a change', async () => {
      return !(await firstEvents(cookie)).includes('event:')
    })
  })
})
