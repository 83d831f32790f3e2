/** Argon2id with OWASP's parameters: 19 MiB, two passes, one lane. */
export const hashCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** The hash of a random password at this cost: verifying against it costs as much as a real check. */
export const dummyHash =
  '$argon2id$v=19$m=19456,t=2,p=1$p6disGUXtPvpKW0LhwLx+g$pbMQ9pkH4TbgqRkPXdTtCKGPNVnhhV9QTd0lUeFUGbk'
