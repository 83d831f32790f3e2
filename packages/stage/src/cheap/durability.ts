/**
 * Takes the place of the server's `durability.ts` in `npm test`: a commit waits for no disk. What a killed process has
 * written stays, and tests cut no power, but they waited for the disk for a third of their time. The projects
 * `measured` and `packed` wait as in production, and so does everything in `npm run chaos`.
 */
export const durability = { synchronous: 'OFF', number: 0 } as const
