import type { ServerResponse } from 'node:http'
import type { EventWriter, Stream } from '../../feed/event-writer.ts'

/** Writes to a `node:http` response. */
export function responseWriter(response: ServerResponse): EventWriter {
  let written = 0
  // Writing to a closed connection is not a failure
  response.on('error', () => {})
  return {
    write: (bytes) => {
      if (response.destroyed || response.writableEnded) return
      written += bytes.length
      response.write(bytes)
    },
    get queued() {
      return response.writableLength
    },
    get written() {
      return written - response.writableLength
    },
    flushed: async () => {
      if (!response.writableNeedDrain || response.destroyed) return
      await new Promise<void>((resolve) => {
        const settle = (): void => {
          response.off('drain', settle).off('close', settle)
          resolve()
        }
        response.on('drain', settle).on('close', settle)
      })
    },
    end: () => void response.end(),
    drop: () => void response.destroy(),
  }
}

/** Makes a stream of the response, for fetch-style hosts. */
export function readableOf(stream: Stream): ReadableStream<Uint8Array> {
  let stop = (): void => {}
  let wake = (): void => {}
  let written = 0
  let open = true
  const close = (how: () => void): void => {
    if (!open) return
    open = false
    how()
    wake()
    stop()
  }
  const start = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    const pending = (): number => HIGH_WATER - (controller.desiredSize ?? HIGH_WATER)
    stop = stream({
      write: (bytes) => {
        if (!open) return
        written += bytes.length
        controller.enqueue(bytes)
      },
      get queued() {
        return pending()
      },
      get written() {
        return written - pending()
      },
      flushed: async () => {
        if (!open || pending() < HIGH_WATER) return
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      },
      end: () => close(() => controller.close()),
      drop: () => close(() => controller.error(new Error('The response was cut off.'))),
    })
    if (!open) stop()
  }
  return new ReadableStream(
    { start, pull: () => wake(), cancel: () => close(() => {}) },
    new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER }),
  )
}

/** Bytes written ahead of the reader. */
const HIGH_WATER = 16_384
