/**
 * Takes the place of the server's `hash-cost.ts` in `npm test`: Argon2id as it is, at a hundredth of the cost. Half of
 * the work of the server's tests was the hashing of passwords. What depends on the cost is tested with the real one
 * (the projects `measured` and `packed`), and so is everything in `npm run chaos`.
 */
export const hashCost = { memoryCost: 64, timeCost: 1, parallelism: 1 } as const

/** The hash of a random password at this cost. */
export const dummyHash =
  '$argon2id$v=19$m=64,t=1,p=1$zrGZdFUVdipQ//UtMpLZgQ$8/LZn1yHjeygoeVutd0fdWSPIJ8C/APQqZdDZxPmT0g'
