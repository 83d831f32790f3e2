/**
 * One line of printable text: control and format characters, line and paragraph separators become
 * `\uXXXX`, which is also how JSON writes them in a string. `JSON.stringify` leaves U+007F to U+009F
 * as they are, and a terminal executes them.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, escaped)
}

function escaped(sign: string): string {
  return sign
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
