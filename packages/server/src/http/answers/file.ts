import { setTimeout as sleep } from 'node:timers/promises'
import type { Stream } from '../../feed/event-writer.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Answer } from '../endpoint.ts'

/** Characters that are sent together. */
const TOGETHER = 16_384

/** Milliseconds until a client that reads nothing is disconnected. */
const STALLED = 60_000

interface Download {
  readonly name: string
  readonly type: string
  readonly parts: AsyncIterable<string>
  readonly log: Logger
}

/**
 * 200 with a file that a browser stores. It is sent as fast as the client reads it, and no proxy or
 * browser caches it. If it can't be read to its end, the connection is cut, so that no part passes as
 * the whole.
 */
export function fileAnswer({ name, type, parts, log }: Download): Answer {
  const headers = {
    'content-type': type,
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
  }
  return { status: 200, headers, stream: streamOf(parts, log) }
}

function streamOf(parts: AsyncIterable<string>, log: Logger): Stream {
  return (writer) => {
    const stopped = new AbortController()
    const { signal } = stopped
    const send = async (text: string): Promise<void> => {
      writer.write(Buffer.from(text))
      const stall = sleep(STALLED, 'stalled', { signal, ref: false }).catch(() => 'stopped')
      const state = await Promise.race([writer.flushed(), stall])
      if (state === 'stalled') throw new Error('the client reads nothing')
    }
    const sendAll = async (): Promise<void> => {
      let text = ''
      for await (const part of parts) {
        text += part
        if (text.length < TOGETHER) continue
        await send(text)
        if (signal.aborted) return
        text = ''
      }
      await send(text)
      writer.end()
    }
    sendAll().catch((error: unknown) => {
      if (!signal.aborted) log.error({ err: error }, 'a file could not be sent to its end')
      writer.drop()
    })
    return () => stopped.abort()
  }
}
