/** The shortest password by the default settings of the service, which decides. */
export const shortestPassword = 8
