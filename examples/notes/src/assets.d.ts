/** An imported picture is its URL, which Vite provides. */
declare module '*.svg' {
  const address: string
  export default address
}
