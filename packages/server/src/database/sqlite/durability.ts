/** What a commit waits for: `FULL` until the disk has it. SQLite knows the setting by its number. */
export const durability = { synchronous: 'FULL', number: 2 } as const
