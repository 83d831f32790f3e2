/** Where the example that `npm start` runs is reached, and one of its accounts. */
export const service: string = process.env['KEYHAVEN_URL'] ?? 'http://localhost:4000/auth'
export const api: string = process.env['NOTES_API'] ?? 'http://localhost:4001/api'
export const editor = { login: 'editor@example.com', password: 'brave-pencil-writes' } as const
