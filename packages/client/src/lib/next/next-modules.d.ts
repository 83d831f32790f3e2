/** The parts of Next that the binding uses: it is not installed here. */
declare module 'next/headers.js' {
  export function headers(): Promise<Headers>
}

declare module 'next/server.js' {
  interface Onward {
    readonly request?: { readonly headers: Headers }
  }
  export const NextResponse: {
    readonly next: (init?: Onward) => Response
    readonly rewrite: (url: string | URL, init?: Onward) => Response
  }
}
