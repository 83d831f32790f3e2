import { inspect } from 'node:util'

/** A secret setting: it prints as `[hidden]` wherever it is printed by mistake. */
export interface Secret {
  readonly reveal: () => string
}

const hidden = (): string => '[hidden]'

export function secret(value: string): Secret {
  return Object.freeze({
    reveal: () => value,
    toString: hidden,
    toJSON: hidden,
    [inspect.custom]: hidden,
  })
}
