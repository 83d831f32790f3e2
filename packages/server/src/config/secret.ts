import { inspect } from 'node:util'

/** A secret setting. Printing, logging or serializing it gives `[hidden]`. */
export interface Secret {
  readonly reveal: () => string
}

const hidden = (): string => '[hidden]'

/** Wraps a secret so that only `reveal()` returns it. */
export function secret(value: string): Secret {
  return Object.freeze({
    reveal: () => value,
    toString: hidden,
    toJSON: hidden,
    [inspect.custom]: hidden,
  })
}
